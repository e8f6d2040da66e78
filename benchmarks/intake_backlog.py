"""A backlog of recordings taken in: read, sealed, read back, catalogued, logged, removed, all of it durable.

Measured: `agent.intake.backlog.Backlog` on files of three encodings (A-law stereo, PCM16, GSM), 20 s to 5 min long.

Against: a bare loop over the same files in the same run that reads, hashes (SHA-256), encrypts (AES-256-GCM), writes
and fsyncs each, and keeps no key, no catalogue and no log; the mean of once before and once after.

Bounded by: two passes of SHA-256 and AES-GCM (the sealed copy is read back), and for small files fsync: of the sealed
file, its folder, the commit, the removal.
"""

from __future__ import annotations

import hashlib
import os
import random
import secrets
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from agent.intake.backlog import Backlog
from benchmarks.figure import Figure, Peer
from benchmarks.recordings import ALAW_STEREO, GSM, PCM16, freepbx_name, recording
from benchmarks.scene import Scene, new_house

FILES, QUICK_FILES = 300, 30
ENCODINGS = (ALAW_STEREO, ALAW_STEREO, PCM16, GSM)
SHORTEST_S, MEAN_S, LONGEST_S = 20.0, 130.0, 300.0
RATIO_TO_BARE = 0.5
OLDEST_AT = datetime(2026, 1, 5, 7, 0, tzinfo=UTC)


def measure(scene: Scene) -> Iterator[Figure]:
    count = QUICK_FILES if scene.is_quick else FILES
    folder = scene.new_folder("intake")
    with new_house(folder) as house:
        files = _written(folder / "spool", count)
        total_mb = sum(file.stat().st_size for file in files) / 1e6
        before_s = _bare_s(files, scene.new_folder("bare-before"))
        began_s = time.perf_counter()
        tally = Backlog(house, lambda tally: None).take_in()
        taken_s = time.perf_counter() - began_s
        assert tally.taken_in == count, tally
    again = _written(scene.new_folder("again"), count)
    bare_s = (before_s + _bare_s(again, scene.new_folder("bare-after"))) / 2
    name = f"backlog of {count} files, {total_mb:,.0f} MB"
    bare = "bare loop"
    yield Figure(name, count / taken_s, "files/s", ratio_at_least=RATIO_TO_BARE, peer=Peer(bare, count / bare_s))
    yield Figure(name, total_mb / taken_s, "MB/s", peer=Peer(bare, total_mb / bare_s))


def _written(folder: Path, count: int) -> list[Path]:
    """The same files every time, as old as their names say, and on disk."""
    lot, files = random.Random(count), []
    for number in range(count):
        encoding, at = ENCODINGS[number % len(ENCODINGS)], OLDEST_AT + timedelta(minutes=7 * number)
        duration_s = min(LONGEST_S, SHORTEST_S + lot.expovariate(1 / (MEAN_S - SHORTEST_S)))
        file = folder / freepbx_name(number, at, encoding)
        file.write_bytes(recording(encoding, duration_s, number))
        os.utime(file, (at.timestamp(), at.timestamp()))
        files.append(file)
    os.sync()
    return files


def _bare_s(files: list[Path], folder: Path) -> float:
    began_s = time.perf_counter()
    for file in files:
        content = file.read_bytes()
        hashlib.sha256(content).digest()
        sealed = AESGCM(secrets.token_bytes(32)).encrypt(bytes(12), content, None)
        with (folder / file.name).open("wb") as target:
            target.write(sealed)
            target.flush()
            os.fsync(target.fileno())
    return time.perf_counter() - began_s
