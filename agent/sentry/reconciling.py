"""Two witnesses of the same opens, fanotify and the kernel's audit, compared. Pure: times are handed in.

An open is the same when process, device and inode are, within the settling time. What only one of the two has seen by
then is a difference. Audit does not see processes that are older than its first switching on since the machine started
(they have no audit context): of those it is not expected.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass

from agent.sentry.audit_records import AuditOpen

Key = tuple[int, int, int]
"""pid, device, inode."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An open as fanotify told it."""

    at_ms: int
    pid: int
    device: int
    inode: int
    uid: int | None
    login_uid: int | None
    exe: str
    is_expected_in_audit: bool


@dataclass(frozen=True, slots=True)
class Difference:
    missed_by: str
    """`fanotify` or `audit`."""
    at_ms: int
    pid: int
    uid: int | None
    login_uid: int | None
    exe: str
    device: int
    inode: int


@dataclass(frozen=True, slots=True)
class _Waiting:
    noted_ms: int
    difference: Difference
    is_alarm: bool


class Reconciling:
    """Args:
    settle_ms: How far apart the two may tell of the same open.
    """

    def __init__(self, settle_ms: int) -> None:
        self._settle_ms = settle_ms
        self._by_fanotify: dict[Key, deque[_Waiting]] = defaultdict(deque)
        self._by_audit: dict[Key, deque[_Waiting]] = defaultdict(deque)

    def fanotify(self, seen: Seen, now_ms: int) -> None:
        key = seen.pid, seen.device, seen.inode
        if not _take(self._by_audit, key):
            found = Difference("audit", seen.at_ms, seen.pid, seen.uid, seen.login_uid, seen.exe, *key[1:])
            self._by_fanotify[key].append(_Waiting(now_ms, found, seen.is_expected_in_audit))

    def audit(self, opened: AuditOpen, now_ms: int, *, is_ours: bool) -> None:
        """What the kernel's audit has told.

        Args:
            is_ours: By a rule of ours: only then fanotify must have seen it.
        """
        for device, inode in opened.files:
            key = opened.pid, device, inode
            if not _take(self._by_fanotify, key):
                found = Difference(
                    "fanotify", opened.at_ms, opened.pid, opened.uid, opened.login_uid, opened.exe, device, inode
                )
                self._by_audit[key].append(_Waiting(now_ms, found, is_ours and opened.has_succeeded))

    def due(self, now_ms: int) -> Iterator[Difference]:
        """What has not been confirmed by the other in time."""
        for waiting in (self._by_fanotify, self._by_audit):
            for key in list(waiting):
                queue = waiting[key]
                while queue and now_ms - queue[0].noted_ms >= self._settle_ms:
                    one = queue.popleft()
                    if one.is_alarm:
                        yield one.difference
                if not queue:
                    del waiting[key]

    def forget(self) -> None:
        """Records have been lost: what waits for them proves nothing."""
        self._by_fanotify.clear()


def _take(waiting: dict[Key, deque[_Waiting]], key: Key) -> bool:
    queue = waiting.get(key)
    if not queue:
        return False
    queue.popleft()
    if not queue:
        del waiting[key]
    return True
