"""A recording in the clear, wherever it is kept: sealed in the vault, or in place."""

from __future__ import annotations

import io

from agent.installation import Installation
from agent.intake.in_place import InPlaceFiles, InPlaceReader
from agent.intake.opened import is_ours
from agent.intake.tags import Tags, read_tags
from agent.intake.wav import WavHeader, read_header
from agent.vault.keys import SealBroken
from agent.vault.sealed import SealedReader
from db.records import RecordingRecord

Reader = SealedReader | InPlaceReader


class RecordingUnreadable(Exception):
    """A recording that was taken in cannot be read again: it is broken, changed, gone, or its disk fails."""

    def __init__(self, recording_id: str) -> None:
        super().__init__(f"recording {recording_id} cannot be read")


class Recordings:
    def __init__(self, house: Installation) -> None:
        self._vault = house.vault
        self.in_place = InPlaceFiles(house)

    def open(self, recording: RecordingRecord) -> Reader:
        """Open one to read.

        Raises:
            SealBroken: it is not what was taken in, or it is gone.
            OSError: it cannot be read.
        """
        if recording.wrapped_key:
            return self._vault.open(recording.id, recording.wrapped_key)
        return self.in_place.open(recording.id, recording.sha256)

    def what_it_says(self, recording: RecordingRecord) -> tuple[WavHeader, Tags]:
        """Header and tags of one, read again.

        Raises:
            RecordingUnreadable: of this one; others may be read.
            OSError: the agent lacks something.
        """
        try:
            with self.open(recording) as reader:
                file = io.BufferedReader(reader)
                header = read_header(file, recording.size_bytes)
                return header, read_tags(file, header)
        except SealBroken as error:
            raise RecordingUnreadable(recording.id) from error
        except OSError as error:
            if is_ours(error):
                raise
            raise RecordingUnreadable(recording.id) from error
