"""Every encoding and every broken header: the length is right to one block, and other programs say so too."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.assets.lengths import Sample, header_of, samples, table

DOCUMENT = Path(__file__).parents[3] / "docs" / "recordings.md"
ARE_BOTH_HERE = shutil.which("ffprobe") is not None and shutil.which("soxi") is not None


@pytest.mark.parametrize("sample", list(samples()), ids=lambda sample: f"{sample.name} by {sample.maker}")
def test_the_length_is_right_to_one_block_of_the_codec(sample: Sample) -> None:
    header = header_of(sample)
    assert sample.frames <= header.frames <= sample.frames + sample.tolerated_frames
    assert header.duration_ms == round(header.frames * 1000 / header.rate_hz)


@pytest.mark.skipif(not ARE_BOTH_HERE and "CI" not in os.environ, reason="no ffprobe and soxi here; CI brings them")
def test_the_table_in_the_documents_is_what_ffprobe_and_soxi_say() -> None:
    assert table() in DOCUMENT.read_text("utf-8")
