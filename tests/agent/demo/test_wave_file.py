from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from agent.demo import alaw
from agent.demo.dialogue import Legs
from agent.demo.encodings import Encoding, encoded
from agent.demo.wave_file import alaw_file, samples_at, unfinished_header

GOLDEN_HEADER = bytes.fromhex(
    "52494646 38000000 57415645"  # RIFF, 56 bytes follow, WAVE
    "666d7420 12000000 0600 0200 401f0000 803e0000 0200 0800 0000"  # A-law, 2 channels, 8000 Hz, 16000 B/s
    "66616374 04000000 03000000"  # 3 frames
    "64617461 06000000"  # 6 bytes
)


def test_an_a_law_header_is_written_byte_for_byte_as_its_table_says() -> None:
    leg = alaw.silence(3)
    assert alaw_file(leg, leg) == GOLDEN_HEADER + b"\xd5" * 6


def test_channels_come_back_as_they_were_given() -> None:
    left, right = np.arange(200, dtype=np.uint8), np.arange(55, 255, dtype=np.uint8)
    heard, rate_hz = soundfile.read(io.BytesIO(alaw_file(left, right)), dtype="int16")
    assert rate_hz == alaw.RATE_HZ
    assert np.array_equal(heard, np.stack([alaw.decode(left), alaw.decode(right)], axis=1))


def test_an_odd_number_of_samples_is_padded_but_not_counted() -> None:
    file = alaw_file(alaw.silence(3))
    assert len(file) % 2 == 0
    assert soundfile.info(io.BytesIO(file)).frames == 3


@pytest.mark.parametrize("encoding", Encoding)
def test_an_unfinished_header_differs_from_the_finished_one_in_its_sizes_only(encoding: Encoding) -> None:
    legs = Legs(alaw.silence(6400), alaw.silence(6400))
    file = encoded(legs, encoding)
    header = unfinished_header(file)
    start = samples_at(file)
    changed = {offset for offset in range(start) if header[offset] != file[offset]}
    fact = file[:start].find(b"fact")
    sizes = {*range(4, 8), *range(start - 4, start), *(range(fact + 8, fact + 12) if fact > 0 else ())}
    assert len(header) == start
    assert header[4:8] == header[start - 4 :] == bytes(4)
    assert changed <= sizes


def test_a_file_without_samples_is_refused() -> None:
    with pytest.raises(ValueError, match="no data chunk"):
        samples_at(b"RIFF\0\0\0\0WAVE")
