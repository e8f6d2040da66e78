"""The access log: how many entries become durable a second, how fast it is checked, how fast a proof is made.

Measured: `AccessLog.record` by one caller and by eight at a time, each waiting until its entry is on disk; the whole
offline check of a log; inclusion and consistency proofs at places drawn by lot.

Against: a bare loop of one INSERT of the same size and one commit in SQLite with the same durability (WAL,
synchronous=FULL), neither encrypted nor in a tree; for the check, hashing and decoding the same leaves in memory.

Bounded by: an fsync a commit, which callers who wait together share; the tree's and the head's rows; Ed25519.
"""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from agent.audit import proof
from agent.audit.entry import Actor, Draft
from agent.audit.verify import Verification
from agent.installation import Installation, checkpoint_file
from agent.wire import Outcome
from benchmarks.figure import Figure, Peer, percentile
from benchmarks.scene import Scene, new_house
from db.queries import log as stored

CALLERS = 8
BATCH = 500
PROOFS = 200
APPENDS_A_S = 2_000
ENTRIES_A_S = 150_000
PROOF_MS = 10


def measure(scene: Scene) -> Iterator[Figure]:
    entries, appends = (2_000, 200) if scene.is_quick else (100_000, 3_000)
    with new_house(scene.new_folder("log")) as house:
        alone, together = _appends_a_s(house, appends // 4, 1), _appends_a_s(house, appends, CALLERS)
        bare = Peer("bare SQLite commits", _bare_commits_a_s(scene.folder / "bare.db", appends // 4))
        yield Figure("durable log entries, 1 caller", alone, "/s", peer=bare)
        yield Figure(f"durable log entries, {CALLERS} callers", together, "/s", at_least=APPENDS_A_S, peer=bare)
        _grow(house, 10_000 if not scene.is_quick else entries)
        yield _proofs(house)
        _grow(house, entries)
        if entries > 10_000:
            yield _proofs(house)
        yield _verified(house)


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


def _grow(house: Installation, size: int) -> None:
    """Append until the log has so many entries, many in a transaction."""
    with house.register.read():
        before = stored.size()
    for first in range(before, size, BATCH):

        def add(first: int = first) -> None:
            for number in range(first, min(first + BATCH, size)):
                house.log.append(_draft(number))

        house.register.write(add)


def _proofs(house: Installation) -> Figure:
    lot = random.Random(6962)
    with house.register.read():
        size = stored.size()
        taken_ms = [_timed_ms(lambda: proof.inclusion(lot.randrange(size), size)) for _ in range(PROOFS)]
        taken_ms += [_timed_ms(lambda: proof.consistency(lot.randrange(1, size), size)) for _ in range(PROOFS)]
    return Figure(f"a proof at {size:,} entries, p95", percentile(taken_ms, 95), "ms", at_most=PROOF_MS)


def _timed_ms(work: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    work()
    return (time.perf_counter() - began_s) * 1000


def _verified(house: Installation) -> Figure:
    checking = Verification(house.register, house.log.signer.verifier, house.vault, checkpoint_file(house.settings))
    began_s = time.perf_counter()
    report = checking.run(recordings=False)
    taken_s = time.perf_counter() - began_s
    assert not report.findings
    with house.register.read():
        leaves = [entry.leaf for entry in stored.stream()]
    began_s = time.perf_counter()
    for leaf in leaves:
        hashlib.sha256(b"\0" + leaf).digest()
        json.loads(leaf)
    bare_s = time.perf_counter() - began_s
    peer = Peer("hash and decode in memory", len(leaves) / bare_s)
    name = f"check of {report.entries:,} entries"
    return Figure(name, report.entries / taken_s, "/s", at_least=ENTRIES_A_S, peer=peer)
