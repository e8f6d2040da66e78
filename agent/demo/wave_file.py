"""WAVE files as bytes: an A-law header, and a header as it stands while a recorder is still writing.

A-law needs the extended form of `fmt ` and a `fact` chunk (Multimedia Data Standards Update 3.0, 1994):

    offset  bytes  what
    0       4      "RIFF"
    4       4      size of all that follows, 0 while it is being recorded
    8       8      "WAVE", "fmt "
    16      4      18
    20      2      6, A-law
    22      2      channels
    24      4      8000
    28      4      bytes a second
    32      2      bytes a frame
    34      2      8
    36      2      0, no extension
    38      8      "fact", 4
    46      4      frames, 0 while it is being recorded
    50      4      "data"
    54      4      size of the samples, 0 while it is being recorded
    58      …      samples, and a zero byte if their number is odd
"""

from __future__ import annotations

import struct

import numpy as np

from agent.demo import alaw

_HEADER = struct.Struct("<4sI4s4sIHHIIHHH4sII4sI")
_CHUNK = struct.Struct("<4sI")
_ALAW_TAG = 6


def alaw_file(*legs: alaw.Bytes) -> bytes:
    """Interleave legs of equal length, one a channel, into a complete file."""
    channels, frames = len(legs), len(legs[0])
    samples = np.stack(legs, axis=1).tobytes()
    padding = b"\0" * (len(samples) % 2)
    header = _HEADER.pack(
        b"RIFF",
        _HEADER.size - 8 + len(samples) + len(padding),
        b"WAVE",
        b"fmt ",
        18,
        _ALAW_TAG,
        channels,
        alaw.RATE_HZ,
        alaw.RATE_HZ * channels,
        channels,
        8,
        0,
        b"fact",
        4,
        frames,
        b"data",
        len(samples),
    )
    return header + samples + padding


def samples_at(file: bytes) -> int:
    """Say at which byte the samples start.

    Raises:
        ValueError: there is no `data` chunk.
    """
    offset = 12
    while offset + _CHUNK.size <= len(file):
        name, size_bytes = _CHUNK.unpack_from(file, offset)
        offset += _CHUNK.size
        if name == b"data":
            return offset
        offset += size_bytes + size_bytes % 2
    raise ValueError("no data chunk")


def unfinished_header(file: bytes) -> bytes:
    """Give the bytes before the samples as Asterisk leaves them until it closes the file: every size 0."""
    header = bytearray(file[: samples_at(file)])
    header[4:8] = header[-4:] = bytes(4)
    fact = header.find(b"fact", 12)
    if fact >= 0:
        header[fact + 8 : fact + 12] = bytes(4)
    return bytes(header)
