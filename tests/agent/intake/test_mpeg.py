from __future__ import annotations

import io
import struct
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.intake import mpeg
from agent.intake.mpeg import LOST_LIMIT_BYTES, count_frames
from agent.intake.riff import Bytes
from agent.intake.wav import NotWav, read_header
from tests.assets import wav

LOW = bytes([0xFF, 0xE3, 0x28, 0xC4]) + bytes(140)
"""Version 2.5, layer III, 16 kbit/s at 8 kHz: 144 bytes, 576 samples."""
VARIED = bytes([0xFF, 0xE3, 0x48, 0xC4]) + bytes(284)
"""The same at 32 kbit/s: 288 bytes."""
HIGH = bytes([0xFF, 0xFB, 0x92, 0xC4]) + bytes(414)
"""Version 1, layer III, 128 kbit/s at 44.1 kHz, padded: 418 bytes, 1152 samples."""


def counted(content: bytes, offset: int = 0) -> int:
    return count_frames(Bytes(io.BytesIO(content), len(content)), offset, len(content) - offset)


@pytest.mark.parametrize(
    ("content", "frames"),
    [
        (LOW * 10, 5760),
        (LOW * 3 + VARIED * 2, 5 * 576),
        (HIGH * 4, 4 * 1152),
        (b"\0" * 1000 + LOW * 3, 3 * 576),
        (LOW * 2 + b"lost" + LOW, 3 * 576),
        (LOW * 2 + LOW[:70], 3 * 576),
        (LOW + HIGH, 576),
        (bytes([0xFF, 0xFF, 0x10, 0]) + bytes(28), 384),
        (bytes([0xFF, 0xFD, 0x10, 0]) + bytes(92), 1152),
        (b"", 0),
        (b"\xff", 0),
        (b"\xff" * 5000, 0),
        (bytes([0xFF, 0xEB, 0x28, 0]), 0),
        (bytes([0xFF, 0xE3, 0xF8, 0]), 0),
        (bytes([0xFF, 0xE3, 0x2C, 0]), 0),
    ],
)
def test_a_stream_is_as_long_as_its_frames(content: bytes, frames: int) -> None:
    assert counted(content) == frames


def test_it_counts_over_the_border_of_what_is_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mpeg, "_WINDOW_BYTES", 100)
    assert counted(b"head" + LOW * 50 + b"x", offset=4) == 50 * 576


def test_what_is_no_stream_is_given_up_soon() -> None:
    started_s = time.process_time()
    assert counted(LOW + b"\xff" * (50 * LOST_LIMIT_BYTES)) == 0
    assert time.process_time() - started_s < 2


def test_an_endless_stream_is_not_counted_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mpeg, "FRAMES_LIMIT", 100)
    assert counted(LOW * 1000) == 576_000


def mp3_in_wav(sound: bytes, byte_rate: int, fact: int | None = None) -> bytes:
    form = wav.fmt(0x55, 1, 8000, 0, align=1, byte_rate=byte_rate, extra=struct.pack("<H", 0))
    claimed = () if fact is None else (wav.chunk(b"fact", struct.pack("<I", fact)),)
    return wav.riff(form, *claimed, wav.chunk(b"data", sound))


@pytest.mark.parametrize(
    ("byte_rate", "fact", "frames"),
    [(2000, None, 11_520), (0, None, 11_520), (4000, None, 11_520), (0, 10_000, 10_000), (0, 3, 11_520)],
)
def test_mp3_in_wav_is_as_long_as_its_frames_whatever_its_head_says(
    byte_rate: int, fact: int | None, frames: int
) -> None:
    content = mp3_in_wav(LOW * 20, byte_rate, fact)
    header = read_header(io.BytesIO(content), len(content))
    assert (header.encoding, header.frames) == ("mp3", frames)


def test_mp3_in_wav_that_is_no_mp3_goes_by_what_its_head_says() -> None:
    for byte_rate, fact, frames in ((2000, None, 8000), (0, 5000, 5000)):
        content = mp3_in_wav(b"x" * 2000, byte_rate, fact)
        assert read_header(io.BytesIO(content), len(content)).frames == frames
    content = mp3_in_wav(b"x" * 2000, 0)
    with pytest.raises(NotWav, match="no-samples"):
        read_header(io.BytesIO(content), len(content))


@given(st.binary(max_size=600))
def test_no_bytes_raise_anything(content: bytes) -> None:
    assert counted(LOW + content) >= 0
