"""The access log: how fast it is checked, as a whole and since a checkpoint.

Measured: the whole offline check (`earwitness-agent verify` without its start): every page of the file, every entry
rehashed and compared with its copies, every node of the tree, every checkpoint; then the check since a checkpoint that
was signed for all but the last thousand entries.

Against: hashing and decoding the same leaves in memory, by one process.

Bounded by: SQLCipher's decryption, SQLite's JSON, SHA-256, and Python's share in handing rows over; every core is used.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator

from agent.audit.verify import Report, Verification
from agent.installation import Installation, checkpoint_file
from benchmarks.figure import Figure, Peer
from benchmarks.log_append import grow
from benchmarks.scene import Scene, new_house
from db.queries import log as stored

ENTRIES, QUICK_ENTRIES = 500_000, 3_000
SINCE = 1_000
IN_MEMORY = 20_000
ENTRIES_A_S = 150_000


def measure(scene: Scene) -> Iterator[Figure]:
    with new_house(scene.new_folder("checked")) as house:
        grow(house, (QUICK_ENTRIES if scene.is_quick else ENTRIES) - SINCE)
        note = checkpoint_file(house.settings).read_text("utf-8")
        grow(house, SINCE)
        taken_s, report = _timed(house)
        peer = Peer("hash and decode in memory", _in_memory_a_s(house))
        name = f"check of {report.entries:,} entries"
        yield Figure(name, report.entries / taken_s, "/s", at_least=ENTRIES_A_S, peer=peer)
        since_s, since = _timed(house, note)
        name = f"check of the last {since.entries - since.checked_from:,} of them, since a checkpoint"
        yield Figure(name, since_s * 1000, "ms")


def _timed(house: Installation, since: str | None = None) -> tuple[float, Report]:
    checking = Verification(house.register, house.log.signer.verifier, house.vault, checkpoint_file(house.settings))
    began_s = time.perf_counter()
    report = checking.run(recordings=False, since=since)
    taken_s = time.perf_counter() - began_s
    assert not report.findings
    return taken_s, report


def _in_memory_a_s(house: Installation) -> float:
    with house.register.read():
        leaves = [entry.leaf for entry, _place in zip(stored.stream(), range(IN_MEMORY), strict=False)]
    began_s = time.perf_counter()
    for leaf in leaves:
        hashlib.sha256(b"\0" + leaf).digest()
        json.loads(leaf)
    return len(leaves) / (time.perf_counter() - began_s)
