"""`python -m benchmarks [NAME …]`: measure, and print one table in the end. Nothing is written into the repository."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from benchmarks.figure import Figure, machine, table
from benchmarks.scene import Scene, tell

MEASUREMENTS = (
    "log_append",
    "log_check",
    "log_proofs",
    "intake_backlog",
    "intake_memory",
    "search_page",
    "review",
    "close_to_found",
    "direct_opens",
    "first_sound",
    "terminal",
    "memory",
)
"""Each a module of this package with `measure`, in the order in which they run; memory is asked after the others."""
CONTACTS, QUICK_CONTACTS = 100_000, 5_000


def main(arguments: list[str] | None = None) -> int:
    """Run what was asked for; the exit code is 1 when a figure was not reached."""
    asked = _parsed(arguments)
    contacts = asked.contacts or (QUICK_CONTACTS if asked.quick else CONTACTS)
    figures: list[Figure] = []
    with (
        tempfile.TemporaryDirectory(prefix="ew-bench-", dir=asked.dir) as folder,
        Scene(Path(folder), contacts, asked.quick) as scene,
    ):
        for name in MEASUREMENTS:
            if asked.names and name not in asked.names:
                continue
            tell(f"--- {name}")
            for figure in import_module(f"benchmarks.{name}").measure(scene):
                tell("  ".join(filter(None, figure.cells())))
                figures.append(figure)
    where = machine()
    print(f"{where['cores']} cores, {where['processor']}; Python {where['python']}; Linux {where['kernel']}\n")
    print(table(figures))
    if asked.json:
        said = {"machine": where, "figures": [figure.as_json() for figure in figures]}
        asked.json.write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 1 if any(figure.is_reached is False for figure in figures) else 0


def _parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__, allow_abbrev=False)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(MEASUREMENTS)}; else all")
    parser.add_argument("--quick", action="store_true", help="small and short: whether it runs, not how fast it is")
    parser.add_argument("--contacts", type=int, metavar="N", help=f"contacts in the register (default {CONTACTS})")
    parser.add_argument("--dir", type=Path, metavar="DIR", help="on which disk; default: the temporary folder's")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    asked = parser.parse_args(arguments)
    unknown = set(asked.names) - set(MEASUREMENTS)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(MEASUREMENTS)}")
    return asked


if __name__ == "__main__":
    sys.exit(main())
