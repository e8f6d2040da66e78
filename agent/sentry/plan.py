"""What the sentry is told to do, as it is handed to it on standard input: one JSON object, version 1.

    key               type      meaning
    ────────────────  ────────  ────────────────────────────────────────────────────────────────────
    v                 1         version of this format
    socket            string    where the agent listens for the sentry
    agent_uid         integer   OS user that the agent runs under: another at that socket is not talked to
    run_dir           string    folder for the journal and the run file, on a file system that is not watched
    answer_within_ms  integer   how long an open waits for its entry
    audit             boolean   whether the kernel's audit stream is asked as a second witness
    places            array     what is watched: name, path, is_recursive
    expected          array     rules (places, exe, uid): opens that are counted, not listed one by one
    deny              array     rules: opens that are refused

A rule names places and who: `exe` (a path; compared by device and inode), `uid`, or both, and then both must hold.
The file names in the plan are the configuration's, none of a recording.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

VERSION = 1


class PlanInvalid(Exception):
    """What stands on standard input is no plan of this version."""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that is watched."""

    name: str
    """`vault`, `keys`, `state` (the folder of the register) or `spool:NAME`."""
    path: str
    is_recursive: bool = True


@dataclass(frozen=True, slots=True)
class Rule:
    places: tuple[str, ...]
    exe: str | None = None
    uid: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    socket: str
    agent_uid: int
    run_dir: str
    answer_within_ms: int
    places: tuple[Place, ...]
    audit: bool = False
    expected: tuple[Rule, ...] = ()
    deny: tuple[Rule, ...] = ()


def written(plan: Plan) -> bytes:
    """The plan as it is handed over."""
    return json.dumps({"v": VERSION, **asdict(plan)}).encode()


def read(text: bytes) -> Plan:
    """The plan that was handed over.

    Raises:
        PlanInvalid: see there.
    """
    try:
        values = json.loads(text)
        if values.pop("v") != VERSION:
            raise PlanInvalid("another version")
        values["places"] = tuple(Place(**place) for place in values["places"])
        for name in ("expected", "deny"):
            values[name] = tuple(_rule(rule) for rule in values[name])
        return Plan(**values)
    except (ValueError, KeyError, TypeError) as error:
        raise PlanInvalid("not a plan") from error


def _rule(values: dict[str, Any]) -> Rule:
    return Rule(places=tuple(values["places"]), exe=values["exe"], uid=values["uid"])
