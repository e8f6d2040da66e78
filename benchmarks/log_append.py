"""The access log: how many entries become durable a second.

Measured: `AccessLog.record` by one caller and by eight at a time, each waiting until its entry is on disk, in a log
that has some thousand entries already.

Against: a bare loop of one INSERT of the same size and one commit in SQLite with the same durability (WAL,
synchronous=FULL), neither encrypted nor in a tree, nor read back, nor signed.

Bounded by: an fsync a commit, which callers who wait together share; the pages that a batch changes (the entry, its
copies in the indexes, the tree, the head), each encrypted and authenticated; Ed25519, one signature a batch.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from agent.audit.entry import Actor, Draft
from agent.installation import Installation
from agent.wire import Outcome
from benchmarks.figure import Figure, Peer
from benchmarks.scene import Scene, new_house

CALLERS = 8
BATCH = 500
EARLIER = 20_000
APPENDS_A_S = 2_000


def measure(scene: Scene) -> Iterator[Figure]:
    earlier, appends = (2_000, 200) if scene.is_quick else (EARLIER, 4_000)
    with new_house(scene.new_folder("log")) as house:
        grow(house, earlier)
        alone, together = _appends_a_s(house, appends // 4, 1), _appends_a_s(house, appends, CALLERS)
        bare = Peer("bare SQLite commits", _bare_commits_a_s(scene.folder / "bare.db", appends // 4))
        yield Figure("durable log entries, 1 caller", alone, "/s", peer=bare)
        yield Figure(f"durable log entries, {CALLERS} callers", together, "/s", at_least=APPENDS_A_S, peer=bare)


def _draft(number: int) -> Draft:
    actor = Actor(account="anna.berg", uid=1000, via="tui", session=f"{number % 7:016x}")
    detail: dict[str, str | int | None] = {"query": f"text:hmac:{number:032x}", "shown": 100}
    return Draft(actor, "contact.search", Outcome.ALLOWED, detail=detail, request_id=f"{number:016x}")


def _appends_a_s(house: Installation, count: int, callers: int) -> float:
    began_s = time.perf_counter()
    with ThreadPoolExecutor(callers) as threads:
        for _ in threads.map(lambda number: house.log.record(_draft(number)), range(count)):
            pass
    return count / (time.perf_counter() - began_s)


def _bare_commits_a_s(file: Path, count: int) -> float:
    row = json.dumps({"detail": _draft(0).detail}).ljust(400)
    bare = sqlite3.connect(file, isolation_level=None)
    bare.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE entry (leaf TEXT)")
    began_s = time.perf_counter()
    for _ in range(count):
        bare.execute("INSERT INTO entry VALUES (?)", (row,))
    taken_s = time.perf_counter() - began_s
    bare.close()
    return count / taken_s


def grow(house: Installation, count: int) -> None:
    """Append so many entries, many in a transaction."""
    for first in range(0, count, BATCH):

        def add(first: int = first) -> None:
            for number in range(first, min(first + BATCH, count)):
                house.log.append(_draft(number))

        house.register.write(add)
