from __future__ import annotations

import io

import pytest

from agent.intake.riff import Bytes, NotRiff, Riff, read_riff
from tests.assets import wav


def walked(content: bytes) -> Riff:
    return read_riff(Bytes(io.BytesIO(content), len(content)))


def test_chunks_are_found_where_they_lie() -> None:
    content = wav.riff(wav.fmt(), wav.chunk(b"JUNK", b"odd"), wav.chunk(b"data", b"12345678"))
    found = walked(content)
    assert [chunk.name for chunk in found.chunks] == [b"fmt ", b"JUNK", b"data"]
    assert content[found.chunks[2].offset :] == b"12345678"
    assert found.end == len(content)


def test_an_odd_chunk_may_be_followed_by_a_zero_byte_or_by_the_next_name() -> None:
    for pad in (True, False):
        found = walked(wav.riff(wav.chunk(b"JUNK", b"odd", pad=pad), wav.fmt()))
        assert [chunk.name for chunk in found.chunks] == [b"JUNK", b"fmt "]


def test_a_chunk_that_claims_more_than_there_is_says_both() -> None:
    (only,) = walked(wav.riff(wav.chunk(b"data", b"1234", size=1000))).chunks
    assert (only.claimed_bytes, only.present_bytes) == (1000, 4)


def test_a_container_without_a_size_has_no_end() -> None:
    assert walked(wav.riff(wav.fmt(), size=0)).end is None
    assert walked(wav.riff(wav.fmt(), size=wav.SIZE_UNKNOWN)).end is None


@pytest.mark.parametrize("content", [b"RIFF", b"RIFF\0\0\0\0WA", b"RF", bytes(12), bytes(44)])
def test_what_can_become_a_recording_is_told_from_what_cannot(content: bytes) -> None:
    with pytest.raises(NotRiff) as refused:
        walked(content)
    assert refused.value.is_started
    with pytest.raises(NotRiff) as refused:
        walked(b"x" + content)
    assert not refused.value.is_started


def test_reads_stop_at_the_size_that_was_handed_in() -> None:
    content = Bytes(io.BytesIO(b"0123456789"), 6)
    assert content.at(4, 100) == b"45"
    assert content.at(6, 1) == b""
    assert content.at(-1, 1) == b""
