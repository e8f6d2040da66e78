"""The agent's end of the sentry's connection: enters what comes, then acknowledges it.

One thread, one sentry at a time. What arrives together is entered in one transaction. While the log cannot be written,
nothing is acknowledged and the same is tried again: the sentry keeps what it has and lets opens go at their deadline.
"""

from __future__ import annotations

import logging
import os
import pwd
import select
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from agent.audit.entry import Actor, Draft
from agent.audit.log import AccessLog
from agent.direct_opens import runs
from agent.direct_opens.entries import VIA, entering
from agent.direct_opens.reports import Hello, Open, report
from agent.errors import Conflict
from agent.sentry.protocol import SILENT_S, VERSION, Frames, Message, ProtocolBroken, frame
from agent.wire import Outcome
from db.engine import Register, RegisterError

READ_BYTES = 1 << 18
LOOK_EVERY_S = 0.25
RETRY_EVERY_S = 0.5
_PEERCRED = struct.Struct("=iII")

journal = logging.getLogger("earwitness.direct_opens")


@dataclass(frozen=True, slots=True)
class Seeing:
    """A sentry that is connected."""

    run: str
    since_ms: int
    unwatched: tuple[str, ...]


class Post:
    """Args:
    path: The socket.
    users: OS users that a sentry may run under.
    register: For transactions.
    log: Where entries go.
    changed: Told when a sentry comes or goes.
    """

    def __init__(
        self, path: Path, users: frozenset[int], register: Register, log: AccessLog, changed: Callable[[], None]
    ) -> None:
        self._path = path
        self._users = users
        self._register = register
        self._log = log
        self._changed = changed
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._attend, name="direct-opens")
        self.seeing: Seeing | None = None
        self.trouble: str | None = None
        """Why what the sentry tells is not entered, in English."""

    def start(self) -> None:
        """Listen.

        Raises:
            Conflict: something else lies where the socket belongs.
        """
        if self._path.exists() and not self._path.is_socket():
            raise Conflict(what=f"{self._path} is no socket and stands where the sentry's socket belongs")
        self._path.unlink(missing_ok=True)
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listening.bind(str(self._path))
        self._path.chmod(0o666)  # who it is is asked of the kernel, and the folder keeps others out
        self._listening.listen(8)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()
        self._listening.close()
        self._path.unlink(missing_ok=True)

    # --- the thread --------------------------------------------------------------------------------------------------

    def _attend(self) -> None:
        while not self._stopping.is_set():
            if not select.select([self._listening], [], [], LOOK_EVERY_S)[0]:
                continue
            connection, _ = self._listening.accept()
            with connection:
                try:
                    self._serve(connection)
                except (OSError, ProtocolBroken, ValidationError, RegisterError) as error:
                    journal.warning("the sentry's connection ended: %s", type(error).__name__)

    def _serve(self, connection: socket.socket) -> None:
        _, uid, _ = _PEERCRED.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEERCRED.size))
        if uid not in self._users:
            journal.warning("OS user %d is no sentry: see sentry.user in the settings", uid)
            return
        _Conversation(self, connection).run()

    @property
    def is_stopping(self) -> bool:
        return self._stopping.is_set()

    def come(self, hello: Hello) -> Message:
        """Enter that a sentry has come; what it is told."""

        def job() -> Message:
            previous = hello.previous
            answer = {
                "kind": "welcome",
                "v": VERSION,
                "durable": runs.durable(hello.run),
                "previous_durable": 0 if previous is None else runs.durable(previous.run),
            }
            for draft in runs.arrived(hello):
                self._log.append(draft)
            return answer

        answer = self._register.write(job)
        self.seeing = Seeing(hello.run, hello.since_ms, hello.unwatched)
        self._changed()
        return answer

    def gone(self, run: str, *, by_itself: bool) -> None:
        """Enter that it has gone."""
        self.seeing = None
        self._changed()
        with suppress(RegisterError):
            self._register.write(lambda: self._log.append(runs.left(run, by_itself=by_itself)))

    def enter(self, messages: list[Message], run: str) -> Message | None:
        """Make reports durable; the acknowledgement, or None when the agent stops before they are."""
        while not self.is_stopping:
            try:
                late = self._register.write(lambda: self._enter(messages, run))
            except RegisterError as error:
                self.trouble = f"direct opens cannot be entered ({error})"
                self._stopping.wait(RETRY_EVERY_S)
                continue
            self.trouble = None
            return {"kind": "ack", "n": messages[-1]["n"], "late": late}
        return None

    def _enter(self, messages: list[Message], run: str) -> list[int]:
        late: list[int] = []
        now_ms = time.monotonic_ns() // 1_000_000
        for message in messages:
            try:
                said = report.validate_python(message, strict=False)
            except ValidationError:
                self._log.append(_unreadable(message, run))
                continue
            is_late = isinstance(said, Open) and said.outcome == "allowed" and (said.late or said.by_ms <= now_ms)
            if is_late:
                late.append(said.n)
            made = entering(said, run, self._log.digest, is_late=is_late)
            reason = made.draft.reason if made.words is None else self._log.append_opener(made.words)
            self._log.append(_with_reason(made.draft, reason))
        return late


class _Conversation:
    """With one sentry, until one of the two ends it."""

    def __init__(self, post: Post, connection: socket.socket) -> None:
        self._post = post
        self._connection = connection
        self._frames = Frames()
        self._hello: Hello | None = None
        self._is_leaving = False

    def run(self) -> None:
        self._connection.settimeout(LOOK_EVERY_S)
        heard_s = time.monotonic()
        try:
            while not self._post.is_stopping and not self._is_leaving:
                try:
                    part = self._connection.recv(READ_BYTES)
                except TimeoutError:
                    if time.monotonic() - heard_s > SILENT_S:
                        return
                    continue
                if not part:
                    return
                heard_s = time.monotonic()
                self._hear(list(self._frames.received(part)))
        finally:
            if self._hello is not None and not self._post.is_stopping:
                self._post.gone(self._hello.run, by_itself=self._is_leaving)

    def _hear(self, messages: list[Message]) -> None:
        if self._hello is None and messages:
            self._greet(messages.pop(0))
        reports = [message for message in messages if message["kind"] == "report"]
        if self._hello is not None and reports:
            _require_numbers(reports)
            self._say(self._post.enter(reports, self._hello.run))
        for message in messages:
            if message["kind"] == "bye":
                self._is_leaving = True
            elif message["kind"] not in ("report", "alive"):
                raise ProtocolBroken(f"a message of kind {message['kind'][:20]!r}")

    def _greet(self, message: Message) -> None:
        hello = Hello.model_validate(message)
        if message["kind"] != "hello" or hello.v != VERSION:
            raise ProtocolBroken("another version")
        answer = self._post.come(hello)
        self._hello = hello
        self._say(answer)

    def _say(self, message: Message | None) -> None:
        if message is not None:
            self._connection.sendall(frame(message))


def _require_numbers(reports: list[Message]) -> None:
    if not all(isinstance(message.get("n"), int) and 0 < message["n"] < 1 << 53 for message in reports):
        raise ProtocolBroken("a report without a number")


def _unreadable(message: Message, run: str) -> Draft:
    """A report that cannot be understood is neither dropped nor guessed."""
    detail: dict[str, str | int | None] = {"why": "a report cannot be understood", "lost": 1, "run": run}
    return Draft(Actor(via=VIA), "sentry.gap", Outcome.FAILED, detail=detail, request_id=f"{run}/{message['n']}")


def _with_reason(draft: Draft, reason: str | None) -> Draft:
    return draft if reason == draft.reason else replace(draft, reason=reason)


def permitted_users(name: str) -> frozenset[int]:
    """OS users that a sentry may run under: root, the one that is configured, and the agent's own."""
    users = {0, os.geteuid()}
    with suppress(KeyError):
        users.add(int(name) if name.isdigit() else pwd.getpwnam(name).pw_uid)
    return frozenset(users)
