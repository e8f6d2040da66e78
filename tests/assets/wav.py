"""Recordings for the tests: sound ones through libsndfile, broken ones byte by byte, each with a name."""

from __future__ import annotations

import io
import struct

import numpy as np
import soundfile

SIZE_UNKNOWN = 0xFFFF_FFFF


def recorded(subtype: str, rate_hz: int = 8000, channels: int = 1, frames: int = 8000, form: str = "WAV") -> bytes:
    """A tone as libsndfile writes it; `subtype` and `form` in its terms, such as `GSM610` and `RF64`."""
    at = np.arange(frames) / rate_hz
    tone = 0.3 * np.sin(2 * np.pi * 440 * at)
    file = io.BytesIO()
    soundfile.write(file, np.column_stack([tone] * channels), rate_hz, subtype, format=form)
    return file.getvalue()


def chunk(name: bytes, content: bytes, *, size: int | None = None, pad: bool = True, order: str = "<") -> bytes:
    """A chunk; `size` is what it claims, `pad` whether an odd one is followed by its zero byte."""
    head = name + struct.pack(order + "I", len(content) if size is None else size)
    return head + content + (b"\0" if pad and len(content) % 2 else b"")


def riff(*chunks: bytes, form: bytes = b"RIFF", size: int | None = None, order: str = "<") -> bytes:
    content = b"WAVE" + b"".join(chunks)
    return form + struct.pack(order + "I", len(content) if size is None else size) + content


def fmt(
    tag: int = 1,
    channels: int = 1,
    rate_hz: int = 8000,
    bits: int = 16,
    *,
    align: int | None = None,
    byte_rate: int | None = None,
    extra: bytes = b"",
    order: str = "<",
) -> bytes:
    align = channels * bits // 8 if align is None else align
    byte_rate = rate_hz * align if byte_rate is None else byte_rate
    values = struct.pack(order + "HHIIHH", tag, channels, rate_hz, byte_rate % (1 << 32), align, bits)
    return chunk(b"fmt ", values + extra, order=order)


def gsm_fmt() -> bytes:
    return fmt(0x31, 1, 8000, 0, align=65, byte_rate=1625, extra=struct.pack("<HH", 2, 320))


def info(**texts: str) -> bytes:
    entries = b"".join(chunk(name.encode(), text.encode() + b"\0") for name, text in texts.items())
    return chunk(b"LIST", b"INFO" + entries)


def bext(date: str, time: str) -> bytes:
    return chunk(b"bext", b"A call".ljust(256, b"\0") + bytes(64) + date.encode() + time.encode() + bytes(264))


SECOND = bytes(range(1, 201)) * 80
"""A second of 16 bits, 8 kHz, one channel: 16,000 bytes."""

SMALL = riff(fmt(), chunk(b"data", SECOND[:32]), info(IART="Customer (+46701740605)"))
"""A whole recording of few bytes, for tests that cut and change it everywhere."""

GOOD = {
    "pcm": riff(fmt(), chunk(b"data", SECOND)),
    "chunks-after-data": riff(fmt(), chunk(b"data", SECOND), info(INAM="later"), chunk(b"JUNK", b"odd")),
    "odd-chunk-before-data": riff(chunk(b"JUNK", b"odd"), fmt(), chunk(b"data", SECOND)),
    "odd-chunk-without-pad-byte": riff(chunk(b"JUNK", b"odd", pad=False), fmt(), chunk(b"data", SECOND)),
    "id3-in-front": b"ID3\x04\0\0" + bytes([0, 0, 1, 5]) + bytes(133) + riff(fmt(), chunk(b"data", SECOND)),
    "riff-size-counts-the-head": riff(fmt(), chunk(b"data", SECOND), size=16_000 + 44),
    "zeros-at-the-end": riff(fmt(), chunk(b"data", SECOND)) + bytes(500),
    "id3v1-at-the-end": riff(fmt(), chunk(b"data", SECOND)) + b"TAG" + bytes(125),
    "rifx": riff(fmt(order=">"), chunk(b"data", SECOND, order=">"), form=b"RIFX", order=">"),
    "ds64": riff(
        chunk(b"ds64", struct.pack("<QQQI", 16_072, 16_000, 8000, 0)),
        fmt(),
        chunk(b"data", SECOND, size=SIZE_UNKNOWN),
        form=b"BW64",
        size=SIZE_UNKNOWN,
    ),
}
"""A second each, with a header that agrees with the bytes."""

UNFINISHED = {
    "sizes-of-zero": (riff(fmt(), chunk(b"data", SECOND, size=0), size=0), "sizes-zero"),
    "libsndfile-still-open": (riff(fmt(), chunk(b"data", SECOND, size=0), size=8), "sizes-zero"),
    "into-a-pipe": (
        riff(fmt(), chunk(b"data", SECOND, size=SIZE_UNKNOWN), size=SIZE_UNKNOWN),
        "sizes-unknown",
    ),
    "half-of-it": (riff(fmt(), chunk(b"data", SECOND, size=32_000), size=32_036), "cut-short"),
    "chunk-after-data-cut": (riff(fmt(), chunk(b"data", SECOND), size=16_136), "cut-short"),
    "header-mended-too-early": (
        riff(fmt(), chunk(b"data", SECOND, size=8000), size=8036),
        "more-than-claimed",
    ),
    "ds64-of-zero": (
        riff(
            chunk(b"ds64", bytes(28)),
            fmt(),
            chunk(b"data", SECOND, size=SIZE_UNKNOWN),
            form=b"RF64",
            size=SIZE_UNKNOWN,
        ),
        "sizes-zero",
    ),
}
"""A second each, with a header that does not agree with the bytes, and how."""

BAD = {
    "nothing": (b"", "empty"),
    "text": (b"this is no recording at all, it only has its name", "not-audio"),
    "mp3": (b"\xff\xfb\x90\x44" + bytes(400), "not-audio"),
    "avi": (b"RIFF\x04\0\0\0AVI ", "not-audio"),
    "zeros": (bytes(44), "not-audio"),
    "head-only": (riff(), "no-format"),
    "no-format": (riff(chunk(b"data", SECOND)), "no-format"),
    "short-format": (riff(chunk(b"fmt ", b"\1\0"), chunk(b"data", SECOND)), "no-format"),
    "no-data": (riff(fmt()), "no-samples"),
    "44-bytes-closed": (riff(fmt(), chunk(b"data", b"")), "no-samples"),
    "44-bytes-open": (riff(fmt(), chunk(b"data", b""), size=0), "no-samples"),
    "no-data-but-a-list": (riff(fmt(), chunk(b"data", b""), info(INAM="x")), "no-samples"),
    "no-channels": (riff(fmt(channels=0), chunk(b"data", SECOND)), "impossible-format"),
    "no-rate": (riff(fmt(rate_hz=0), chunk(b"data", SECOND)), "impossible-format"),
    "no-bits": (riff(fmt(bits=0), chunk(b"data", SECOND)), "impossible-format"),
    "65535-channels": (riff(fmt(channels=65_535, align=2), chunk(b"data", SECOND)), "impossible-format"),
    "4-GHz": (riff(fmt(rate_hz=0xFFFF_FFFF), chunk(b"data", SECOND)), "impossible-format"),
    "adpcm-without-blocks": (riff(fmt(0x11, bits=4, align=4), chunk(b"data", SECOND)), "impossible-format"),
    "unknown-without-byte-rate": (
        riff(fmt(0x1234, byte_rate=0), chunk(b"data", SECOND)),
        "impossible-format",
    ),
    "chunk-of-4-GiB": (
        riff(chunk(b"JUNK", b"", size=0xFFFF_FFF0), fmt(), chunk(b"data", SECOND)),
        "no-format",
    ),
    "2000-chunks": (riff(*[chunk(b"JUNK", b"")] * 2000, fmt(), chunk(b"data", SECOND)), "no-format"),
    "id3-longer-than-the-file": (b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + SMALL, "not-audio"),
}
"""What holds no recording, and the reason."""
