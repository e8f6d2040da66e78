from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.intake.sound_format import FORMAT_BYTES, FORMAT_LEAST_BYTES, ImpossibleFormat, read_format


def values(tag: int, channels: int, rate_hz: int, byte_rate: int, align: int, bits: int, *more: int) -> bytes:
    return struct.pack(f"<HHIIHH{len(more)}H", tag, channels, rate_hz, byte_rate, align, bits, *more)


def test_the_oldest_form_without_bits_is_read_where_none_are_needed() -> None:
    sound = read_format(values(6, 1, 8000, 8000, 1, 8)[:FORMAT_LEAST_BYTES], "<")
    assert (sound.encoding, sound.bits, sound.frames(8000)) == ("alaw", 8, 8000)


def test_the_tag_of_an_extensible_format_stands_in_its_guid() -> None:
    sound = read_format(values(0xFFFE, 2, 48_000, 384_000, 8, 32, 22, 32, 3, 0, 3, 0), "<")
    assert (sound.encoding, sound.bits, sound.block_bytes) == ("float", 32, 8)


@pytest.mark.parametrize("guid", [(0, 1), (1, 0)])
def test_both_byte_orders_of_a_guid_in_rifx_are_read(guid: tuple[int, int]) -> None:
    big = struct.pack(">HHIIHHHHIHH", 0xFFFE, 1, 44_100, 176_400, 4, 32, 22, 32, 0, *guid)
    assert read_format(big, ">").encoding == "pcm"


def test_a_last_block_of_adpcm_holds_what_its_bytes_hold() -> None:
    ima = read_format(values(0x11, 1, 8000, 4055, 256, 4, 2, 505), "<")
    assert [ima.frames(length) for length in (256, 260, 261, 512, 3)] == [505, 506, 508, 1010, 0]
    ms = read_format(values(2, 2, 8000, 8192, 512, 4, 32, 500), "<")
    assert [ms.frames(length) for length in (512, 526, 527, 513)] == [500, 502, 503, 500]


def test_a_claim_of_more_frames_than_a_block_can_hold_is_not_believed() -> None:
    assert read_format(values(0x11, 1, 8000, 4055, 256, 4, 2, 65_535), "<").block_frames == 505


@pytest.mark.parametrize(
    ("tag", "rate_hz", "bits", "encoding", "a_second"),
    [
        (0x40, 8000, 4, "g721", 4000),
        (0x45, 8000, 2, "g726", 2000),
        (0x64, 8000, 5, "g726", 5000),
        (0x65, 16_000, 4, "g722", 8000),
        (0x28F, 8000, 8, "g722", 8000),
    ],
)
def test_what_has_a_fixed_rate_goes_by_it_and_not_by_the_one_that_is_stated(
    tag: int, rate_hz: int, bits: int, encoding: str, a_second: int
) -> None:
    sound = read_format(values(tag, 1, rate_hz, 99, 1, bits), "<")
    assert (sound.encoding, sound.frames(a_second), sound.is_estimate) == (encoding, rate_hz, False)


@pytest.mark.parametrize(
    ("tag", "encoding"),
    [(0x14, "g723_adpcm"), (0x59, "g723_adpcm"), (0x10, "oki_adpcm"), (0x55, "mp3"), (0x1234, "0x1234")],
)
def test_of_others_only_the_stated_byte_rate_tells(tag: int, encoding: str) -> None:
    sound = read_format(values(tag, 1, 8000, 3000, 3, 3), "<")
    assert (sound.encoding, sound.frames(3000), sound.is_estimate) == (encoding, 8000, True)


@given(st.binary(min_size=FORMAT_LEAST_BYTES, max_size=FORMAT_BYTES), st.sampled_from("<>"), st.integers(0, 1 << 50))
def test_any_content_is_a_format_or_impossible(content: bytes, order: str, there: int) -> None:
    try:
        sound = read_format(content, order)
    except ImpossibleFormat:
        return
    assert sound.block_bytes > 0
    assert sound.block_frames >= 0
    assert sound.frames(there) >= 0
    assert sound.frames(0) == 0
