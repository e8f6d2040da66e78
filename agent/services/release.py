"""A part of a recording on its way out, and the entry that says in the end how much of it really went.

`contact.listen` and `contact.export` say what was asked for and granted, and are durable before the first byte. The end
is `contact.released`, under the same id of the request: from where to where, and how it ended. Nobody waits for that
entry; an agent that stops in good order still writes it, for what is under way then too. After a crash the first entry
stands alone, and means: up to all of it.

    ended           outcome
    ──────────────  ───────
    complete        allowed    all that was granted
    client-left     allowed    whoever asked went away before its end
    agent-stopped   allowed    the agent was told to stop before its end
    failed          failed     a seal was broken, or the disk failed
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Generator
from concurrent.futures import Future
from dataclasses import dataclass, field

from agent.audit.entry import Draft
from agent.errors import EarwitnessError, IntegrityBroken
from agent.installation import Installation
from agent.intake.recordings import Reader
from agent.services.gate import Access
from agent.vault.keys import SealBroken
from agent.wire import Outcome
from db.engine import RegisterUnwritable
from db.records import RecordingRecord

ACTION = "contact.released"
PIECE_BYTES = 1 << 18
COMPLETE, CLIENT_LEFT, AGENT_STOPPED, FAILED = "complete", "client-left", "agent-stopped", "failed"

journal = logging.getLogger("earwitness.log")


class Releases:
    """Those that are under way, so that an agent that stops can end them."""

    def __init__(self, house: Installation) -> None:
        self._house = house
        self._open: set[Release] = set()
        self._lock = threading.Lock()
        self.is_stopping = False

    def begun(self, release: Release) -> None:
        with self._lock:
            self._open.add(release)

    def ended(self, release: Release, draft: Draft) -> None:
        """Write the closing entry of one, once, without waiting for it."""
        with self._lock:
            if release not in self._open:
                return
            self._open.discard(release)
        try:
            written = self._house.register.submit(lambda: self._house.log.append(draft))
        except RegisterUnwritable as error:
            _not_written(draft, error)
            return
        written.add_done_callback(lambda future: _look_at(future, draft))

    def stop(self) -> None:
        """End all that are under way."""
        self.is_stopping = True
        with self._lock:
            left = list(self._open)
        for release in left:
            release.end()


def _look_at(future: Future[int], draft: Draft) -> None:
    if not future.cancelled() and (error := future.exception()) is not None:
        _not_written(draft, error)


def _not_written(draft: Draft, error: BaseException) -> None:
    """The entry before it stands alone now, and means more than what went out: never less."""
    journal.error("request %s: its end is not in the log (%s)", draft.request_id, type(error).__name__)


@dataclass(eq=False)
class Release:
    """Bytes `start` to `stop` (exclusive) of a recording, already in the log and ready to go out."""

    recording: RecordingRecord
    start: int
    stop: int
    first: bytes
    """Read before the entry was written: a broken seal at the beginning is a failure and no release."""
    reader: Reader
    access: Access
    releases: Releases
    _handed_bytes: int = field(default=0, init=False)
    """What was handed on, the piece that is on its way included."""
    _is_through: bool = field(default=False, init=False)

    def pieces(self) -> Generator[bytes]:
        """The bytes, authenticated piece by piece.

        Raises:
            IntegrityBroken: a piece is not what was sealed; nothing of it has gone out, and the log says so.
            OSError: it cannot be read; the log says so.
        """
        try:
            with self.reader:
                piece = self.first
                while True:
                    self._handed_bytes += len(piece)
                    yield piece
                    position = self.start + self._handed_bytes
                    if position >= self.stop:
                        break
                    piece = self.reader.read_at(position, min(PIECE_BYTES, self.stop - position))
            self._is_through = True
        except SealBroken as error:
            self.end(IntegrityBroken.code)
            raise IntegrityBroken(what=f"The seal of {error}") from error
        except OSError:
            self.end(EarwitnessError.code)
            raise
        finally:
            self.end()

    def end(self, failure: str | None = None) -> None:
        """Say in the log how much went out; only the first call counts.

        Args:
            failure: The code of what went wrong; None when it was complete, or somebody left.
        """
        if not self._handed_bytes:
            self.reader.close()  # nobody began to read
        left = AGENT_STOPPED if self.releases.is_stopping else CLIENT_LEFT
        ended = FAILED if failure else COMPLETE if self._is_through else left
        access, stop = self.access, self.start + self._handed_bytes
        draft = Draft(
            actor=access.actor,
            action=ACTION,
            outcome=Outcome.FAILED if failure else Outcome.ALLOWED,
            target=access.target,
            purpose=access.purpose,
            case=access.case,
            reason=failure,
            detail={**part_for_the_log(self.recording, self.start, stop), "ended": ended},
            request_id=access.request_id,
        )
        self.releases.ended(self, draft)


def part_for_the_log(recording: RecordingRecord, start: int, stop: int) -> dict[str, str | int | None]:
    return {
        "recording": recording.id,
        "from_byte": start,
        "to_byte": stop,
        "from_ms": _moment_ms(recording, start),
        "to_ms": _moment_ms(recording, stop),
    }


def _moment_ms(recording: RecordingRecord, byte: int) -> int:
    """How far into the sound a byte of the file lies."""
    if not recording.data_bytes:
        return 0
    into = min(max(byte - recording.data_offset, 0), recording.data_bytes)
    return recording.duration_ms * into // recording.data_bytes
