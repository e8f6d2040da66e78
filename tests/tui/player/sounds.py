"""Recordings made for the tests: a few seconds of tones, in every encoding that libsndfile writes."""

from __future__ import annotations

import asyncio
import hashlib
import io
import struct
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import soundfile

from agent import wire
from agent.errors import EarwitnessError
from tui.player.sound import Frames

SUBTYPES = {
    "PCM_U8": "pcm",
    "PCM_16": "pcm",
    "PCM_24": "pcm",
    "PCM_32": "pcm",
    "FLOAT": "float",
    "DOUBLE": "float",
    "ALAW": "alaw",
    "ULAW": "mulaw",
    "GSM610": "gsm610",
    "IMA_ADPCM": "ima_adpcm",
    "MS_ADPCM": "ms_adpcm",
}


@dataclass(frozen=True)
class Made:
    """A recording's file, what the agent would say of it, and what libsndfile decodes it to."""

    file: bytes
    recording: wire.Recording
    frames: Frames


def made(subtype: str = "PCM_16", *, duration_s: float = 2.0, channels: int = 1, rate_hz: int = 8000) -> Made:
    """Make a recording of a tone that differs by channel and never repeats a block."""
    at_s = np.arange(int(duration_s * rate_hz)) / rate_hz
    tones = [
        0.5 * np.sin(2 * np.pi * (180 + 70 * channel + 9 * at_s) * at_s) * (0.6 + 0.4 * np.sin(3 * at_s))
        for channel in range(channels)
    ]
    return made_from(np.stack(tones, axis=1).astype(np.float32), subtype=subtype, rate_hz=rate_hz)


def big_endian(sound: Made) -> Made:
    """The same recording with the most significant byte of each sample first."""
    recording = sound.recording
    width = recording.block_bytes // recording.channels
    start = recording.data_offset
    samples = np.frombuffer(sound.file[start : start + recording.data_bytes], np.uint8).reshape(-1, width)
    turned = sound.file[:start] + samples[:, ::-1].tobytes()
    changed = recording.model_copy(update={"encoding": recording.encoding + "_be"})
    return Made(turned, changed, sound.frames)


def made_from(frames: Frames, *, subtype: str = "PCM_16", rate_hz: int = 8000) -> Made:
    """Make a recording of given frames."""
    written = io.BytesIO()
    soundfile.write(written, frames, rate_hz, format="WAV", subtype=subtype)
    file = written.getvalue()
    decoded, _ = soundfile.read(io.BytesIO(file), dtype="float32", always_2d=True)
    return Made(file, _recording(file, SUBTYPES[subtype], rate_hz, frames.shape), decoded)


def _recording(file: bytes, encoding: str, rate_hz: int, shape: tuple[int, ...]) -> wire.Recording:
    fmt, data = file.index(b"fmt "), file.index(b"data")
    block_bytes, bits = struct.unpack_from("<HH", file, fmt + 20)
    blockwise = encoding in ("gsm610", "ima_adpcm", "ms_adpcm")
    return wire.Recording(
        id="r1",
        sha256=hashlib.sha256(file).hexdigest(),
        size_bytes=len(file),
        encoding=encoding,
        rate_hz=rate_hz,
        channels=shape[1],
        bits=bits,
        duration_s=shape[0] / rate_hz,
        source_name="out-+468465004-3201-20260309-113203-1773081123.1.wav",
        data_offset=data + 8,
        data_bytes=struct.unpack_from("<I", file, data + 4)[0],
        block_bytes=block_bytes,
        block_frames=struct.unpack_from("<H", file, fmt + 26)[0] if blockwise else 1,
        legs=["adviser", "caller"] if shape[1] == 2 else [],
    )


class FileSource:
    """A source that remembers what it was asked for, and can be held up or made to fail.

    While `gate` is cleared nothing is answered.
    """

    def __init__(self, file: bytes) -> None:
        self._file = file
        self.asked: list[tuple[int, int]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.error: EarwitnessError | None = None

    async def __call__(self, start: int, stop: int) -> bytes:
        self.asked.append((start, stop))
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        return self._file[start:stop]


async def becomes_true(fact: Callable[[], bool]) -> None:
    """Wait for a fact; a test that waits in vain fails."""
    async with asyncio.timeout(20):
        while not fact():  # noqa: ASYNC110 - facts of another process have no event here
            await asyncio.sleep(0.005)
