"""A recording in the clear, wherever it is kept: sealed in the vault, or in place."""

from __future__ import annotations

from agent.installation import Installation
from agent.intake.in_place import InPlaceFiles, InPlaceReader
from agent.vault.sealed import SealedReader
from db.records import RecordingRecord

Reader = SealedReader | InPlaceReader


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
