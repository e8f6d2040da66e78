"""The kernel's audit as second witness: its stream, our rules in it, and its settings left as they were found.

    run_dir/audit    mode 0600: how the audit was found (`{"enabled": 0}`), while it is changed; a killed sentry's is
                     used by the next one

Without an audit daemon the kernel prints records into its own log, file names and all. So where there is none, the
sentry takes that post while it runs: records come to its socket and go nowhere else. Where there is one, they are read
from the multicast group beside it. Takes CAP_AUDIT_CONTROL and CAP_AUDIT_READ. Nothing here waits longer than a moment.
"""

from __future__ import annotations

import errno
import json
import os
import platform
import socket
import struct
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from agent.sentry.audit_records import FIRST_RECORD, HEAD, Record, RecordInvalid, record
from agent.sentry.audit_rules import ADD_RULE, DELETE_RULE, GET, LOCKED, SET, Status, daemon, enabling, rules, status

NAME = "audit"
MOST_RECORDS = 2000
"""Read at a time, so that opens are not kept waiting for their witness."""
_AUDIT_PROTOCOL = 9
_READ_LOG_GROUP = 1
_REQUEST, _ACKNOWLEDGE = 0x1, 0x4
_NLMSG_ERROR = 2
_REPLY_S = 2.0
_RECEIVE_BYTES = 16 << 20
_SO_RCVBUFFORCE = 33
_DATAGRAM_BYTES = 16_384
_ERROR = struct.Struct("=i")


class AuditStream:
    """Args:
    folder: `run_dir`.
    folders: What the rules watch.

    Raises:
        OSError: the kernel's audit cannot be asked, or is locked.
    """

    def __init__(self, folder: Path, folders: Sequence[str]) -> None:
        self._found_file = folder / NAME
        self._rules = list(_rules(folders))
        self._control = _netlink(0)
        self._sequence = 0
        self._kept: list[bytes] = []
        """Records that came while a reply was waited for."""
        self.lost_by_kernel: int | None = None
        """How many records the kernel says it has lost, when it was last asked."""
        try:
            before = self._state()
            if before.enabled == LOCKED:
                raise PermissionError(errno.EPERM, "the kernel's audit is locked (enabled 2)")
            self._enabled_as_found = self._as_found(before.enabled)
            self.lost_by_kernel = before.lost
            self._is_daemon = before.daemon_pid == 0
            if self._is_daemon:
                self._ask(SET, daemon(os.getpid()))
            self._stream = self._control if self._is_daemon else _netlink(_READ_LOG_GROUP)
            self._begin()
        except BaseException:
            self._control.close()
            raise
        for reading in {self._control, self._stream}:
            reading.setblocking(False)

    def _as_found(self, enabled: int) -> int:
        with suppress(OSError, ValueError, KeyError, TypeError):
            enabled = int(json.loads(self._found_file.read_text("utf-8"))["enabled"])
        descriptor = os.open(self._found_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"enabled": enabled}, file)
        return enabled

    def _begin(self) -> None:
        for rule in self._rules:
            try:
                self._ask(ADD_RULE, rule)
            except FileExistsError:
                continue  # a killed sentry's, and ours to take away
        if not self._enabled_as_found:
            self._ask(SET, enabling(1))

    def fileno(self) -> int:
        return self._stream.fileno()

    def records(self) -> Iterator[Record | None]:
        """What has come, at most so many; None where records were lost on the way or cannot be read."""
        for _ in range(MOST_RECORDS):
            datagram = self._next()
            if datagram is None:
                return
            if len(datagram) >= HEAD.size and HEAD.unpack_from(datagram)[1] == GET:
                self._told(datagram)
                continue
            try:
                found = record(datagram)
            except RecordInvalid:
                yield None
                continue
            if found is not None:
                yield found

    def _next(self) -> bytes | None:
        if self._kept:
            return self._kept.pop(0)
        try:
            return self._stream.recv(_DATAGRAM_BYTES)
        except BlockingIOError:
            return None
        except OSError as error:
            if error.errno == errno.ENOBUFS:
                return b""  # no record, and so read as a lost one
            return None

    def _told(self, datagram: bytes) -> None:
        with suppress(ValueError):
            self.lost_by_kernel = status(datagram[HEAD.size :]).lost

    def ask_lost(self) -> None:
        """Ask how many records the kernel has lost; the answer comes among the records."""
        with suppress(OSError):
            self._send(GET, b"", _REQUEST)
        if self._stream is not self._control:
            with suppress(OSError):
                self._told(self._control.recv(_DATAGRAM_BYTES))

    def close(self) -> None:
        """Take our rules away and leave the settings as they were found."""
        self._control.settimeout(_REPLY_S)
        for rule in self._rules:
            with suppress(OSError):
                self._ask(DELETE_RULE, rule)
        with suppress(OSError):
            if not self._enabled_as_found:
                self._ask(SET, enabling(0))
            if self._is_daemon:
                self._ask(SET, daemon(0))
            self._found_file.unlink()
        self._stream.close()
        self._control.close()

    # --- asking ------------------------------------------------------------------------------------------------------

    def _state(self) -> Status:
        self._send(GET, b"", _REQUEST)
        for kind, payload in self._replies():
            if kind == GET:
                return status(payload)
        raise TimeoutError(errno.ETIMEDOUT, "the kernel's audit does not answer")

    def _ask(self, kind: int, payload: bytes) -> None:
        self._send(kind, payload, _REQUEST | _ACKNOWLEDGE)
        for reply, answer in self._replies():
            if reply == _NLMSG_ERROR:
                number = -int(_ERROR.unpack_from(answer)[0])
                if number:
                    raise OSError(number, os.strerror(number))
                return
        raise TimeoutError(errno.ETIMEDOUT, "the kernel's audit does not answer")

    def _send(self, kind: int, payload: bytes, flags: int) -> None:
        self._sequence += 1
        head = HEAD.pack(HEAD.size + len(payload), kind, flags, self._sequence, 0)
        self._control.sendto(head + payload, (0, 0))

    def _replies(self) -> Iterator[tuple[int, bytes]]:
        """Replies to the last question; records that come meanwhile are kept."""
        until_s = time.monotonic() + _REPLY_S
        while time.monotonic() < until_s:
            try:
                datagram = self._control.recv(_DATAGRAM_BYTES)
            except TimeoutError:
                return
            _, kind, _, sequence, _ = HEAD.unpack_from(datagram)
            if kind < FIRST_RECORD and sequence == self._sequence:
                yield kind, datagram[HEAD.size :]
            else:
                self._kept.append(datagram)


def _rules(folders: Sequence[str]) -> Iterator[bytes]:
    try:
        yield from rules(folders, platform.machine())
    except KeyError as error:
        raise OSError(errno.ENOTSUP, "opening calls of this machine's kind are not known") from error


def _netlink(groups: int) -> socket.socket:
    made = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, _AUDIT_PROTOCOL)
    try:
        made.bind((0, groups))
        made.settimeout(_REPLY_S)
        try:
            made.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _RECEIVE_BYTES)
        except OSError:  # that takes CAP_NET_ADMIN; without it there is room for fewer
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BYTES)
    except BaseException:
        made.close()
        raise
    return made
