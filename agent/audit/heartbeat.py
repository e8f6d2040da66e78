"""An entry every quarter of an hour that says nothing but that the log is there: silence and deletion then differ."""

from __future__ import annotations

import logging
import threading

from agent.audit.entry import AGENT, Draft
from agent.audit.log import AccessLog
from agent.errors import EarwitnessError
from agent.wire import Outcome
from db.engine import RegisterError

ACTION = "log.heartbeat"
MINUTE_S = 60

journal = logging.getLogger("earwitness.log")


class Heartbeat:
    """Writes the entry, and puts the newest head where `AccessLog.remember` does: at once and at intervals."""

    def __init__(self, log: AccessLog, minutes: float) -> None:
        self._log = log
        self._interval_s = minutes * MINUTE_S
        self._is_stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="log-heartbeat")

    def start(self) -> None:
        self._remember()
        self._thread.start()

    def stop(self) -> None:
        self._is_stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._is_stopping.wait(self._interval_s):
            self.beat()

    def beat(self) -> None:
        """Write one, or that it was not possible; where neither can be written, the journal has it."""
        try:
            self._log.record(Draft(AGENT, ACTION, Outcome.ALLOWED))
        except EarwitnessError as error:
            journal.error("cannot log: %s", error)
            self._fail(error)
        self._remember()

    def _fail(self, error: EarwitnessError) -> None:
        try:
            self._log.record(Draft(AGENT, ACTION, Outcome.FAILED, reason=error.code))
        except EarwitnessError:
            return  # said already

    def _remember(self) -> None:
        try:
            self._log.remember()
        except RegisterError as error:
            journal.error("the newest checkpoint cannot be read: %s", error)
