"""What the intake knows of one source: what waits in its spool, what is in work, and how it goes."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field

from agent.intake.completeness import Progress, Thresholds
from agent.intake.in_place_watch import InPlaceWatch
from agent.intake.known_calls import KnownCalls
from agent.intake.sidecar_watch import SidecarWatch
from agent.intake.silence import Silence
from agent.intake.standing import Standing
from agent.intake.watcher import Watcher
from agent.settings import Source


@dataclass
class Waiting:
    progress: Progress
    look_at_s: float
    is_live: bool
    """Somebody has just closed it: it comes before what a rescan found."""


@dataclass
class Spool:
    """What the loop knows of one source."""

    source: Source
    watcher: Watcher
    sidecars: SidecarWatch
    silence: Silence
    calls: KnownCalls
    in_place: InPlaceWatch | None = None
    """Of a source whose files stay where they lie."""
    waiting: dict[str, Waiting] = field(default_factory=dict)
    in_work: set[str] = field(default_factory=set)
    met: set[str] = field(default_factory=set)
    """Names of recordings and sidecars that were found or heard of since the spool began to be read through; for the
    intake's own thread.
    """
    trouble: str | None = None
    """Why it could not be read through, in English; None when it could."""
    left_alone: int = 0
    taken_in: int = 0
    last_taken_in_at_ms: int | None = None

    def heard(self, relative_name: str) -> None:
        """A recording or a sidecar came, or came back."""
        self.met.add(relative_name)
        if self.in_place is not None:
            self.in_place.heard(relative_name)

    def wait_for(self, relative_name: str, *, is_closed: bool) -> None:
        """Have a file looked at, unless it is in work: at once, or when it has settled. Under the loop's lock."""
        if relative_name in self.in_work:
            return
        waiting = self.waiting.get(relative_name)
        if waiting is None:
            waiting = self.waiting[relative_name] = Waiting(Progress(Thresholds.of(self.source)), 0.0, is_closed)
        if is_closed:
            waiting.progress.closed()
            waiting.look_at_s, waiting.is_live = 0.0, True

    def forget_others(self, present: Set[str]) -> None:
        """Wait for none but these. Under the loop's lock."""
        for gone in self.waiting.keys() - present:
            del self.waiting[gone]

    def due(self, now_s: float, most: int, most_others: int) -> list[str]:
        """What to look at now: live files, then some of the others."""
        live: list[str] = []
        others: list[str] = []
        for name, waiting in self.waiting.items():
            if waiting.look_at_s <= now_s:
                (live if waiting.is_live else others).append(name)
                if len(live) >= most:
                    break
        return (live + others[:most_others])[:most]

    def status(self, standing: Standing | None = None) -> SpoolStatus:
        """Under the loop's lock, with what stands of its recordings in place."""
        unwatched = self.watcher.trouble or self.trouble
        return SpoolStatus(
            name=self.source.name,
            convention=self.source.convention,
            watching=unwatched is None,
            trouble=unwatched
            or (self.in_place.trouble if self.in_place else None)
            or (standing.trouble if standing else None)
            or self.calls.trouble(self.source.name)
            or self.silence.trouble,
            waiting=len(self.waiting) + len(self.in_work),
            in_work=len(self.in_work),
            taken_in=self.taken_in,
            last_taken_in_at_ms=self.last_taken_in_at_ms,
            silent_since_ms=self.silence.since_ms,
            silent_after_h=self.source.silent_after_h,
            left_alone=self.left_alone,
            standing=standing,
        )


@dataclass(frozen=True, slots=True)
class SpoolStatus:
    name: str
    convention: str
    watching: bool
    """Whether what comes is seen; a silent recorder's spool is watched all the same."""
    trouble: str | None
    waiting: int
    in_work: int
    """Of those waiting."""
    taken_in: int
    last_taken_in_at_ms: int | None
    silent_since_ms: int | None
    silent_after_h: float | None
    left_alone: int
    standing: Standing | None
    """What its recordings in place have become, and nobody has acknowledged."""
