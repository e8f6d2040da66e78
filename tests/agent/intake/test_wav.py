from __future__ import annotations

import io
import struct

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent.intake.riff import CHUNKS_LIMIT
from agent.intake.wav import NotWav, WavHeader, read_header
from tests.assets import wav


def header(content: bytes) -> WavHeader:
    return read_header(io.BytesIO(content), len(content))


@pytest.mark.parametrize("name", wav.GOOD)
def test_a_sound_recording_lasts_as_long_as_its_samples(name: str) -> None:
    read = header(wav.GOOD[name])
    assert (read.encoding, read.rate_hz, read.channels, read.bits) == ("pcm", 8000, 1, 16)
    assert (read.frames, read.duration_ms, read.data_bytes) == (8000, 1000, 16_000)
    assert read.is_finished
    assert wav.GOOD[name][read.data_offset :][:16_000] == wav.SECOND


@pytest.mark.parametrize("name", wav.UNFINISHED)
def test_an_unfinished_recording_lasts_as_long_as_the_bytes_that_are_there(name: str) -> None:
    content, interruption = wav.UNFINISHED[name]
    read = header(content)
    assert (read.duration_ms, read.data_bytes) == (1000, 16_000)
    assert read.interrupted == interruption
    assert not read.is_finished


@pytest.mark.parametrize("name", wav.BAD)
def test_what_holds_no_recording_is_refused_with_its_reason(name: str) -> None:
    content, reason = wav.BAD[name]
    with pytest.raises(NotWav) as refused:
        header(content)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("name", "is_started"),
    [
        ("nothing", True),
        ("zeros", True),
        ("44-bytes-open", True),
        ("44-bytes-closed", False),
        ("no-data", False),
        ("text", False),
        ("avi", False),
        ("no-channels", False),
    ],
)
def test_a_refusal_says_whether_a_recorder_may_still_be_at_it(name: str, is_started: bool) -> None:
    with pytest.raises(NotWav) as refused:
        header(wav.BAD[name][0])
    assert refused.value.is_started is is_started


@pytest.mark.parametrize(
    ("subtype", "encoding", "channels", "block_bytes", "block_frames"),
    [
        ("PCM_U8", "pcm", 1, 1, 1),
        ("PCM_16", "pcm", 2, 4, 1),
        ("PCM_24", "pcm", 3, 9, 1),
        ("PCM_32", "pcm", 1, 4, 1),
        ("FLOAT", "float", 2, 8, 1),
        ("DOUBLE", "float", 1, 8, 1),
        ("ALAW", "alaw", 2, 2, 1),
        ("ULAW", "mulaw", 1, 1, 1),
        ("GSM610", "gsm610", 1, 65, 320),
        ("IMA_ADPCM", "ima_adpcm", 1, 256, 505),
        ("MS_ADPCM", "ms_adpcm", 1, 256, 500),
    ],
)
def test_every_encoding_of_a_recorder_is_read_as_long_as_it_was_written(
    subtype: str, encoding: str, channels: int, block_bytes: int, block_frames: int
) -> None:
    read = header(wav.recorded(subtype, channels=channels, frames=12_345))
    assert (read.encoding, read.channels, read.rate_hz) == (encoding, channels, 8000)
    assert (read.block_bytes, read.block_frames) == (block_bytes, block_frames)
    # libsndfile's own reader gives the filled last block of ADPCM and GSM away too; `fact` knows better.
    assert 12_345 <= read.frames < 12_345 + max(block_frames, 1)
    assert read.is_finished


@pytest.mark.parametrize("form", ["RF64", "WAVEX"])
def test_other_containers_of_libsndfile_are_read(form: str) -> None:
    read = header(wav.recorded("PCM_16", frames=12_345, form=form))
    assert (read.encoding, read.frames, read.is_finished) == ("pcm", 12_345, True)


@pytest.mark.parametrize("pad", [True, False])
def test_gsm_with_an_odd_number_of_bytes_is_finished_with_or_without_its_pad_byte(pad: bool) -> None:
    blocks = b"\x64" * 65 * 333
    content = wav.riff(wav.gsm_fmt(), wav.chunk(b"data", blocks, pad=pad))
    read = header(content)
    assert (read.frames, read.duration_ms, read.data_bytes) == (333 * 320, 13_320, 333 * 65)
    assert read.is_finished


def test_a_cut_block_of_gsm_is_not_counted() -> None:
    read = header(wav.riff(wav.gsm_fmt(), wav.chunk(b"data", bytes([1]) * 129, size=0, pad=False), size=0))
    assert (read.frames, read.data_bytes) == (320, 129)


def test_fact_takes_the_filling_from_the_last_block_and_nothing_else() -> None:
    def frames(fact: int) -> int:
        parts = wav.gsm_fmt(), wav.chunk(b"fact", struct.pack("<I", fact)), wav.chunk(b"data", b"\x64" * 650)
        return header(wav.riff(*parts)).frames

    assert frames(3100) == 3100
    assert [frames(fact) for fact in (0, 1, 2880, 3201, 0xFFFF_FFFF)] == [3200] * 5


def test_an_unknown_encoding_is_named_by_its_tag_and_measured_by_its_byte_rate() -> None:
    content = wav.riff(wav.fmt(0x1040, bits=4, align=1, byte_rate=4000), wav.chunk(b"data", wav.SECOND))
    read = header(content)
    assert (read.encoding, read.duration_ms) == ("0x1040", 4000)


def test_a_byte_rate_that_is_double_is_corrected_by_fact() -> None:
    fact = wav.chunk(b"fact", struct.pack("<I", 32_000))
    content = wav.riff(wav.fmt(0x28F, rate_hz=16_000, byte_rate=16_000), fact, wav.chunk(b"data", wav.SECOND))
    assert header(content).duration_ms == 2000


def test_24_bits_in_4_bytes_and_a_block_that_is_too_small_are_both_understood() -> None:
    padded = header(wav.riff(wav.fmt(channels=2, bits=24, align=8), wav.chunk(b"data", wav.SECOND)))
    assert (padded.block_bytes, padded.frames) == (8, 2000)
    wrong = header(wav.riff(wav.fmt(channels=3, bits=24, align=4), wav.chunk(b"data", wav.SECOND[:45])))
    assert (wrong.block_bytes, wrong.frames) == (9, 5)


def test_big_endian_samples_are_marked() -> None:
    assert header(wav.GOOD["rifx"]).is_big_endian
    assert not header(wav.GOOD["pcm"]).is_big_endian


def test_texts_of_the_header_are_read_as_text() -> None:
    hostile = "[red]a[/red]\x1b[2J (+46701740605)"
    content = wav.riff(
        wav.info(IART=hostile, INAM="Å"),
        wav.fmt(),
        wav.bext("2026-11-23", "14:05:02"),
        wav.chunk(b"data", wav.SECOND),
    )
    read = header(content)
    assert dict(read.info) == {"IART": hostile, "INAM": "Å"}
    assert dict(read.broadcast) == {"description": "A call", "date": "2026-11-23", "time": "14:05:02"}


def test_latin_1_texts_and_texts_without_an_end_are_read() -> None:
    entries = wav.chunk(b"INAM", "Åsa".encode("latin-1")) + wav.chunk(b"ICMT", b"cut", size=5000)
    read = header(wav.riff(wav.chunk(b"LIST", b"INFO" + entries), wav.fmt(), wav.chunk(b"data", wav.SECOND)))
    assert dict(read.info) == {"INAM": "Åsa", "ICMT": "cut"}


def test_long_texts_and_many_of_them_are_cut() -> None:
    entries = b"".join(wav.chunk(f"T{n:03}".encode(), b"x" * 3000) for n in range(300))
    read = header(wav.riff(wav.chunk(b"LIST", b"INFO" + entries), wav.fmt(), wav.chunk(b"data", wav.SECOND)))
    assert sum(map(len, read.info.values())) <= 64 << 10
    assert max(map(len, read.info.values())) == 1000


def test_a_header_of_a_terabyte_is_read_with_few_bytes() -> None:
    class Counting(io.BytesIO):
        read_bytes = 0

        def read(self, size: int | None = -1, /) -> bytes:
            assert size is not None
            assert size >= 0
            self.read_bytes += size
            return super().read(size)

    file = Counting(wav.riff(wav.fmt(), wav.chunk(b"data", wav.SECOND, size=wav.SIZE_UNKNOWN), size=0))
    read = read_header(file, 1 << 40)
    assert read.data_bytes == (1 << 40) - 44
    assert file.read_bytes < 10_000


def test_not_more_chunks_than_the_limit_are_looked_at() -> None:
    many = [wav.chunk(b"JUNK", b"")] * (CHUNKS_LIMIT - 2)
    assert header(wav.riff(*many, wav.fmt(), wav.chunk(b"data", wav.SECOND))).frames == 8000
    with pytest.raises(NotWav):
        header(wav.riff(*many, wav.chunk(b"JUNK", b""), wav.fmt(), wav.chunk(b"data", wav.SECOND)))


@pytest.mark.parametrize("length", range(len(wav.SMALL)))
def test_a_recording_cut_at_any_byte_is_unfinished_or_refused(length: int) -> None:
    if length <= 45:  # the header, or half a sample
        with pytest.raises(NotWav) as refused:
            header(wav.SMALL[:length])
        assert refused.value.is_started
    else:
        read = header(wav.SMALL[:length])
        assert not read.is_finished or length >= len(wav.SMALL) - 8
        assert read.data_bytes == min(length - 44, 32)


@given(st.binary(max_size=400))
@example(b"RIFF")
def test_no_bytes_raise_anything_but_a_refusal(content: bytes) -> None:
    _read_or_refuse(content)


@given(st.data())
def test_no_change_to_a_header_raises_anything_but_a_refusal(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from([wav.SMALL, *(file for file, _ in wav.UNFINISHED.values())])))
    for _ in range(data.draw(st.integers(1, 8))):
        offset = data.draw(st.integers(0, min(len(content), 140) - 1))
        content[offset] = data.draw(st.integers(0, 255))
    _read_or_refuse(bytes(content))


@given(
    st.lists(
        st.tuples(
            st.sampled_from([b"fmt ", b"data", b"fact", b"LIST", b"bext", b"ds64", b"id3 ", b"JUNK"]),
            st.binary(max_size=60),
            st.none() | st.integers(0, 0xFFFF_FFFF),
        ),
        max_size=6,
    ),
    st.sampled_from([b"RIFF", b"RIFX", b"RF64", b"BW64"]),
    st.none() | st.integers(0, 0xFFFF_FFFF),
)
def test_no_row_of_chunks_raises_anything_but_a_refusal(
    chunks: list[tuple[bytes, bytes, int | None]], form: bytes, size: int | None
) -> None:
    order = ">" if form == b"RIFX" else "<"
    parts = [wav.chunk(name, content, size=claimed, order=order) for name, content, claimed in chunks]
    _read_or_refuse(wav.riff(*parts, form=form, size=size, order=order))


def _read_or_refuse(content: bytes) -> None:
    try:
        read = header(content)
    except NotWav:
        return
    assert 0 < read.data_bytes <= len(content) - read.data_offset
    assert read.frames > 0
    assert read.block_bytes > 0
    assert read.rate_hz > 0
