"""How far a `scan` is, told by its process to the agent's, and to whoever looks on the server.

    state_dir/scan.json     `wire.ScanStatus` as JSON: counts and times, no name; renamed into its place once a second

The file outlives its scan, however that ends: whether one runs is a lock's to say (`claims`), which the kernel drops
with the process. Who reads it believes nothing of it that a scan would not have written.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from agent.errors import Conflict
from agent.installation import Installation
from agent.intake.backlog import Tally
from agent.intake.claims import Claims
from agent.wire import ScanStatus

FILE = "scan.json"
_BESIDE = "scan.json.new"
TOLD_EVERY_S = 1.0
LIMIT_BYTES = 4096
"""A larger file is none of a scan's."""
ROOT = 0


class ScanTeller:
    """Tells of one scan. A disk that does not take it stops nothing: then nothing is known of how far it is.

    Args:
        house: The installation.
        clock_s: A clock that never goes back.
    """

    def __init__(self, house: Installation, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._folder = house.settings.state_dir
        self._now_ms = house.now_ms
        self._clock_s = clock_s
        self._began_at_ms = house.now_ms()
        self._next_s = clock_s()

    def tell(self, tally: Tally) -> None:
        """Tell how far it is, unless it was told within the last second."""
        if self._clock_s() >= self._next_s:
            self._next_s = self._clock_s() + TOLD_EVERY_S
            self.tell_now(tally)

    def tell_now(self, tally: Tally) -> None:
        status = ScanStatus(
            began_at=_instant(self._began_at_ms),
            at=_instant(self._now_ms()),
            files=tally.files,
            found_bytes=tally.found_bytes,
            taken_in=tally.taken_in,
            quarantined=tally.quarantined,
            waiting=tally.waiting,
            taken_bytes=tally.taken_bytes,
            done_bytes=tally.done_bytes,
        )
        with suppress(OSError):
            _write(self._folder, status.model_dump_json().encode("ascii"))


@contextmanager
def only_scan(house: Installation) -> Iterator[ScanTeller]:
    """Be the one scan of an installation.

    Raises:
        Conflict: another one runs.
    """
    with Claims(house.settings.state_dir).scanning() as is_only:
        if not is_only:
            raise Conflict(what="another scan runs on this installation; `earwitness-agent status` says how far it is")
        (house.settings.state_dir / FILE).unlink(missing_ok=True)  # another one's
        teller = ScanTeller(house)
        teller.tell_now(Tally())
        yield teller


def running_scan(state_dir: Path) -> ScanStatus | None:
    """How far a scan is that runs; None when none does, or when it cannot be known."""
    if not Claims(state_dir).is_scanned():
        return None
    with suppress(OSError, ValidationError):
        return ScanStatus.model_validate_json(_read(state_dir))
    return None


def mark_of(state_dir: Path) -> tuple[int, int] | None:
    """What differs each time a scan has told of itself; None when none ever did."""
    try:
        found = (state_dir / FILE).lstat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def _write(folder: Path, content: bytes) -> None:
    """For the agent's user to read, also when root scans; the folder is nobody else's."""
    beside = folder / _BESIDE
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    try:
        os.fchmod(descriptor, 0o644)
        os.write(descriptor, content)
    finally:
        os.close(descriptor)
    beside.replace(folder / FILE)


def _read(folder: Path) -> bytes:
    """At most a little more than it may hold; nothing of what is no file of the installation's owner or of root.

    Raises:
        OSError: it cannot be opened, or is a link.
    """
    descriptor = os.open(folder / FILE, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_uid not in (ROOT, folder.stat().st_uid):
            return b""
        content = os.read(descriptor, LIMIT_BYTES + 1)
        return content if len(content) <= LIMIT_BYTES else b""
    finally:
        os.close(descriptor)


def _instant(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
