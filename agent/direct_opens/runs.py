"""The sentry's runs as the log tells them: when one watched, when nobody did.

    sentry.start  a run begins, or is heard again (`continued`)
    sentry.stop   allowed: it left by itself; failed: it was lost
    sentry.gap    from the end of a run to the beginning of the next

All state is the log's own: whether the agent was there or not, what the next sentry says completes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from agent.audit.entry import Actor, Draft, read_leaf
from agent.direct_opens.entries import VIA, gap
from agent.direct_opens.reports import Hello
from agent.wire import Outcome
from db.queries import direct_opens as stored

START, STOP = "sentry.start", "sentry.stop"
REPORTED = ("file.open", "sentry.counted", "sentry.gap", "sentry.late", "sentry.difference")
_ALIVE = (START, *REPORTED, "agent.start", "agent.stop", "log.heartbeat")
"""Entries that the agent writes while it runs: as long as a run is not closed, the sentry was connected by then."""


@dataclass(frozen=True, slots=True)
class Run:
    """The newest run in the log."""

    id: str
    is_closed: bool
    has_left: bool
    ended_ms: int
    """When it was closed; when it was last known to live if it was not."""


def newest() -> Run | None:
    """Inside a read or a job of the register; None when there never was a sentry."""
    found = stored.newest_of((START, STOP))
    if found is None:
        return None
    leaf = read_leaf(found.leaf)
    is_closed = leaf["action"] == STOP
    ended_ms = leaf["at_ms"]
    if not is_closed:
        alive = stored.newest_of(_ALIVE)
        ended_ms = ended_ms if alive is None else int(alive.columns["at_ms"] or 0)
    return Run(str(leaf["detail"]["run"]), is_closed, leaf["outcome"] == Outcome.ALLOWED.value, ended_ms)


def durable(run: str) -> int:
    """The highest report of a run that is in the log; 0 for none. They are entered in order."""
    start = next((leaf for leaf in _leaves((START,)) if _begins(leaf, run)), None)
    if start is None:
        return 0
    for leaf in _leaves(REPORTED):
        if leaf["seq"] < start["seq"]:
            break
        of, _, number = str(leaf["request"]).partition("/")
        if of == run and number.isdigit():
            return int(number)
    return 0


def _begins(leaf: dict[str, Any], run: str) -> bool:
    return leaf["detail"].get("run") == run and "continued" not in leaf["detail"]


def _leaves(actions: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for record in stored.newest_first(actions):
        yield read_leaf(record.leaf)


def arrived(hello: Hello) -> list[Draft]:
    """What a sentry that has come makes of the log."""
    last = newest()
    drafts = []
    if last is not None and last.id != hello.run:
        drafts.append(_gap(last, hello))
    detail: dict[str, str | int | None] = {
        "run": hello.run,
        "unwatched": " ".join(hello.unwatched) or None,
        "audit": int(hello.audit),
    }
    if last is not None and last.id == hello.run:
        detail["continued"] = 1
    outcome = Outcome.FAILED if hello.unwatched else Outcome.ALLOWED
    drafts.append(Draft(Actor(via=VIA), START, outcome, detail=detail))
    return drafts


def _gap(last: Run, hello: Hello) -> Draft:
    since_ms, why = last.ended_ms, "the sentry was stopped" if last.has_left and last.is_closed else "the sentry died"
    previous = hello.previous
    if previous is not None and previous.run == last.id:
        # The run file knows better than a log that was not written meanwhile.
        since_ms = previous.alive_ms if not last.is_closed else min(previous.alive_ms, last.ended_ms)
        if previous.has_left:
            why = "the sentry was stopped"
    return gap(why, since_ms, hello.since_ms, run=hello.run)


def left(run: str, *, by_itself: bool) -> Draft:
    """That a run ended."""
    outcome = Outcome.ALLOWED if by_itself else Outcome.FAILED
    return Draft(Actor(via=VIA), STOP, outcome, reason=None if by_itself else "lost", detail={"run": run})
