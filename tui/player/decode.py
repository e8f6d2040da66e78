"""Bytes of an untouched file become sound, any part of it by itself.

It owns which bytes are needed for which frames and what they decode to; where the bytes come from is
`tui.player.fetch`. Nothing is resampled and nothing is guessed: an encoding that is not known is
`Undecodable`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agent import wire
from agent.errors import Undecodable
from tui.player import blockwise
from tui.player.companding import ALAW, MULAW
from tui.player.sound import Frames

_SAMPLE_BYTES = {
    "alaw": (1,),
    "mulaw": (1,),
    "float": (4, 8),
    "float_be": (4, 8),
    "pcm": (1, 2, 3, 4),
    "pcm_be": (1, 2, 3, 4),
}


@dataclass(frozen=True)
class Span:
    """The bytes that some frames decode from, counted from the first sample's byte."""

    start_bytes: int
    stop_bytes: int
    skipped_frames: int
    """Frames that come out before the first one that was asked for."""
    frames: int


class Decoder:
    """Decode parts of one recording.

    Raises:
        Undecodable: when there is no decoder for the encoding, or its sizes contradict each other.
    """

    def __init__(self, recording: wire.Recording) -> None:
        self._recording = recording
        self._refuse_unknown()
        self.total_frames = recording.data_bytes // recording.block_bytes * recording.block_frames
        self.duration_s = self.total_frames / recording.rate_hz

    def span(self, first_frame: int, frames: int) -> Span:
        """Say which bytes hold `frames` frames from `first_frame` on, fewer at the end."""
        recording = self._recording
        stop_frame = min(first_frame + frames, self.total_frames)
        first_block = first_frame // recording.block_frames
        stop_block = -(-stop_frame // recording.block_frames)
        run_in = min(first_block, blockwise.RUN_IN_BLOCKS.get(recording.encoding, 0))
        return Span(
            start_bytes=(first_block - run_in) * recording.block_bytes,
            stop_bytes=stop_block * recording.block_bytes,
            skipped_frames=first_frame - (first_block - run_in) * recording.block_frames,
            frames=max(0, stop_frame - first_frame),
        )

    def decode(self, data: bytes, span: Span) -> Frames:
        """Decode the bytes of a span; fewer bytes give fewer frames.

        Raises:
            Undecodable: the bytes are not what the encoding promises.
        """
        recording = self._recording
        whole = data[: len(data) // recording.block_bytes * recording.block_bytes]
        if recording.encoding in blockwise.ENCODINGS:
            frames = blockwise.decode_blocks(
                whole,
                encoding=recording.encoding,
                rate_hz=recording.rate_hz,
                channels=recording.channels,
                block_bytes=recording.block_bytes,
                block_frames=recording.block_frames,
            )
        else:
            frames = self._samples(whole).reshape(-1, recording.channels)
        return frames[span.skipped_frames : span.skipped_frames + span.frames]

    def _samples(self, data: bytes) -> Frames:
        match self._recording.encoding:
            case "alaw":
                return ALAW[np.frombuffer(data, np.uint8)]
            case "mulaw":
                return MULAW[np.frombuffer(data, np.uint8)]
            case "float" | "float_be":
                return np.frombuffer(data, f"{self._order}f{self._sample_bytes}").astype(np.float32)
            case _:
                return _pcm(data, self._sample_bytes, self._order)

    @property
    def _order(self) -> str:
        """The order of a sample's bytes, as numpy writes it."""
        return ">" if self._recording.encoding.endswith("_be") else "<"

    @property
    def _sample_bytes(self) -> int:
        return self._recording.block_bytes // self._recording.channels

    def _refuse_unknown(self) -> None:
        recording = self._recording
        sizes = (recording.rate_hz, recording.channels, recording.block_bytes, recording.block_frames)
        usable = min(sizes) > 0 and recording.data_bytes >= 0
        if usable and recording.encoding not in blockwise.ENCODINGS:
            widths = _SAMPLE_BYTES.get(recording.encoding, ())
            whole = recording.block_bytes % recording.channels == 0 and recording.block_frames == 1
            usable = whole and self._sample_bytes in widths
        if not usable:
            raise Undecodable(encoding=recording.encoding)


def _pcm(data: bytes, sample_bytes: int, order: str) -> Frames:
    """Decode integers; one byte is unsigned, as WAVE has it."""
    if sample_bytes == 1:
        return (np.frombuffer(data, np.uint8).astype(np.float32) - 128) / np.float32(128)
    if sample_bytes == 3:
        widened = np.zeros((len(data) // 3, 4), np.uint8)
        filled = slice(0, 3) if order == ">" else slice(1, 4)
        widened[:, filled] = np.frombuffer(data, np.uint8).reshape(-1, 3)
        return widened.view(f"{order}i4")[:, 0].astype(np.float32) / np.float32(1 << 31)
    integers = np.frombuffer(data, f"{order}i{sample_bytes}")
    return integers.astype(np.float32) / np.float32(1 << (8 * sample_bytes - 1))
