"""Direct opens: how many files a second can be opened on the server with the sentry watching, and without it.

Measured: opens of one file on a file system of its own by short-lived processes (sixteen at a time, each open a new
process) and by sixteen processes that open again and again; every one waits until its entry is durable. All are counted
in the log afterwards: one that is missing is a failure, not a slow figure.

Against: the same with no sentry. Bounded by: an entry in the log for each, which those who wait together share an fsync
for; a dozen files of /proc read for each opener.

It takes root, `mount` and a C compiler; without them there is no figure, and that is said. Only a file system that it
mounts itself is marked.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from agent.installation import open_installation
from agent.settings import load
from benchmarks.figure import Figure, Peer
from benchmarks.scene import Scene, new_house, started, tell
from db.queries import direct_opens as stored

SOURCE = Path(__file__).with_suffix(".c")
PROGRAMS = ("mount", "umount", "mkfs.ext4", "gcc")
DISK_BYTES = 1 << 30
TOGETHER = 16
OPENS_A_S = 1000


def measure(scene: Scene) -> Iterator[Figure]:
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if os.geteuid() != 0 or missing:
        tell(f"no figures of direct opens: they take root, {', '.join(PROGRAMS)}")
        return
    each = 20 if scene.is_quick else 400
    folder = scene.new_folder("direct")
    program = folder / "opens"
    subprocess.run(["gcc", "-static", "-O2", "-o", program, SOURCE], check=True)
    bare = {mode: _opens_a_s(program, mode, each, _note(scene.new_folder(f"bare-{mode}"))) for mode in ("new", "same")}
    watched = _watched(folder, program, each)
    for mode, name in (("new", "short-lived openers"), ("same", "openers that go on")):
        reach = OPENS_A_S if mode == "new" else None
        peer = Peer("without a sentry", bare[mode])
        yield Figure(f"direct opens named, {TOGETHER} {name}", watched[mode], "/s", at_least=reach, peer=peer)


def _watched(folder: Path, program: Path, each: int) -> dict[str, float]:
    with ExitStack() as stack:
        house = stack.enter_context(_disk(folder / "disk.img", folder / "house"))
        with new_house(house):
            pass
        subprocess.run(["mount", "-t", "tmpfs", "earwitness-bench", house / "spool"], check=True)
        stack.callback(subprocess.run, ["umount", "-l", house / "spool"], check=True)
        with (house / "agent.toml").open("a", encoding="utf-8") as config:
            config.write(f'[sentry]\nrun_dir = "{folder}/run"\n')
        file = _note(house / "spool")
        with started(house, 0).stopped_after(), _sentry(house / "agent.toml"):
            found = {mode: _opens_a_s(program, mode, each, file) for mode in ("new", "same")}
        _require_all(house, 2 * TOGETHER * each)
    return found


@contextmanager
def _disk(image: Path, folder: Path) -> Iterator[Path]:
    """A file system on the disk that is being measured, of the benchmark's own."""
    folder.mkdir()
    with image.open("wb") as file:
        file.truncate(DISK_BYTES)
    subprocess.run(["mkfs.ext4", "-q", image], check=True)
    subprocess.run(["mount", "-o", "loop", image, folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@contextmanager
def _sentry(config: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "agent", "sentry", "--config", config]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    try:
        assert process.stderr is not None
        while "watches" not in (line := process.stderr.readline()):
            assert line, "the sentry does not start"
        yield
    finally:
        process.terminate()
        process.communicate(timeout=60)


def _note(folder: Path) -> Path:
    file = folder / "note.txt"
    file.write_text("not a recording")
    return file


def _opens_a_s(program: Path, mode: str, each: int, file: Path) -> float:
    running = [
        subprocess.Popen([program, mode, str(each), file], stdout=subprocess.PIPE, text=True) for _ in range(TOGETHER)
    ]
    return sum(float(process.communicate()[0]) for process in running)


def _require_all(house: Path, expected: int) -> None:
    """Count what the log has of them."""
    opened = open_installation(load(house / "agent.toml"))
    try:
        with opened.register.read():
            found = sum(1 for entry in stored.newest_first(["file.open"]) if entry.columns["target"] == "spool:pbx")
    finally:
        opened.close()
    assert found == expected, f"{found} of {expected} opens are in the log"
