"""The texts of an ID3 tag inside a `.wav` file.

It owns the way to `mutagen`: only the bytes of the `id3 ` chunk reach it, and only if they are few, since a
frame of a tag can be compressed. A length is never taken from here (see `agent.intake.wav`), a picture never.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import BinaryIO

from mutagen import MutagenError
from mutagen.id3 import ID3, TextFrame

from agent.intake.wav import TEXT_LIMIT, WavHeader

TAG_LIMIT_BYTES = 32 << 10
TEXTS_LIMIT = 100

_BROKEN = (
    MutagenError,
    # What a hostile tag makes mutagen raise besides: chapters in chapters exhaust the stack, short fields `struct`.
    struct.error,
    zlib.error,
    ArithmeticError,
    AssertionError,
    EOFError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Tags:
    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """By the frame's name, such as `TPE1` (artist) or `TDRC` (time of the recording)."""
    problem: str = ""
    """Why there is a tag but nothing was read from it."""


def read_tags(file: BinaryIO, header: WavHeader) -> Tags:
    """Read the ID3 texts of a recording; nothing and a problem when the tag is too large or broken.

    Raises:
        OSError: the file cannot be read.
    """
    if header.id3_bytes == 0:
        return Tags()
    if header.id3_bytes > TAG_LIMIT_BYTES:
        return Tags(problem="the ID3 tag is larger than a tag of texts")
    file.seek(header.id3_offset)
    content = file.read(header.id3_bytes)
    try:
        frames = ID3(io.BytesIO(content)).values()  # type: ignore[no-untyped-call] # mutagen has no types here
        texts = {frame.FrameID: _first_line(frame) for frame in frames if isinstance(frame, TextFrame)}
    except _BROKEN:
        return Tags(problem="the ID3 tag cannot be read")
    return Tags(MappingProxyType({name: text for name, text in list(texts.items())[:TEXTS_LIMIT] if text}))


def _first_line(frame: TextFrame) -> str:
    return str(frame).split("\0", 1)[0].strip()[:TEXT_LIMIT]
