"""The chunks of a RIFF file: where each one lies, and what it claims against what is there.

It owns the walk over the container and its quirks; it does not know what a chunk means (see
`agent.intake.wav`).

    offset  bytes  field
    0       4      "RIFF", "RIFX" (all numbers big-endian), "RF64" or "BW64" (sizes in `ds64`)
    4       4      size of what follows; 0 or 0xFFFFFFFF until the recorder closes the file
    8       4      "WAVE"
    12      …      chunks:
                     0  4  name
                     4  4  size n of the content
                     8  n  content
                     …  1  a zero byte when n is odd; some recorders leave it out
    before all of it an ID3v2 tag may stand: "ID3", version (2), flags (1), size (4 × 7 bits)

Sources: Microsoft and IBM, *Multimedia Programming Interface and Data Specifications 1.0* (1991), chapter 3;
EBU Tech 3306 (RF64) and ITU-R BS.2088 (BW64); ID3v2.4 structure, section 3.1.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

CHUNKS_LIMIT = 1000
SIZE_UNKNOWN = 0xFFFF_FFFF
"""Written by a recorder that does not know yet, and in RF64 for "see `ds64`"."""

_HEAD_BYTES = 4096
_FORMS = (b"RIFF", b"RIFX", b"RF64", b"BW64")


class NotRiff(Exception):
    """No RIFF file of the form WAVE.

    Args:
        is_started: What is there may be the start of one, or the zeros that some recorders write first.
    """

    def __init__(self, *, is_started: bool) -> None:
        self.is_started = is_started
        super().__init__("not a RIFF file of the form WAVE")


class Bytes:
    """Bounded reads at any offset of a file; the first 4 KiB are read once."""

    def __init__(self, file: BinaryIO, size_bytes: int) -> None:
        self.size_bytes = size_bytes
        self._file = file
        self._head = self._read(0, min(_HEAD_BYTES, size_bytes))

    def at(self, offset: int, length: int) -> bytes:
        """Read `length` bytes, fewer where the file ends."""
        length = min(length, self.size_bytes - offset)
        if offset < 0 or length <= 0:
            return b""
        if offset + length <= len(self._head):
            return self._head[offset : offset + length]
        return self._read(offset, length)

    def _read(self, offset: int, length: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(length) or b""


@dataclass(frozen=True, slots=True)
class Chunk:
    name: bytes
    offset: int
    """Where the content starts, in bytes from the start of the file."""
    claimed_bytes: int
    """By the header; for `data` of an RF64 file by `ds64`."""
    present_bytes: int
    """Of the claimed ones, those that the file holds."""


@dataclass(frozen=True, slots=True)
class Riff:
    order: str
    """Byte order in the terms of `struct`: `<` or `>`."""
    end: int | None
    """Offset at which the container ends by its own claim; None when it makes none (0, 0xFFFFFFFF)."""
    chunks: tuple[Chunk, ...]
    """In the order of the file; the walk ends after a `data` chunk whose size cannot be relied on."""


def read_riff(content: Bytes) -> Riff:
    """Find the chunks of a file, at most `CHUNKS_LIMIT`.

    Raises:
        NotRiff: the file does not start as a RIFF file of the form WAVE.
        OSError: the file cannot be read.
    """
    start = _start(content)
    head = content.at(start, 12)
    if head[:4] not in _FORMS or head[8:12] != b"WAVE":
        raise NotRiff(is_started=_may_become_wave(head, content))
    order = ">" if head[:4] == b"RIFX" else "<"
    (claimed,) = struct.unpack(order + "I", head[4:8])
    riff_bytes, data_bytes = _long_sizes(content, start + 12, order) or (claimed, None)
    end = None if riff_bytes in (0, SIZE_UNKNOWN) else start + 8 + riff_bytes
    return Riff(order, end, tuple(_walk(content, start + 12, order, end, data_bytes)))


def is_chunk_name(name: bytes) -> bool:
    """Tell whether four bytes can be a chunk's name: printable ASCII, as the specification asks."""
    return len(name) == 4 and all(0x20 <= byte < 0x7F for byte in name)


def _start(content: Bytes) -> int:
    """Where RIFF starts: behind an ID3v2 tag that somebody wrote in front."""
    head = content.at(0, 10)
    if len(head) < 10 or head[:3] != b"ID3":
        return 0
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size


def _may_become_wave(head: bytes, content: Bytes) -> bool:
    if not head.strip(b"\0"):
        return not content.at(0, _HEAD_BYTES).strip(b"\0")
    return any(form.startswith(head[:4]) for form in _FORMS) and b"WAVE".startswith(head[8:12])


def _long_sizes(content: Bytes, offset: int, order: str) -> tuple[int, int] | None:
    """Sizes of RIFF and of `data` from a `ds64` chunk, which must be the first."""
    head = content.at(offset, 24)
    if len(head) < 24 or head[:4] != b"ds64":
        return None
    riff_bytes, data_bytes = struct.unpack(order + "QQ", head[8:24])
    return riff_bytes, data_bytes


def _walk(content: Bytes, offset: int, order: str, end: int | None, long_data_bytes: int | None) -> list[Chunk]:
    chunks: list[Chunk] = []
    while len(chunks) < CHUNKS_LIMIT:
        head = content.at(offset, 8)
        if len(head) < 8:
            break
        name, (claimed,) = head[:4], struct.unpack(order + "I", head[4:])
        offset += 8
        there = content.size_bytes - offset
        if name == b"data" and claimed == SIZE_UNKNOWN and long_data_bytes is not None:
            claimed = long_data_bytes
        chunks.append(Chunk(name, offset, claimed, min(claimed, there)))
        is_placeholder = claimed == SIZE_UNKNOWN or (claimed == 0 and end != content.size_bytes)
        if claimed >= there or (name == b"data" and is_placeholder):
            break
        offset += claimed
        # The next name stands here at once where a recorder left the pad byte out.
        if claimed % 2 and not is_chunk_name(content.at(offset, 4)):
            offset += 1
    return chunks
