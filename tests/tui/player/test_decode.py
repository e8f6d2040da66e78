from __future__ import annotations

import numpy as np
import pytest

from agent.errors import Undecodable
from tests.tui.player.sounds import SUBTYPES, big_endian, made
from tui.player.decode import Decoder

BY_SAMPLE = [name for name in SUBTYPES if name not in ("GSM610", "IMA_ADPCM", "MS_ADPCM")]


def decoded_part(recording, file, first_frame, frames):
    decoder = Decoder(recording)
    span = decoder.span(first_frame, frames)
    samples = file[recording.data_offset : recording.data_offset + recording.data_bytes]
    return decoder.decode(samples[span.start_bytes : span.stop_bytes], span)


@pytest.mark.parametrize("channels", [1, 2, 4])
@pytest.mark.parametrize("subtype", BY_SAMPLE)
def test_the_whole_equals_libsndfile(subtype, channels):
    sound = made(subtype, channels=channels, duration_s=0.3)
    part = decoded_part(sound.recording, sound.file, 0, Decoder(sound.recording).total_frames)
    assert part.dtype == np.float32
    assert np.array_equal(part, sound.frames)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
def test_the_most_significant_byte_may_come_first(subtype):
    sound = big_endian(made(subtype, channels=2, duration_s=0.3))
    assert np.array_equal(decoded_part(sound.recording, sound.file, 100, 500), sound.frames[100:600])


@pytest.mark.parametrize("subtype", ["GSM610", "IMA_ADPCM", "MS_ADPCM"])
@pytest.mark.parametrize(("first_frame", "frames"), [(0, 2000), (1, 319), (320, 640), (7777, 1500), (15000, 5000)])
def test_a_part_of_a_blockwise_encoding_equals_the_same_part_of_the_whole(subtype, first_frame, frames):
    sound = made(subtype)
    part = decoded_part(sound.recording, sound.file, first_frame, frames)
    expected = sound.frames[first_frame : first_frame + frames]
    assert len(part) >= len(expected) > 0
    assert np.abs(part[: len(expected)] - expected).max() < 1e-3


@pytest.mark.parametrize("subtype", ["IMA_ADPCM", "MS_ADPCM"])
def test_two_channels_of_adpcm_decode(subtype):
    sound = made(subtype, channels=2)
    part = decoded_part(sound.recording, sound.file, 3000, 1000)
    assert np.array_equal(part, sound.frames[3000:4000])


@pytest.mark.parametrize("subtype", ["PCM_16", "ALAW", "PCM_24"])
def test_a_part_equals_the_same_part_of_the_whole(subtype):
    sound = made(subtype, channels=2)
    assert np.array_equal(decoded_part(sound.recording, sound.file, 4321, 1000), sound.frames[4321:5321])


def test_a_part_beyond_the_end_is_empty():
    sound = made()
    assert decoded_part(sound.recording, sound.file, 16000, 100).shape == (0, 1)


def test_only_the_bytes_of_a_part_are_asked_for():
    decoder = Decoder(made("PCM_16", channels=2).recording)
    span = decoder.span(1000, 50)
    assert (span.start_bytes, span.stop_bytes, span.skipped_frames, span.frames) == (4000, 4200, 0, 50)


def test_a_part_of_gsm_starts_eight_blocks_earlier_and_skips_them():
    decoder = Decoder(made("GSM610").recording)
    span = decoder.span(20 * 320 + 5, 10)
    assert (span.start_bytes, span.stop_bytes, span.skipped_frames) == (12 * 65, 21 * 65, 8 * 320 + 5)


def test_a_cut_file_gives_the_whole_frames_that_are_there():
    sound = made("PCM_16", channels=2)
    decoder = Decoder(sound.recording)
    span = decoder.span(0, 100)
    start = sound.recording.data_offset
    assert np.array_equal(decoder.decode(sound.file[start : start + 43], span), sound.frames[:10])


@pytest.mark.parametrize(
    "unknown",
    [
        {"encoding": "0x1040"},
        *({"encoding": kept} for kept in ("g721", "g722", "g723_adpcm", "g726", "oki_adpcm", "mpeg", "mp3")),
        {"encoding": "pcm", "block_bytes": 5},
        {"encoding": "alaw", "block_bytes": 2},
        {"encoding": "pcm", "block_bytes": 0},
        {"encoding": "gsm610", "block_frames": 0},
        {"rate_hz": 0},
        {"channels": 0},
    ],
)
def test_what_no_decoder_knows_is_undecodable(unknown):
    with pytest.raises(Undecodable):
        Decoder(made().recording.model_copy(update=unknown))


def test_blocks_that_libsndfile_refuses_are_undecodable():
    sound = made("IMA_ADPCM")
    broken = sound.recording.model_copy(update={"block_frames": 7})
    with pytest.raises(Undecodable):
        decoded_part(broken, sound.file, 0, 7)
