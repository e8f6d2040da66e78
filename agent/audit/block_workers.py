"""Processes that look at blocks of the log, beside the one that was started: `verify` then uses every core.

Each is started as a program of its own and not forked, since a database must not be carried across a fork
(sqlite.org/howtocorrupt.html, 2.6). On its standard input one line of JSON says where the register is, which key it
has, and which blocks to look at; each gets a line on its standard output.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import peewee

from agent.audit import blocks
from db.engine import opened_to_read

MOST = 4
"""Processes."""
_ROOT = Path(__file__).parents[2]
_PROGRAM = "from agent.audit.block_workers import main; main()"


class Workers:
    """Look at blocks in turns: block `n` is in the hands of worker `n` modulo their number."""

    def __init__(self, processes: list[subprocess.Popen[str]], first: int) -> None:
        self._processes = processes
        self._first = first

    def look_at(self, block: int) -> blocks.Look:
        """What a worker found; ask in order. A worker that has ended finds nothing whole."""
        process = self._processes[(block - self._first) % len(self._processes)]
        try:
            told = json.loads(_pipe(process.stdout).readline())
        except ValueError:
            return blocks.Look(is_whole=False)
        telling = [(seq, base64.b64decode(leaf)) for seq, leaf in told["telling"]]
        return blocks.Look(told["whole"] is True, telling, told["marks"])


@contextmanager
def working(path: Path, key: bytes, size: int, first: int) -> Iterator[Workers]:
    """Workers on the blocks from `first` on, ended with the block."""
    count = min(MOST, len(os.sched_getaffinity(0)))
    processes = [_started() for _worker in range(count)]
    try:
        for number, process in enumerate(processes):
            asked = {"path": str(path), "key": key.hex(), "size": size, "first": first + number, "step": count}
            with _pipe(process.stdin) as said:
                said.write(json.dumps(asked) + "\n")
        yield Workers(processes, first)
    finally:
        for process in processes:
            process.kill()
            process.wait()
            _pipe(process.stdout).close()


def _started() -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    command = [sys.executable, "-P", "-s", "-c", _PROGRAM]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


def main() -> None:
    asked = json.loads(sys.stdin.readline())
    size = asked["size"]
    with opened_to_read(Path(asked["path"]), bytes.fromhex(asked["key"])):
        for block in range(asked["first"], blocks.count_of(size), asked["step"]):
            sys.stdout.write(json.dumps(_looked_at(block, size)) + "\n")
            sys.stdout.flush()


def _looked_at(block: int, size: int) -> dict[str, object]:
    try:
        look = blocks.look_at(block, size)
    except (peewee.DatabaseError, TypeError, ValueError):
        look = blocks.Look(is_whole=False)
    telling = [(seq, base64.b64encode(leaf).decode("ascii")) for seq, leaf in look.telling]
    return {"whole": look.is_whole, "telling": telling, "marks": look.marks}
