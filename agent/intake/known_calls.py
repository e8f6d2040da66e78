"""What the telephone systems' own records say of calls, for whoever takes recordings in.

One `CallRecords` for each source that names its own; any thread may ask. Trouble with one of these files is the
source's trouble in words: a recording is then taken in without it, and the record is joined when it can be read
(`late_calls`).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime

from agent.intake.call_records import CallRecords, CallsSince
from agent.intake.metadata.evidence import RecordOf
from agent.intake.metadata.master_csv import CallRecord
from agent.intake.metadata.statement import Statement
from agent.settings import Source

journal = logging.getLogger("earwitness.intake")


class KnownCalls:
    """Close it when no more is taken in.

    Args:
        sources: Those that are configured.
    """

    def __init__(self, sources: Iterable[Source]) -> None:
        self._records = {
            source.name: CallRecords(source.call_records) for source in sources if source.call_records is not None
        }
        self._troubles: dict[str, str] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        with self._lock:
            for records in self._records.values():
                records.close()

    @property
    def sources(self) -> list[str]:
        """Names of those that have records."""
        return list(self._records)

    def trouble(self, source_name: str) -> str | None:
        """Why a source's records could not be read, in English; None when they could, and where it has none."""
        return self._troubles.get(source_name)

    def read_on(self, source_name: str) -> int:
        """Read what has come since the last time, as far as it can be read.

        Returns:
            How many lines were read so far, whoever asked for it: another number means that something has come.
        """
        with self._lock:
            with suppress(OSError):
                self._read_on(source_name)
            return self._records[source_name].read_lines

    def of(self, source_name: str, call_id: str) -> CallRecord | None:
        """The call of this id, as far as the records are read; None too when they cannot be."""
        with self._lock:
            try:
                return self._records[source_name].of(call_id)
            except OSError as error:
                self._note(source_name, error)
                return None

    @contextmanager
    def since(self, source_name: str, since: datetime) -> Iterator[CallsSince]:
        """The calls of a source that ended since then, with what was written just now.

        They are read while others go on: nobody who takes a recording in waits for that.

        Raises:
            OSError: the records cannot be read.
        """
        with self._lock:
            self._read_on(source_name)
            found = self._records[source_name].since(since)
        with closing(found):
            yield found

    def record_of(self, source: Source) -> RecordOf | None:
        """How to ask for a call of this source, with what was written just now; None when it has no records."""
        if source.name not in self._records:
            return None

        def asked(call_id: str) -> Statement | None:
            self.read_on(source.name)
            record = self.of(source.name, call_id)
            return None if record is None else record.statement()

        return asked

    def _read_on(self, source_name: str) -> None:
        try:
            self._records[source_name].read_on()
        except OSError as error:
            self._note(source_name, error)
            raise
        self._troubles.pop(source_name, None)

    def _note(self, source_name: str, error: OSError) -> None:
        trouble = f"the call records cannot be read ({error.strerror or 'it is no file'})"
        if self._troubles.get(source_name) != trouble:
            journal.error("source %s: %s", source_name, trouble)
        self._troubles[source_name] = trouble
