"""Coverage-guided search for bytes that a target stumbles over: `python -m tests.fuzz.run TARGET SECONDS`.

It needs `atheris` (pip install atheris), a tool for development that is in no lock. What was found new is added to
`corpus/TARGET`, as few files as reach the same code (libFuzzer's merge); a crash is left as `crash-TARGET-…` beside it,
to be mended and kept.
"""

from __future__ import annotations

import hashlib
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import atheris

CORPUS = Path(__file__).with_name("corpus")
INPUT_LIMIT_BYTES = 4096

with atheris.instrument_imports(include=["agent.intake", "agent.settings", "tests.fuzz.targets"]):
    from tests.fuzz.seeds import SEEDS
    from tests.fuzz.targets import TARGETS


def main() -> None:
    target, seconds = sys.argv[1], int(sys.argv[2])
    if "--inside" in sys.argv:
        atheris.Setup(sys.argv[sys.argv.index("--inside") + 1 :], _keeping(target))
        atheris.Fuzz()
        return
    kept = CORPUS / target
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        itself = _itself(Path(folder), target)
        found, seeds, merged = (Path(folder) / name for name in ("found", "seeds", "merged"))
        for made in (found, seeds, merged):
            made.mkdir()
        for number, seed in enumerate(SEEDS.get(target, ())):
            (seeds / str(number)).write_bytes(seed)
        limits = [f"-max_len={INPUT_LIMIT_BYTES}", "-rss_limit_mb=2048", "-timeout=20"]
        search = [itself, *limits, f"-max_total_time={seconds}", "-print_final_stats=1", found, kept, seeds]
        searched = subprocess.run(search, check=False)
        subprocess.run([itself, *limits, "-merge=1", merged, found, kept, seeds], check=True)
        for old in kept.iterdir():
            old.unlink()
        for new in merged.iterdir():
            (kept / new.name[:16]).write_bytes(new.read_bytes())
    sys.exit(searched.returncode)


def _keeping(target: str) -> Callable[[bytes], None]:
    """A target that leaves what it stumbles over beside the corpus."""

    def tried(content: bytes) -> None:
        try:
            TARGETS[target](content)
        except BaseException:
            (CORPUS / f"crash-{target}-{hashlib.sha256(content).hexdigest()[:16]}").write_bytes(content)
            raise

    return tried


def _itself(folder: Path, target: str) -> Path:
    """A program of one word, which libFuzzer starts again and again; it ends its process, so each step has one."""
    file = folder / "itself"
    command = shlex.join([sys.executable, "-m", "tests.fuzz.run", target, "0", "--inside"])
    file.write_text(f'#!/bin/sh\nexec {command} "$0" "$@"\n')
    file.chmod(0o700)
    return file


if __name__ == "__main__":
    main()
