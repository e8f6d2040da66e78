"""File names of the FreePBX family, as Asterisk's MixMonitor is told to write them.

It owns the pattern, and reads it from the **right**, since what stands on the left may hold hyphens:

    {type}-{dest}-{from}-{YYYYMMDD}-{HHMMSS}-{uniqueid}.wav      uniqueid = [systemname-]epoch.sequence

    type              direction  the internal side is
    out o             out        from
    in external       in         dest
    q r rg g          in         dest (a queue, a ring group)
    internal          none       both
    any other         by which side is internal: force, ondemand, parked, …

The date and time are the server's local ones. The epoch in the uniqueid is the moment when the call's channel
was made and knows no zone. A piece that is missing or that can be read in two ways is a problem, never a
guess.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from agent.intake.metadata.name import (
    NO_DIRECTION,
    NO_PARTIES,
    NO_TIME,
    IsOurs,
    NameFacts,
    direction_between,
    local_of,
    stem_of,
)
from agent.wire import Direction

SIDE_LEAST_DIGITS = 3
"""An internal number of fewer digits does not settle where a number with hyphens ends."""

_UNIQUEID = re.compile(r"(?P<unique>(?:.+-)?(?P<epoch>[0-9]{9,10})\.[0-9]{1,12})", re.DOTALL)
_BARE_UNIQUEID = re.compile(r"(?:^|-)(?P<unique>(?P<epoch>[0-9]{9,10})\.[0-9]{1,12})$")
_LEG = re.compile(r"(?P<call>.+[0-9])-(?P<leg>in|out)", re.IGNORECASE | re.DOTALL)
_TIME = re.compile(r"-(?P<date>[0-9]{8})-(?P<time>[0-9]{6})(?=-|$)")
_DIRECTIONS = {
    "out": Direction.OUT,
    "o": Direction.OUT,
    "in": Direction.IN,
    "external": Direction.IN,
    "q": Direction.IN,
    "r": Direction.IN,
    "rg": Direction.IN,
    "g": Direction.IN,
}
INTERNAL = "internal"


Way = Callable[[str], Direction | None]
"""What a type says of the direction; None when it says nothing."""


def read_name(relative_name: str, is_ours: IsOurs, way: Way = _DIRECTIONS.get) -> NameFacts:
    """Read a recording's name, of the whole call or of one leg (`-in`, `-out` at its end).

    Args:
        relative_name: Below the spool; its folders are not looked at.
        is_ours: Tells whether a text is an internal number, a queue or a number of the house.
        way: What the types of this member of the family mean.
    """
    stem, leg = without_leg(stem_of(relative_name))
    times = list(_TIME.finditer(stem))
    found = next((match for match in reversed(times) if _UNIQUEID.fullmatch(stem[match.end() + 1 :])), None)
    problems: list[str] = []
    if found is None and times:
        found = times[-1]
        problems.append("there is no uniqueid after the time")
    if found is None:
        return _without_time(stem, leg)
    unique = _UNIQUEID.fullmatch(stem[found.end() + 1 :])
    local = local_of(found["date"] + found["time"])
    if local is None:
        problems.append(NO_TIME)
    kind, hyphen, parties = stem[: found.start()].partition("-")
    kind = kind.lower()
    stated = way(kind)
    dest, caller = parties_of(parties, stated, is_ours) if hyphen else (None, None)
    if dest is None or caller is None:
        problems.append(NO_PARTIES)
    direction = None if kind == INTERNAL else stated or direction_between(dest, caller, is_ours)
    if direction is None and kind != INTERNAL:
        problems.append(NO_DIRECTION)
    return NameFacts(
        dest=dest,
        caller=caller,
        local=local,
        local_said=found["date"] + "-" + found["time"],
        epoch_s=float(unique["epoch"]) if unique else None,
        direction=direction,
        is_internal=kind == INTERNAL,
        call_id=unique["unique"] if unique else None,
        call_key=stem,
        leg=leg,
        problems=tuple(problems),
    )


def without_leg(stem: str) -> tuple[str, str]:
    """Part the name of a leg's file into the call's name and the leg; an empty leg when it is none."""
    found = _LEG.fullmatch(stem)
    return (found["call"], found["leg"].lower()) if found else (stem, "")


def _without_time(stem: str, leg: str) -> NameFacts:
    """A name that only ends as one of Asterisk does still tells which call it was, and when that was made."""
    unique = _BARE_UNIQUEID.search(stem)
    problems = ("the file name is not one of FreePBX",)
    if unique is None:
        return NameFacts(problems=problems)
    return NameFacts(
        epoch_s=float(unique["epoch"]), call_id=unique["unique"], call_key=stem, leg=leg, problems=problems
    )


def parties_of(parties: str, direction: Direction | None, is_ours: IsOurs) -> tuple[str | None, str | None]:
    """Part `dest-from`; where more hyphens stand in it, the internal side shows which one parts them."""
    pieces = parties.split("-")
    if len(pieces) == 2:
        return pieces[0], pieces[1]
    if len(pieces) < 2:
        return None, None
    starts_internal, ends_internal = (
        # An area code or a short group of digits is a part of a number.
        len(piece) >= SIDE_LEAST_DIGITS and not piece.startswith("0") and is_ours(piece)
        for piece in (pieces[0], pieces[-1])
    )
    if starts_internal and (direction is Direction.IN or (direction is None and not ends_internal)):
        return pieces[0], "-".join(pieces[1:])
    if ends_internal and (direction is Direction.OUT or (direction is None and not starts_internal)):
        return "-".join(pieces[:-1]), pieces[-1]
    return None, None
