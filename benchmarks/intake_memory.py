"""Whether taking in many files needs more memory the more there are.

Measured: the resident memory of `earwitness-agent scan` while it takes in 100,000 short recordings, sampled from
`/proc` until it ends: after a tenth of the run, and at its most after that.

Bounded by: the names of all files that were found (some 150 bytes each), which are held until the end.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

from benchmarks.figure import Figure, Peer
from benchmarks.intake_backlog import OLDEST_AT
from benchmarks.process import memory_mb
from benchmarks.recordings import GSM, freepbx_name, recording
from benchmarks.scene import ROOT, Scene, new_house

FILES, QUICK_FILES = 100_000, 1_000
AT_MOST_MB = 200
SAMPLE_S = 0.2


def measure(scene: Scene) -> Iterator[Figure]:
    count = QUICK_FILES if scene.is_quick else FILES
    folder = scene.new_folder("intake-memory")
    with new_house(folder):
        pass
    content = recording(GSM, 1.0, 1)
    for number in range(count):
        at = OLDEST_AT + timedelta(minutes=number)
        file = folder / "spool" / f"{at:%Y/%m/%d}" / freepbx_name(number, at, GSM)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content[:-4] + number.to_bytes(4, "big"))  # each is another
        os.utime(file, (at.timestamp(), at.timestamp()))
    command = [sys.executable, "-P", "-m", "agent", "scan", "--config", str(folder / "agent.toml")]
    sampled: list[float] = []
    began_s = time.perf_counter()
    with subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as scanning:
        while scanning.poll() is None:
            with suppress(OSError, KeyError):
                sampled.append(memory_mb(scanning.pid).rss)
            time.sleep(SAMPLE_S)
        said = scanning.stdout.read() if scanning.stdout else ""
    spent_s = time.perf_counter() - began_s
    assert said.startswith(f"{count} taken in"), said
    early = sampled[len(sampled) // 10]
    name = f"memory of scan over {count:,} files"
    yield Figure(name, max(sampled[len(sampled) // 10 :]), "MB", at_most=AT_MOST_MB, peer=Peer("after a tenth", early))
    yield Figure(f"{count:,} short files", count / spent_s, "files/s")
