"""File names of a site's own, read by the template of its source (`agent.settings.name_pattern`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from urllib.parse import unquote

from agent.intake.metadata.freeswitch import MONTHS, day_of
from agent.intake.metadata.name import NO_DIRECTION, NO_TIME, IsOurs, NameFacts, direction_between, local_of
from agent.intake.metadata.sidecar import read_direction, read_time
from agent.settings.name_pattern import NamePattern, TwoReadings, Values
from agent.wire import Direction

_TIME_UNITS = ("YYYY", "MM", "DD", "HH", "minutes", "SS")


def read_name(
    relative_name: str,
    is_ours: IsOurs,
    pattern: NamePattern,
    missing: Collection[str] = (),
    directions: Mapping[str, Direction] | None = None,
) -> NameFacts:
    """Read a name by a template.

    Args:
        relative_name: Below the spool.
        is_ours: Tells whether a party is the house's.
        pattern: The source's.
        missing: Words, in lower case, that stand for what the recorder did not know.
        directions: The site's own words for a direction, in lower case.
    """
    try:
        found = pattern.read(relative_name)
    except TwoReadings:
        return NameFacts(problems=("the file name can be read in two ways by the source's name_pattern",))
    if found is None:
        return NameFacts(problems=("the file name does not fit the source's name_pattern",))
    values = {field: _unquoted(said) for field, said in found.items() if said.casefold() not in missing}
    problems: list[str] = []
    local, day = _when(found, problems)
    epoch = read_time(values.get("epoch", ""))
    direction = _direction(values, is_ours, directions or {})
    if direction is None and ("direction" in values or "caller" in values):
        problems.append(NO_DIRECTION)
    leg = values.get("leg", "").lower()
    return NameFacts(
        dest=values.get("called"),
        caller=values.get("caller"),
        number=values.get("number"),
        extension=values.get("extension") or None,
        adviser=values.get("adviser") or None,
        queue=values.get("queue") or None,
        service=values.get("service") or None,
        local=local or epoch,
        local_said=" ".join(said for field, said in found.items() if " " in field or field == "epoch"),
        day=day,
        epoch_s=epoch.timestamp() if local and epoch else None,
        direction=direction,
        call_id=values.get("id") or None,
        call_key=_key(found, pattern),
        leg="" if leg in ("mix", "all", "mixed") else leg,
        problems=tuple(problems),
    )


def _unquoted(said: str) -> str:
    """A piece of a name without percent-encoding; no zero byte comes out of it."""
    return unquote(said).replace("\0", "\N{REPLACEMENT CHARACTER}")


def _when(found: Values, problems: list[str]) -> tuple[datetime | None, date | None]:
    """The time of the start, or the day alone where the template has no more."""
    units = {field.partition(" ")[2]: said for field, said in found.items() if " " in field}
    if not units:
        return None, None
    if "YY" in units:
        units["YYYY"] = "20" + units.pop("YY")
    if "Mon" in units:
        month = units.pop("Mon").lower()
        units["MM"] = f"{MONTHS.index(month) + 1:02}" if month in MONTHS else "00"
    local = day = None
    if "HH" in units:
        local = local_of("".join(units.get(unit, "00") for unit in _TIME_UNITS))
    else:
        day = day_of(units["YYYY"], units["MM"], units["DD"])
    if local is None and day is None:
        problems.append(NO_TIME)
    return local, day


def _direction(values: Values, is_ours: IsOurs, directions: Mapping[str, Direction]) -> Direction | None:
    if said := values.get("direction"):
        return directions.get(said.casefold()) or read_direction(said)
    return direction_between(values.get("called"), values.get("caller"), is_ours)


def _key(found: Values, pattern: NamePattern) -> str | None:
    """What the files of one call have in common: all that the name says but the leg."""
    if "leg" not in pattern.fields:
        return None
    return "/".join(f"{field}={said}" for field, said in sorted(found.items()) if field != "leg")
