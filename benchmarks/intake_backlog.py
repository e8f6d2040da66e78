"""A backlog of recordings taken in: read, sealed, read back, catalogued, logged, removed, all of it durable.

Measured: `earwitness-agent scan`, a process of its own with its start, on files of three encodings (A-law mono, GSM,
PCM16 stereo), 20 s to 10 min long, in a folder for each day as FreePBX has them.

Against, in the same run: `beet import -A -C -q` with its duplicate keys on path, which reads the tags of the same files
into a catalogue and neither copies, hashes nor seals them (beets is installed by pip into a virtual environment in the
run's own folder; without a package registry this comparison is left out and said). And a bare loop that reads, hashes
(SHA-256), encrypts (AES-256-GCM), writes and fsyncs each file, and keeps no key, no catalogue and no log: one file of
five, the mean of once before and once after. And the limit: one large file written from its start to its end.

Bounded by: the disk, then two passes of SHA-256 and AES-GCM (the sealed copy is read back). Whoever does not write the
recordings is not bound by either: the ratio to beets is that of writing to not writing, as far as files are large.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import secrets
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from benchmarks.figure import Figure, Peer
from benchmarks.recordings import GSM, Encoding, freepbx_name, recording
from benchmarks.scene import ROOT, Scene, new_house, tell

FILES, QUICK_FILES = 5000, 60
WRITTEN_MB, QUICK_WRITTEN_MB = 4096, 64
BARE_ONE_OF = 5
ENCODINGS = (Encoding("ALAW", 1, ".wav"), GSM, Encoding("PCM_16", 2, ".wav"))
SHORTEST_S, MEAN_S, LONGEST_S = 20.0, 130.0, 600.0
RATIO_TO_BARE, RATIO_TO_BEETS = 0.5, 3.0
OLDEST_AT = datetime(2026, 1, 5, 7, 0, tzinfo=UTC)


def measure(scene: Scene) -> Iterator[Figure]:
    count = QUICK_FILES if scene.is_quick else FILES
    folder = scene.new_folder("intake")
    with new_house(folder):
        pass
    spool = folder / "spool"
    total_mb = _written(spool, range(count)) / 1e6
    sample = range(0, count, BARE_ONE_OF)
    before_s, sample_mb = _bare_s(spool, sample, scene.new_folder("bare-before"))
    beets_s = _beets_s(spool, scene.new_folder("beets"), count)
    began_s = time.perf_counter()
    command = [sys.executable, "-P", "-m", "agent", "scan", "--config", str(folder / "agent.toml")]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=ROOT, check=True, capture_output=True, text=True
    )
    taken_s = time.perf_counter() - began_s
    assert done.stdout.startswith(f"{count} taken in, 0 quarantined, 0 left"), done.stdout
    again = scene.new_folder("again")
    _written(again, sample)
    bare_s = (before_s + _bare_s(again, sample, scene.new_folder("bare-after"))[0]) / 2
    name = f"backlog of {count:,} files, {total_mb:,.0f} MB"
    bare = Peer("bare loop", sample_mb / bare_s)
    yield Figure(name, total_mb / taken_s, "MB/s", ratio_at_least=RATIO_TO_BARE, peer=bare)
    disk = Peer("one file written", _disk_mb_a_s(again, QUICK_WRITTEN_MB if scene.is_quick else WRITTEN_MB))
    yield Figure("the same against the disk", total_mb / taken_s, "MB/s", peer=disk)
    beets = None if beets_s is None else Peer("beet import", count / beets_s)
    yield Figure(name, count / taken_s, "files/s", ratio_at_least=None if beets is None else RATIO_TO_BEETS, peer=beets)


def _written(folder: Path, numbers: range) -> int:
    """The same files every time, as old as their names say, and on disk; their size in bytes."""
    size_bytes = 0
    for number in numbers:
        file, encoding, at = _file(folder, number)
        file.parent.mkdir(parents=True, exist_ok=True)
        longer_s = random.Random(number).expovariate(1 / (MEAN_S - SHORTEST_S))
        size_bytes += file.write_bytes(recording(encoding, min(LONGEST_S, SHORTEST_S + longer_s), number))
        os.utime(file, (at.timestamp(), at.timestamp()))
    os.sync()
    return size_bytes


def _file(folder: Path, number: int) -> tuple[Path, Encoding, datetime]:
    encoding, at = ENCODINGS[number % len(ENCODINGS)], OLDEST_AT + timedelta(minutes=7 * number)
    return folder / f"{at:%Y/%m/%d}" / freepbx_name(number, at, encoding), encoding, at


def _bare_s(folder: Path, numbers: range, into: Path) -> tuple[float, float]:
    """How long the bare loop takes, and over how many megabytes."""
    began_s, size_bytes = time.perf_counter(), 0
    for number in numbers:
        file = _file(folder, number)[0]
        content = file.read_bytes()
        hashlib.sha256(content).digest()
        sealed = AESGCM(secrets.token_bytes(32)).encrypt(bytes(12), content, None)
        with (into / file.name).open("wb") as target:
            target.write(sealed)
            target.flush()
            os.fsync(target.fileno())
        size_bytes += len(content)
    spent_s = time.perf_counter() - began_s
    for file in into.iterdir():
        file.unlink()
    return spent_s, size_bytes / 1e6


def _disk_mb_a_s(folder: Path, size_mb: int) -> float:
    """How fast the disk takes bytes that are written one after the other, until they are on it."""
    part = secrets.token_bytes(1_000_000)
    began_s = time.perf_counter()
    with (folder / "large").open("wb") as target:
        for _mb in range(size_mb):
            target.write(part)
        target.flush()
        os.fsync(target.fileno())
    spent_s = time.perf_counter() - began_s
    (folder / "large").unlink()
    return size_mb / spent_s


def _beets_s(spool: Path, folder: Path, count: int) -> float | None:
    """How long beets takes for the catalogue of the same files; None where it cannot be installed."""
    venv.create(folder / "venv", with_pip=True)
    binaries = folder / "venv" / "bin"
    installed = subprocess.run([binaries / "pip", "install", "-q", "beets"], check=False, capture_output=True)
    if installed.returncode != 0:
        tell("beets cannot be installed here: no comparison with it")
        return None
    config = folder / "beets.yaml"
    config.write_text(
        f"directory: {json.dumps(str(folder / 'music'))}\nlibrary: {json.dumps(str(folder / 'library.db'))}\n"
        "plugins: []\nimport:\n  duplicate_action: keep\n  duplicate_keys:\n    item: path\n",
        "utf-8",
    )
    environment = {**os.environ, "BEETSDIR": str(folder)}
    beet = [str(binaries / "beet"), "-c", str(config)]
    subprocess.run([*beet, "ls"], env=environment, check=True, capture_output=True)  # its library is made here
    began_s = time.perf_counter()
    subprocess.run([*beet, "import", "-A", "-C", "-q", str(spool)], env=environment, check=True, capture_output=True)
    spent_s = time.perf_counter() - began_s
    listed = subprocess.run([*beet, "ls"], env=environment, check=True, capture_output=True, text=True)
    assert len(listed.stdout.splitlines()) == count, "beets has not catalogued all of them"
    return spent_s
