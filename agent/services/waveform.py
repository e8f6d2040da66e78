"""The picture of a recording: its peaks in columns, decoded by libsndfile out of the sealed file.

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
from agent.vault.sealed import SealedReader
from agent.vault.store import Vault
from db.records import RecordingRecord

KEPT = 64
"""Pictures kept in memory."""
FULL_SCALE = 255
HEADER_LIMIT_BYTES = 1 << 20


class Waveforms:
    """Makes pictures, and keeps the last few."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
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
        with self._vault.open(recording.id, recording.wrapped_key) as reader:
            try:
                with soundfile.SoundFile(io.BufferedReader(_Finished(reader, recording))) as sound:
                    peaks = _peaks(sound, columns)
            except soundfile.LibsndfileError as error:
                raise Undecodable(encoding=recording.encoding) from error
        return wire.Waveform(duration_s=recording.duration_ms / 1000, peaks=peaks)


def _peaks(sound: soundfile.SoundFile, columns: int) -> list[list[int]]:
    """Largest amplitude a channel and column, 0 to 255 of full scale."""
    frames_a_column = max(1, -(-sound.frames // columns))
    rows = [np.abs(block).max(axis=0) for block in sound.blocks(frames_a_column, dtype="float32", always_2d=True)]
    if not rows:
        return [[] for _ in range(sound.channels)]
    scaled = np.nan_to_num(np.stack(rows), nan=0.0, posinf=1.0) * FULL_SCALE
    return np.clip(np.rint(scaled), 0, FULL_SCALE).astype(int).T.tolist()  # type: ignore[no-any-return]


class _Finished(io.RawIOBase):
    """A recording up to the end of its samples, with a header that says how many there are."""

    def __init__(self, reader: SealedReader, recording: RecordingRecord) -> None:
        super().__init__()
        self._reader = reader
        self._position = 0
        self._size_bytes = recording.data_offset + recording.data_bytes
        self._header = _finished_header(reader, recording)

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
            part = self._reader.read_at(self._position, wanted)
        buffer[: len(part)] = part
        self._position += len(part)
        return len(part)


def _finished_header(reader: SealedReader, recording: RecordingRecord) -> bytes:
    if not 12 <= recording.data_offset <= HEADER_LIMIT_BYTES:
        return b""
    header = bytearray(reader.read_at(0, recording.data_offset))
    is_plain_riff = header[:4] == b"RIFF" and header[-8:-4] == b"data"
    if is_plain_riff and recording.data_bytes < 0xFFFFFF00:
        header[4:8] = struct.pack("<I", recording.data_offset - 8 + recording.data_bytes)
        header[-4:] = struct.pack("<I", recording.data_bytes)
    return bytes(header)
