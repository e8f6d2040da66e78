"""Recordings of every encoding and of every kind of broken header, and how long each is: here, for ffprobe, for soxi.

`python -m tests.assets.lengths` prints the table of `docs/recordings.md`, with ffmpeg and sox at hand; a test compares.
"""

from __future__ import annotations

import io
import re
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from agent.intake.wav import WavHeader, read_header
from tests.assets import encode, wav

HALF_SECOND = 4000
_SUBTYPES = {
    "pcm 8": "PCM_U8",
    "pcm 16": "PCM_16",
    "pcm 24": "PCM_24",
    "pcm 32": "PCM_32",
    "float 32": "FLOAT",
    "float 64": "DOUBLE",
    "alaw": "ALAW",
    "mulaw": "ULAW",
    "gsm610": "GSM610",
    "ima_adpcm": "IMA_ADPCM",
    "ms_adpcm": "MS_ADPCM",
    "g721": "G721_32",
    "nms_adpcm 32 (0x38)": "NMS_ADPCM_32",
}
_MONO_ONLY = frozenset({"gsm610", "g721", "nms_adpcm 32 (0x38)"})


@dataclass(frozen=True, slots=True)
class Sample:
    name: str
    maker: str
    content: bytes
    frames: int
    """How many it was made of."""
    tolerated_frames: int
    """What one block of the codec, and an encoder's own delay, may add."""


def samples() -> Iterator[Sample]:
    for name, subtype in _SUBTYPES.items():
        for channels in (1,) if name in _MONO_ONLY else (1, 2):
            content = wav.recorded(subtype, channels=channels, frames=HALF_SECOND)
            tolerated = 505 if name == "ima_adpcm" else 0  # its `fact` counts the filling of the last block too
            yield Sample(f"{name}, {_of(channels)}", "libsndfile", content, HALF_SECOND, tolerated)
    for channels in (3, 4):
        content = wav.recorded("PCM_16", channels=channels, frames=HALF_SECOND)
        yield Sample(f"pcm 16, {_of(channels)}", "libsndfile", content, HALF_SECOND, 0)
    for form in ("WAVEX", "RF64"):
        content = wav.recorded("PCM_24", channels=2, frames=HALF_SECOND, form=form)
        yield Sample(f"pcm 24, stereo, {form}", "libsndfile", content, HALF_SECOND, 0)
    for name, (channels, rate_hz, _) in encode.FFMPEG.items():
        content = (encode.FOLDER / f"{name}.wav").read_bytes()
        tolerated = _BLOCKS.get(name.partition("-")[0], 0)
        yield Sample(f"{name.partition('-ffmpeg')[0]}, {_of(channels)}", "ffmpeg", content, rate_hz // 2, tolerated)
    for name, (channels, _) in encode.SOX.items():
        content = (encode.FOLDER / f"{name}.wav").read_bytes()
        yield Sample(f"{name.partition('-')[0]}, {_of(channels)}", "sox", content, HALF_SECOND, 0)
    for name, content in wav.GOOD.items():
        yield Sample(name, "by hand", content, 8000, 0)
    for name, (content, _) in wav.UNFINISHED.items():
        yield Sample(name, "by hand", content, 8000, 0)
    gsm = wav.recorded("GSM610", frames=8000)
    yield Sample("gsm610, sizes of zero", "libsndfile", _with_sizes(gsm, 0), 8000, 320)
    yield Sample("gsm610, sizes unknown", "libsndfile", _with_sizes(gsm, wav.SIZE_UNKNOWN), 8000, 320)
    yield Sample("gsm610, cut short", "libsndfile", gsm[: gsm.index(b"data") + 8 + 12 * 65 + 30], 12 * 320, 0)
    ima = wav.recorded("IMA_ADPCM", frames=8000)
    yield Sample("ima_adpcm, sizes of zero", "libsndfile", _with_sizes(ima, 0), 8000, 505)


_BLOCKS = {"gsm610": 320, "ima_adpcm": 1017, "ms_adpcm": 1012, "mp3": 2 * 576, "g723_1": 240}


def _of(channels: int) -> str:
    return {1: "mono", 2: "stereo"}.get(channels, f"{channels} channels")


def _with_sizes(content: bytes, size: int) -> bytes:
    at = content.index(b"data") + 4
    packed = struct.pack("<I", size)
    return content[:4] + packed + content[8:at] + packed + content[at + 4 :]


def header_of(sample: Sample) -> WavHeader:
    return read_header(io.BytesIO(sample.content), len(sample.content))


def table() -> str:
    """The rows of every sample, as `docs/recordings.md` has them."""
    rows = ["| recording | made by | true s | here s | ffprobe s | soxi s | marked |", "|---|---|--:|--:|--:|--:|---|"]
    with tempfile.TemporaryDirectory() as folder:
        for sample in samples():
            file = Path(folder) / "sample.wav"
            file.write_bytes(sample.content)
            header = header_of(sample)
            true_s = sample.frames / header.rate_hz
            cells = [
                sample.name,
                sample.maker,
                f"{true_s:.3f}",
                f"{header.frames / header.rate_hz:.3f}",
                _asked(["ffprobe", "-v", "error", "-show_entries", "stream=duration", "-of", "csv=p=0"], file),
                _asked(["soxi", "-D"], file),
                header.interrupted or "—",
            ]
            rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def _asked(command: list[str], file: Path) -> str:
    """What another program says a file's length is; a dash when it says none."""
    done = subprocess.run([*command, str(file)], capture_output=True, text=True, timeout=60)
    said = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?),?\s*", done.stdout)
    return f"{float(said[1]):.3f}" if said else "—"


if __name__ == "__main__":
    print(table())  # noqa: T201 - what it is for
