"""The telephone system's `Master.csv`, followed as it grows: which line belongs to a call.

It owns the place up to which the file was read, and an index of 100 bytes or so a call; the lines themselves are read
again when they are asked for, so that years of calls take no memory. Only whole lines are read. A megabyte at a time it
also knows until when the calls before it had ended, so that whoever asks for the last week need not read the year. What
becomes of the file meanwhile:

    grown        the new lines are read
    rotated      another file stands under the name: the old one is read to its end first, then the new one
    cut to zero  (`copytruncate`) it begins anew; the lines that were there are no longer known
    gone         what was read stays known; the next look tries again

At the start, rotated files beside it (`Master.csv.1`, `Master.csv-20261123`, not packed ones) are read too, the oldest
first; of all of them together only the last 64 MiB, which is some 300,000 calls. The path is the source's setting; it
is opened without following a link in its last step, and must be a file.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from itertools import islice
from pathlib import Path

from agent.intake.metadata.master_csv import LINE_LIMIT_BYTES, CallRecord, read_line

CALLS_LIMIT = 300_000
"""So many calls are known, then the oldest file is forgotten, and of a single one what stands first in it."""
FIRST_READ_BYTES = 64 << 20
"""So much is read at the start: nobody waits for years of calls."""
ROTATED_LIMIT = 12
_READ_BYTES = 1 << 20
_STEP_BYTES = 1 << 20
"""Between two places of which it is known what had ended before."""
_MARK_BYTES = 64
_PACKED = (".gz", ".bz2", ".xz", ".zst", ".zip")


class NotRecords(OSError):
    """What stands under the path is no regular file."""


@dataclass(slots=True)
class _Part:
    """One file, as far as it was read."""

    fd: int
    identity: tuple[int, int]
    start: int = 0
    """What stands before it is not read."""
    offset: int = 0
    """Where the next line begins."""
    mark: bytes = b""
    """The last bytes before it: when others stand there, the file was written anew."""
    lines: dict[int, int] = field(default_factory=dict)
    """Digest of a uniqueid = where its line begins; the answered one where there are several."""
    first_started: datetime | None = None
    last_ended: datetime | None = None
    steps: list[tuple[int, datetime | None]] = field(default_factory=list)
    """Where a line begins = when the last call had ended of all that stand before it."""

    def forget(self) -> None:
        """It was written anew."""
        self.start, self.offset, self.mark = 0, 0, b""
        self.first_started = self.last_ended = None
        self.lines.clear()
        self.steps.clear()

    def note(self, record: CallRecord, offset: int) -> None:
        """Remember a line by where it begins."""
        if offset - (self.steps[-1][0] if self.steps else self.start) >= _STEP_BYTES:
            self.steps.append((offset, self.last_ended))
        if record.started is not None:
            self.first_started = min(record.started, self.first_started or record.started)
        if record.ended is not None:
            self.last_ended = max(record.ended, self.last_ended or record.ended)
        digest = _digest(record.unique_id)
        if record.is_answered:
            self.lines[digest] = offset
        else:
            self.lines.setdefault(digest, offset)

    def start_of(self, since: datetime | None) -> int:
        """Where the lines begin among which all are that ended since then."""
        start = self.start
        if since is not None:
            for offset, last_ended in (*self.steps, (self.offset, self.last_ended)):
                if last_ended is not None and last_ended < since:
                    start = offset
        return start


@dataclass(frozen=True, slots=True)
class CallsSince:
    """Lines as they stood when they were asked for; another thread may read on meanwhile. Close it."""

    stretches: tuple[tuple[int, int, int], ...]
    """Descriptor, first byte, byte behind the last."""
    first_started: datetime | None
    """Of all calls that are known, also of those that are not among these."""
    unreadable_lines: int
    """The same."""

    def calls(self) -> Iterator[CallRecord]:
        """File by file from the oldest.

        Raises:
            OSError: one cannot be read.
        """
        for fd, start, stop in self.stretches:
            for _, line in _lines(fd, start, stop):
                record = read_line(line)
                if record is not None:
                    yield record

    def close(self) -> None:
        for fd, _start, _stop in self.stretches:
            os.close(fd)


class CallRecords:
    """Close it when it is no longer needed.

    Args:
        path: Of `Master.csv`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._parts: list[_Part] = []
        self._is_begun = False
        self.read_lines = 0
        """So far, of whatever file."""
        self.unreadable_lines = 0
        """Lines that are none of `Master.csv`, or that have no uniqueid."""

    def close(self) -> None:
        for part in self._parts:
            os.close(part.fd)
        self._parts.clear()

    def read_on(self) -> int:
        """Read what has come since the last time; the number of lines.

        Raises:
            OSError: it is not there, or cannot be read; what was read before stays known.
        """
        if not self._is_begun:
            self._begin()
        read = sum(self._read(part) for part in self._parts[-1:])
        fd = _opened(self._path)
        if self._parts and _identity(fd) == self._parts[-1].identity:
            os.close(fd)
        else:
            self._parts.append(_part(fd, FIRST_READ_BYTES))
            read += self._read(self._parts[-1])
        self._forget()
        return read

    def of(self, unique_id: str) -> CallRecord | None:
        """The call of this uniqueid; the answered line of several.

        Raises:
            OSError: it cannot be read.
        """
        digest = _digest(unique_id)
        for part in reversed(self._parts):
            offset = part.lines.get(digest)
            if offset is not None:
                line, end, _ = os.pread(part.fd, LINE_LIMIT_BYTES, offset).partition(b"\n")
                record = read_line(line) if end else None
                if record is not None and record.unique_id == unique_id:
                    return record
        return None

    def since(self, since: datetime | None) -> CallsSince:
        """The lines of all calls that ended since then, and of some that ended before; of all that are known for None.

        Args:
            since: On the server's clock, without a zone.
        """
        started = [part.first_started for part in self._parts if part.first_started is not None]
        stretches = tuple((os.dup(part.fd), part.start_of(since), part.offset) for part in self._parts)
        return CallsSince(stretches, min(started, default=None), self.unreadable_lines)

    def _begin(self) -> None:
        left_bytes = FIRST_READ_BYTES
        with suppress(OSError):
            left_bytes -= self._path.stat().st_size
        rotated: list[_Part] = []
        for path in reversed(_rotated(self._path)):
            if left_bytes <= 0:
                break
            try:
                fd = _opened(path)
            except OSError:
                continue  # it was packed or removed meanwhile
            rotated.append(_part(fd, left_bytes))
            left_bytes -= os.fstat(fd).st_size
        self._parts = rotated[::-1]
        for part in self._parts:
            self._read(part)
        self._is_begun = True

    def _read(self, part: _Part) -> int:
        if os.pread(part.fd, len(part.mark), part.offset - len(part.mark)) != part.mark:
            part.forget()
        read = 0
        for offset, line in _lines(part.fd, part.offset, os.fstat(part.fd).st_size):
            part.offset = offset + len(line)
            self.read_lines += 1
            read += 1
            record = read_line(line)
            if record is None:
                self.unreadable_lines += 1
            else:
                part.note(record, offset)
        if read:
            start = max(0, part.offset - _MARK_BYTES)
            part.mark = os.pread(part.fd, part.offset - start, start)
        return read

    def _forget(self) -> None:
        while len(self._parts) > 1 and sum(len(part.lines) for part in self._parts) > CALLS_LIMIT:
            os.close(self._parts.pop(0).fd)
        while len(self._parts) > ROTATED_LIMIT:
            os.close(self._parts.pop(0).fd)
        if self._parts and (excess := len(self._parts[-1].lines) - CALLS_LIMIT) > 0:
            lines = self._parts[-1].lines
            for digest in list(islice(lines, excess)):
                del lines[digest]


def _part(fd: int, most_bytes: int) -> _Part:
    """A file of which the last so many bytes are read, from the beginning of a line on."""
    start = max(0, os.fstat(fd).st_size - most_bytes)
    if start:
        cut, end, _ = os.pread(fd, LINE_LIMIT_BYTES, start - 1).partition(b"\n")
        start += len(cut) if end else 0
    return _Part(fd, _identity(fd), start, start)


def _lines(fd: int, start: int, stop: int) -> Iterator[tuple[int, bytes]]:
    """Whole lines with where they begin. One that is longer than a line can be comes in pieces, which are none."""
    offset, rest = start, b""
    while offset + len(rest) < stop:
        found = os.pread(fd, min(_READ_BYTES, stop - offset - len(rest)), offset + len(rest))
        if not found:
            return
        rest += found
        *whole, rest = rest.split(b"\n")
        for line in whole:
            yield offset, line + b"\n"
            offset += len(line) + 1
        while len(rest) > LINE_LIMIT_BYTES:
            piece, rest = rest[: LINE_LIMIT_BYTES + 1], rest[LINE_LIMIT_BYTES + 1 :]
            yield offset, piece
            offset += len(piece)


def _opened(path: Path) -> int:
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise NotRecords(f"{path.name} is no file")
    return fd


def _identity(fd: int) -> tuple[int, int]:
    found = os.fstat(fd)
    return found.st_dev, found.st_ino


def _rotated(path: Path) -> list[Path]:
    """The files that were it once, the oldest first."""
    try:
        beside = [
            (entry.stat(follow_symlinks=False).st_mtime_ns, entry.name)
            for entry in os.scandir(path.parent)
            if entry.name.startswith(path.name) and entry.name != path.name and not entry.name.endswith(_PACKED)
        ]
    except OSError:
        return []
    return [path.with_name(name) for _, name in sorted(beside)[-ROTATED_LIMIT:]]


def _digest(unique_id: str) -> int:
    """Eight bytes of a uniqueid: two calls that share them are told apart when the line is read."""
    return int.from_bytes(blake2b(unique_id.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
