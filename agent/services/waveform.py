"""The picture of a recording: its peaks in columns, decoded by libsndfile out of the file as it was taken in.

A recorder that was killed leaves sizes of 0 in the header, and libsndfile then finds no sound. So the header is read
with the sizes that the intake has measured in their place; the sealed bytes stay as they are.
"""

from __future__ import annotations

import io
import struct
from collections import OrderedDict
from threading import Lock

import numpy as np
import soundfile

from agent import wire
from agent.errors import Undecodable
from agent.intake.recordings import Reader, Recordings
from agent.vault.keys import SealBroken
from db.records import RecordingRecord

KEPT = 64
"""Pictures kept in memory."""
FULL_SCALE = 255
HEADER_LIMIT_BYTES = 1 << 20
BLOCK_FRAMES = 1 << 18
"""Decoded at a time, however long a column is."""


class Waveforms:
    """Makes pictures, and keeps the last few."""

    def __init__(self, recordings: Recordings) -> None:
        self._recordings = recordings
        self._kept: OrderedDict[tuple[str, int], wire.Waveform] = OrderedDict()
        self._lock = Lock()

    def of(self, recording: RecordingRecord, columns: int) -> wire.Waveform:
        """The picture of a recording in at most `columns` columns.

        Raises:
            Undecodable: libsndfile knows no such encoding.
            SealBroken: the recording is not what was sealed.
        """
        wanted = (recording.id, columns)
        with self._lock:
            if (kept := self._kept.get(wanted)) is not None:
                self._kept.move_to_end(wanted)
                return kept
        made = self._made(recording, columns)
        with self._lock:
            self._kept[wanted] = made
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return made

    def _made(self, recording: RecordingRecord, columns: int) -> wire.Waveform:
        with self._recordings.open(recording) as reader:
            finished = _Finished(reader, recording)
            try:
                with soundfile.SoundFile(io.BufferedReader(finished)) as sound:
                    peaks = _peaks(sound, columns)
            except soundfile.LibsndfileError as error:
                raise finished.broken or Undecodable(encoding=recording.encoding) from error
            if finished.broken is not None:
                raise finished.broken
        return wire.Waveform(duration_s=recording.duration_ms / 1000, peaks=peaks)


def _peaks(sound: soundfile.SoundFile, columns: int) -> list[list[int]]:
    """Largest amplitude a channel and column, 0 to 255 of full scale."""
    frames_a_column = max(1, -(-sound.frames // columns))
    found = np.zeros((columns, sound.channels))
    filled, column, left = 0, 0, frames_a_column
    while column < columns and len(block := sound.read(min(left, BLOCK_FRAMES), dtype="float32", always_2d=True)):
        found[column] = np.maximum(found[column], np.nan_to_num(np.abs(block), posinf=1.0).max(axis=0))
        filled, left = column + 1, left - len(block)
        if left == 0:
            column, left = column + 1, frames_a_column
    scaled = np.clip(np.rint(found[:filled] * FULL_SCALE), 0, FULL_SCALE)
    return scaled.astype(int).T.tolist()  # type: ignore[no-any-return]  # numpy knows no type of lists


class _Finished(io.RawIOBase):
    """A recording up to the end of its samples, with a header that says how many there are."""

    def __init__(self, reader: Reader, recording: RecordingRecord) -> None:
        super().__init__()
        self._reader = reader
        self._position = 0
        self._size_bytes = recording.data_offset + recording.data_bytes
        self._header = _finished_header(reader, recording)
        self.broken: SealBroken | None = None
        """Kept for whoever asked for the picture: an error cannot pass through libsndfile, which then sees an end."""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size_bytes}[whence]
        self._position = max(0, start + offset)
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's WriteableBuffer is no name at run time
        wanted = min(len(buffer), self._size_bytes - self._position)
        if wanted <= 0:
            return 0
        if self._position < len(self._header):
            part = self._header[self._position : self._position + wanted]
        else:
            try:
                part = self._reader.read_at(self._position, wanted)
            except SealBroken as error:
                self.broken = error
                return 0
        buffer[: len(part)] = part
        self._position += len(part)
        return len(part)


def _finished_header(reader: Reader, recording: RecordingRecord) -> bytes:
    if not 12 <= recording.data_offset <= HEADER_LIMIT_BYTES:
        return b""
    header = bytearray(reader.read_at(0, recording.data_offset))
    is_plain_riff = header[:4] == b"RIFF" and header[-8:-4] == b"data"
    if is_plain_riff and recording.data_bytes < 0xFFFFFF00:
        header[4:8] = struct.pack("<I", recording.data_offset - 8 + recording.data_bytes)
        header[-4:] = struct.pack("<I", recording.data_bytes)
    return bytes(header)
