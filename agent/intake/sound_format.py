"""What the `fmt ` chunk of a `.wav` file says: how many frames so many bytes of samples hold.

It owns the encodings, their blocks and the lengths that follow; it reads no file.

    offset bytes
    0  2  format tag, see `_ENCODINGS`; 0xFFFE "extensible": the tag stands at 24
    2  2  channels
    4  4  frames a second
    8  4  bytes a second
    12 2  bytes of a block
    14 2  bits of a sample (absent in the oldest form)
    16 2  bytes that follow
    18 2  ADPCM, GSM: frames of a block; extensible: bits that count
    24 2  extensible: the tag, as the first bytes of a GUID

A block is the smallest part that decodes by itself: a frame of PCM; 65 bytes of GSM 6.10, two frames of 32.5
bytes that make 320 samples; a block of ADPCM with its head; a byte or a few of G.721, G.722, G.726. How long MPEG
audio is, only its own frames say (`agent.intake.mpeg`); of what is not known here, the byte rate.

Sources: Microsoft, *New Multimedia Data Types and Data Techniques 3.0* (1994), `mmreg.h` and RFC 2361 (tags); 3GPP
TS 46.010 (GSM); ITU-T G.722, G.726.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass

FORMAT_LEAST_BYTES = 14
FORMAT_BYTES = 40
RATE_LIMIT_HZ = 1_000_000
CHANNELS_LIMIT = 256

_FILLING_LIMIT_BYTES = 4096
GSM_BLOCK_BYTES = 65
GSM_BLOCK_FRAMES = 320

_EXTENSIBLE = 0xFFFE
_ENCODINGS = {
    0x01: "pcm",
    0x02: "ms_adpcm",
    0x03: "float",
    0x06: "alaw",
    0x07: "mulaw",
    0x10: "oki_adpcm",
    0x11: "ima_adpcm",
    0x14: "g723_adpcm",
    0x31: "gsm610",
    0x40: "g721",
    0x45: "g726",
    0x50: "mpeg",
    0x55: "mp3",
    0x59: "g723_adpcm",
    0x64: "g726",
    0x65: "g722",
    0x28F: "g722",
}
_G722_BYTES_A_SECOND = 8000
_G722_RATES_HZ = (8000, 16_000)
"""It sounds at 16 kHz; some writers state the 8 kHz at which its bytes come."""


class ImpossibleFormat(Exception):
    """No channels, no rate, no bits, or more of them than a recording can have."""


@dataclass(frozen=True, slots=True)
class SoundFormat:
    encoding: str
    rate_hz: int
    channels: int
    bits: int
    block_bytes: int
    block_frames: int
    frames: Callable[[int], int]
    """How many frames so many bytes of samples hold."""
    filling_frames: int = 0
    """An encoder may have filled its last block up with fewer than so many; 0 where the block is one frame."""
    is_estimate: bool = False
    """`frames` goes by the byte rate that the file states, which may be wrong."""


def read_format(values: bytes, order: str) -> SoundFormat:
    """Read a `fmt ` chunk.

    Args:
        values: Its content, at least `FORMAT_LEAST_BYTES`; more than `FORMAT_BYTES` are not needed.
        order: Byte order in the terms of `struct`.

    Raises:
        ImpossibleFormat: no sound can be stored like this.
    """
    tag, channels, rate_hz, byte_rate, align = struct.unpack(order + "HHIIH", values[:14])
    bits, _, inner = struct.unpack(order + "HHH", values[14:20].ljust(6, b"\0"))
    bits = bits or (inner if tag == _EXTENSIBLE else 0)
    if tag == _EXTENSIBLE:
        # Writers of RIFX disagree on the byte order of the GUID, whose first four bytes are the tag.
        tag = struct.unpack(order + "H", values[24:26])[0] if len(values) >= 26 else 0
        if order == ">" and tag == 0 and len(values) >= 28:
            (tag,) = struct.unpack(">H", values[26:28])
    if not 0 < channels <= CHANNELS_LIMIT or not 0 < rate_hz <= RATE_LIMIT_HZ:
        raise ImpossibleFormat
    encoding = _ENCODINGS.get(tag, f"0x{tag:x}")
    if tag in (1, 3):
        return _linear(encoding, rate_hz, channels, bits, align)
    if tag in (6, 7):
        return _fixed(encoding, rate_hz, channels, 8, channels, 1)
    if tag == 0x31:
        return _fixed(encoding, rate_hz, channels, 0, GSM_BLOCK_BYTES * channels, GSM_BLOCK_FRAMES)
    if tag in (2, 0x11):
        return _adpcm(encoding, rate_hz, channels, align, inner)
    if encoding == "g721" or (encoding == "g726" and bits in (2, 3, 4, 5)):
        return _packed(encoding, rate_hz, channels, 4 if encoding == "g721" else bits, align)
    if encoding == "g722" and rate_hz in _G722_RATES_HZ:
        a_byte = rate_hz // _G722_BYTES_A_SECOND
        return _fixed(encoding, rate_hz, channels, 4, channels, a_byte)
    if byte_rate == 0:
        if encoding not in ("mpeg", "mp3"):
            raise ImpossibleFormat
        return SoundFormat(encoding, rate_hz, channels, bits, 1, 0, lambda there: 0, is_estimate=True)
    block_bytes = max(align, 1)
    block_frames = round(block_bytes * rate_hz / byte_rate)
    return SoundFormat(
        encoding,
        rate_hz,
        channels,
        bits,
        block_bytes,
        block_frames,
        lambda there: there * rate_hz // byte_rate,
        is_estimate=True,
    )


def _packed(encoding: str, rate_hz: int, channels: int, bits: int, align: int) -> SoundFormat:
    """So many bits a sample and nothing between them; a block is the fewest whole bytes of whole samples."""
    block_bits = math.lcm(8, bits * channels)
    block_bytes, block_frames = block_bits // 8, block_bits // (bits * channels)

    def frames(there: int) -> int:
        return there * 8 // (bits * channels)

    filling_frames = max(block_frames, frames(min(align, _FILLING_LIMIT_BYTES)))
    return SoundFormat(encoding, rate_hz, channels, bits, block_bytes, block_frames, frames, filling_frames)


def _fixed(encoding: str, rate_hz: int, channels: int, bits: int, block_bytes: int, block_frames: int) -> SoundFormat:
    return SoundFormat(
        encoding,
        rate_hz,
        channels,
        bits,
        block_bytes,
        block_frames,
        lambda there: there // block_bytes * block_frames,
        block_frames if block_frames > 1 else 0,
    )


def _linear(encoding: str, rate_hz: int, channels: int, bits: int, align: int) -> SoundFormat:
    if not 0 < bits <= 64:
        raise ImpossibleFormat
    needed = (bits + 7) // 8 * channels
    # A larger block is meant (24 bits in 4 bytes), a smaller one is a mistake of the writer.
    is_padded = align >= needed and align % channels == 0 and align // channels <= 8
    return _fixed(encoding, rate_hz, channels, bits, align if is_padded else needed, 1)


def _adpcm(encoding: str, rate_hz: int, channels: int, align: int, claimed_frames: int) -> SoundFormat:
    """Four bits a sample; the head of a block takes 4 bytes a channel for 1 frame (IMA), or 7 for 2 (MS)."""
    head_bytes, head_frames = (4 * channels, 1) if encoding == "ima_adpcm" else (7 * channels, 2)
    if align <= head_bytes:
        raise ImpossibleFormat

    def held(block_bytes: int) -> int:
        return head_frames + (block_bytes - head_bytes) * 2 // channels if block_bytes >= head_bytes else 0

    block_frames = claimed_frames if 0 < claimed_frames <= held(align) else held(align)

    def frames(there: int) -> int:
        return there // align * block_frames + min(held(there % align), block_frames)

    return SoundFormat(encoding, rate_hz, channels, 4, align, block_frames, frames, block_frames)
