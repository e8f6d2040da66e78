"""What a `.wav` file holds, from its header and from the bytes that are really there.

It owns the facts of a recording: encoding, where the samples lie, how long they last, and whether the
recorder finished the header. It does no I/O but on the file it is handed, reads a few kilobytes of it however
large it is, and decodes no sample. The container is read by `agent.intake.riff`; here are the chunks inside:

    fmt    …     see `agent.intake.sound_format`
    fact   0  4  frames, for what is not PCM
    data   …     samples
    LIST   0  4  "INFO", then chunks of text with names of four letters
    bext   0  256 description, 32 originator, 32 its reference, 10 date, 8 time
    id3    …     an ID3v2 tag, see `agent.intake.tags`

The length of a recording comes from the bytes: a `data` size of 0 (Asterisk until it closes the file), of
0xFFFFFFFF (ffmpeg into a pipe) or beyond the end of the file is no length. `fact` only takes from the last
block what the encoder filled it up with.

Sources: Microsoft and IBM, *Multimedia Programming Interface and Data Specifications 1.0* (1991); EBU Tech
3285 (bext).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import BinaryIO, Literal

from agent.intake.mpeg import count_frames
from agent.intake.riff import SIZE_UNKNOWN, Bytes, Chunk, NotRiff, Riff, is_chunk_name, read_riff
from agent.intake.sound_format import (
    FORMAT_BYTES,
    FORMAT_LEAST_BYTES,
    ImpossibleFormat,
    SoundFormat,
    read_format,
)

INFO_LIMIT_BYTES = 64 << 10
INFO_ENTRIES_LIMIT = 100
TEXT_LIMIT = 1000
"""Characters that are kept of one text in a header."""

_UNKNOWN_FROM_BYTES = 0x7FFF_F000
"""Sizes from here on beyond the end of the file are a placeholder, not a length."""

_MPEG = frozenset({"mpeg", "mp3"})
_MPEG_FILLING_FRAMES = 3 * 1152
"""An encoder's delay and the filling of its last block are less."""

Reason = Literal["empty", "not-audio", "no-format", "no-samples", "impossible-format"]
Interruption = Literal["", "sizes-zero", "sizes-unknown", "cut-short", "more-than-claimed"]


class NotWav(Exception):
    """A file that holds no recording.

    Args:
        reason: A stable code, as the quarantine shows it.
        is_started: It may be the first bytes of a recording that is still being written.
    """

    def __init__(self, reason: Reason, *, is_started: bool = False) -> None:
        self.reason: Reason = reason
        self.is_started = is_started
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class WavHeader:
    encoding: str
    """As in `agent.wire.Recording`: `pcm`, `float`, `alaw`, … or the format tag in hexadecimal."""
    rate_hz: int
    channels: int
    bits: int
    """Of a sample as it is stored."""
    is_big_endian: bool
    """RIFX: the samples of `pcm` and `float` too have their most significant byte first."""
    data_offset: int
    data_bytes: int
    """Bytes of samples that are really there."""
    block_bytes: int
    """Of the smallest part that decodes by itself; 1 where that is not known."""
    block_frames: int
    """Frames in such a part; 0 where that is not known."""
    frames: int
    duration_ms: int
    interrupted: Interruption
    """How the header disagrees with the bytes that are there; empty when it does not.

    `sizes-zero` and `sizes-unknown`: the recorder has not closed the file; `cut-short`: it claims more than
    there is; `more-than-claimed`: samples follow after the end that it claims.
    """
    info: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Texts of LIST/INFO by their names, such as `IART`."""
    broadcast: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """`description`, `originator`, `reference`, `date`, `time` of a broadcast wave, unless empty."""
    id3_offset: int = 0
    """Where the content of an `id3 ` chunk starts; 0 when there is none."""
    id3_bytes: int = 0

    @property
    def is_finished(self) -> bool:
        """Whether the header agrees with the bytes that are there."""
        return not self.interrupted


def read_header(file: BinaryIO, size_bytes: int) -> WavHeader:
    """Read what a recording holds.

    Args:
        file: Open for reading in binary; its position is moved.
        size_bytes: How long the file is now.

    Raises:
        NotWav: it holds no recording.
        OSError: it cannot be read.
    """
    if size_bytes <= 0:
        raise NotWav("empty", is_started=True)
    content = Bytes(file, size_bytes)
    try:
        riff = read_riff(content)
    except NotRiff as error:
        raise NotWav("not-audio", is_started=error.is_started) from error
    sound = _format(content, riff)
    data = _first(riff, b"data")
    is_complete = _is_all_there(content, riff)
    if data is None:
        raise NotWav("no-samples", is_started=not is_complete)
    data_bytes, interrupted = _samples(content, riff, data)
    frames = sound.frames(data_bytes)
    if sound.encoding in _MPEG:
        frames = count_frames(content, data.offset, data_bytes) or frames
    if frames == 0 and sound.is_estimate and data_bytes:
        frames = _fact(content, riff) or 0
    if frames == 0:
        raise NotWav("no-samples", is_started=not is_complete or bool(interrupted))
    if not interrupted:
        frames = _without_filling(frames, sound, _fact(content, riff))
    id3 = _first(riff, b"id3 ") or _first(riff, b"ID3 ")
    return WavHeader(
        encoding=sound.encoding,
        rate_hz=sound.rate_hz,
        channels=sound.channels,
        bits=sound.bits,
        is_big_endian=riff.order == ">",
        data_offset=data.offset,
        data_bytes=data_bytes,
        block_bytes=sound.block_bytes,
        block_frames=sound.block_frames,
        frames=frames,
        duration_ms=round(frames * 1000 / sound.rate_hz),
        interrupted=interrupted,
        info=MappingProxyType(_info(content, riff)),
        broadcast=MappingProxyType(_broadcast(content, riff)),
        id3_offset=id3.offset if id3 else 0,
        id3_bytes=id3.present_bytes if id3 else 0,
    )


def _format(content: Bytes, riff: Riff) -> SoundFormat:
    chunk = _first(riff, b"fmt ")
    values = content.at(chunk.offset, min(chunk.present_bytes, FORMAT_BYTES)) if chunk else b""
    if chunk is None or chunk.present_bytes < chunk.claimed_bytes or len(values) < FORMAT_LEAST_BYTES:
        raise NotWav("no-format", is_started=not _is_all_there(content, riff))
    try:
        return read_format(values, riff.order)
    except ImpossibleFormat as error:
        raise NotWav("impossible-format") from error


def _is_all_there(content: Bytes, riff: Riff) -> bool:
    return riff.end is not None and riff.end <= content.size_bytes


def _samples(content: Bytes, riff: Riff, data: Chunk) -> tuple[int, Interruption]:
    """How many bytes of samples there are, and how the header disagrees with that."""
    there = content.size_bytes - data.offset
    claimed = data.claimed_bytes
    if claimed > there or claimed == SIZE_UNKNOWN:
        return there, "sizes-unknown" if claimed >= _UNKNOWN_FROM_BYTES else "cut-short"
    if claimed == 0:
        is_believable = riff.end is not None and riff.end == content.size_bytes
        return (0, "") if is_believable or there == 0 else (there, "sizes-zero")
    end = max(data.offset + claimed, riff.end or 0)
    if end < content.size_bytes and _is_sound(content, end):
        return there, "more-than-claimed"
    # Some writers count the 8 bytes of the head too: that is no sign of missing ones.
    if riff.end is not None and riff.end > content.size_bytes + 8:
        return claimed, "cut-short"
    return claimed, ""


def _is_sound(content: Bytes, offset: int) -> bool:
    """Tell whether samples can follow the claimed end: no chunk, no ID3v1 tag, no mere zeros."""
    following = content.at(offset, 4096)
    names = following[:4], following[1:5]  # the second behind a pad byte
    return bool(following.strip(b"\0")) and not any(map(is_chunk_name, names)) and following[:3] != b"TAG"


def _without_filling(frames: int, sound: SoundFormat, fact: int | None) -> int:
    """The frames that the encoder was given: of a last block it may have filled a part with silence."""
    if not fact:
        return frames
    if sound.encoding in _MPEG:
        return fact if frames - _MPEG_FILLING_FRAMES < fact < frames else frames
    if not sound.is_estimate:
        return fact if frames - sound.filling_frames < fact < frames else frames
    return fact if frames < fact * 4 and fact < frames * 4 else frames


def _fact(content: Bytes, riff: Riff) -> int | None:
    chunk = _first(riff, b"fact")
    if chunk is None or chunk.present_bytes < 4:
        return None
    (frames,) = struct.unpack(riff.order + "I", content.at(chunk.offset, 4).ljust(4, b"\0"))
    return int(frames)


def _info(content: Bytes, riff: Riff) -> dict[str, str]:
    texts: dict[str, str] = {}
    for chunk in riff.chunks:
        if chunk.name != b"LIST" or content.at(chunk.offset, 4) != b"INFO":
            continue
        entries = content.at(chunk.offset, min(chunk.present_bytes, INFO_LIMIT_BYTES))
        offset = 4
        while offset + 8 <= len(entries) and len(texts) < INFO_ENTRIES_LIMIT:
            name, (length,) = (
                entries[offset : offset + 4],
                struct.unpack_from(riff.order + "I", entries, offset + 4),
            )
            text = _text(entries[offset + 8 : offset + 8 + length])
            if is_chunk_name(name) and text:
                texts.setdefault(name.decode("ascii"), text)
            offset += 8 + length + length % 2
    return texts


def _broadcast(content: Bytes, riff: Riff) -> dict[str, str]:
    chunk = _first(riff, b"bext")
    values = content.at(chunk.offset, min(chunk.present_bytes, 338)) if chunk else b""
    places = {
        "description": slice(0, 256),
        "originator": slice(256, 288),
        "reference": slice(288, 320),
        "date": slice(320, 330),
        "time": slice(330, 338),
    }
    texts = {name: _text(values[place]) for name, place in places.items()}
    return {name: text for name, text in texts.items() if text}


def _text(value: bytes) -> str:
    """Text up to its closing zero: UTF-8 where it is, else Latin-1, as older recorders wrote."""
    value = value.split(b"\0", 1)[0][: 4 * TEXT_LIMIT]
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        text = value.decode("latin-1")
    return text.strip()[:TEXT_LIMIT]


def _first(riff: Riff, name: bytes) -> Chunk | None:
    return next((chunk for chunk in riff.chunks if chunk.name == name), None)
