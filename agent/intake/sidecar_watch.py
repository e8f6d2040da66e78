"""Sidecars that lie in a spool without their recording: taken in when that has come, noted when it never does.

A recording takes its own sidecar along. What this sees came later, came first and waits, or could not be read. It is
looked at when it has not changed for the source's `quiet_s`, on the monotonic clock, and again at every rescan. One
that cannot be read, or whose recording cannot, is noted too, and holds nothing up.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Set
from dataclasses import dataclass, field
from hashlib import blake2b

from agent.intake.in_place import state_of
from agent.intake.late import LateSidecars
from agent.intake.left import UNREADABLE, Left
from agent.intake.naming import stem_of, stems_beside
from agent.intake.opened import Identity, NotRegular, is_ours, open_in_spool
from agent.intake.prepared import SourceChanged, Taken
from agent.intake.recordings import RecordingUnreadable
from agent.settings import Source

ALONE_S = 3600.0
"""A sidecar without a recording for this long is noted."""
AT_ONCE = 16
"""Sidecars that are looked at before recordings are again."""


@dataclass
class _Lying:
    look_at_s: float
    since_s: float
    identity: Identity | None = None
    """As it was when it was last looked at."""


@dataclass
class SidecarWatch:
    """Of one spool; for the intake's own thread.

    Args:
        source: The spool.
        late: How one is taken in.
        left: Where one is noted that is not.
        again_s: How long one that is alone is left alone.
    """

    source: Source
    late: LateSidecars
    left: Left
    again_s: float
    _lying: dict[str, _Lying] = field(default_factory=dict)
    _done: dict[int, int] = field(default_factory=dict)
    """Digests of name and state of those that were taken in and stay, where files stay where they lie."""

    def heard(self, relative_name: str) -> None:
        """A sidecar is there, or was written to."""
        if self.source.call_records == self.source.spool / relative_name:
            return  # it tells of all calls, and belongs to none
        now_s = time.monotonic()
        lying = self._lying.setdefault(relative_name, _Lying(now_s, now_s))
        lying.look_at_s = min(lying.look_at_s, now_s + self.source.quiet_s)

    @property
    def _stays(self) -> bool:
        return self.source.mode == "in-place"

    def meet(self, spool_fd: int, relative_name: str) -> None:
        """A sidecar was found when the spool was read through."""
        if relative_name not in self._lying and not (self._stays and self._is_done(spool_fd, relative_name)):
            self.heard(relative_name)

    def forget_others(self, present: Set[str]) -> None:
        """After the spool was read through: these are all there are."""
        for gone in self._lying.keys() - present:
            del self._lying[gone]

    def _is_done(self, spool_fd: int, relative_name: str) -> bool:
        try:
            found = os.stat(relative_name, dir_fd=spool_fd, follow_symlinks=False)
        except OSError:
            return False
        state = _digest(state_of(Identity.of(found)).encode())
        return self._done.get(_digest(os.fsencode(relative_name))) == state

    def due_s(self) -> float | None:
        """When to look next, on the monotonic clock."""
        return min((lying.look_at_s for lying in self._lying.values()), default=None)

    def look(self, spool_fd: int, recordings: Collection[str], taken: Callable[[Taken], None]) -> None:
        """Look at what is due.

        Args:
            spool_fd: The spool's folder.
            recordings: Names of those that are on their way: they see to their sidecars themselves.
            taken: Told of each that was taken in, or noted.

        Raises:
            RegisterUnwritable: the next rescan tries again.
            OSError: the agent lacks something.
        """
        now_s = time.monotonic()
        due = [name for name, lying in self._lying.items() if lying.look_at_s <= now_s][:AT_ONCE]
        on_their_way = {stem_of(name) for name in recordings} if due else set()
        for relative_name in due:
            lying = self._lying[relative_name]
            lying.look_at_s = now_s + self.again_s
            if any(stem in on_their_way for stem in stems_beside(relative_name)):
                continue
            outcome = self._look_at(spool_fd, relative_name, lying, now_s)
            if isinstance(outcome, Taken):
                taken(outcome)
            elif outcome is not None and self.left.note(self.source, spool_fd, relative_name, *outcome):
                taken(Taken(None))

    def _look_at(
        self, spool_fd: int, relative_name: str, lying: _Lying, now_s: float
    ) -> Taken | tuple[str, str] | None:
        """What became of it, or why it is left and more of that; None when it is only looked at again."""
        try:
            with open_in_spool(spool_fd, relative_name) as opened:
                if self.late.is_taken_in(self.source, relative_name, opened.identity):
                    del self._lying[relative_name]
                    return None
                if opened.identity != lying.identity:
                    lying.identity = opened.identity
                    lying.look_at_s = now_s + self.source.quiet_s
                    return None
                taken = self.late.take_in(self.source, spool_fd, opened, relative_name)
        except FileNotFoundError:
            del self._lying[relative_name]
            return None
        except (NotRegular, SourceChanged):
            taken = None
        except RecordingUnreadable:
            return "recording-unreadable", ""
        except OSError as error:
            if is_ours(error):
                raise
            return UNREADABLE, error.strerror or ""
        if taken is None:
            return ("sidecar-without-recording", "") if now_s - lying.since_s >= ALONE_S else None
        del self._lying[relative_name]
        if self._stays:
            self._done[_digest(os.fsencode(relative_name))] = _digest(state_of(opened.identity).encode())
            self.left.end(self.source, relative_name)
        return taken


def _digest(text: bytes) -> int:
    """Eight bytes in place of some hundred: a spool may hold years of sidecars."""
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big")
