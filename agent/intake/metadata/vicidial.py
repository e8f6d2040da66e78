"""File names of VICIdial.

    {YYYYMMDD-HHMMSS}_{party}              the party: an adviser's telephone or login, or the customer's number
    {campaign}_{YYMMDDHHMMSS…}_{custphone}
    …-in  …-out  …-all                     legs and their mix

What more digits follow in the second form is the site's; a time that can be read in two ways is none. A party of up to
five digits is a telephone, one with letters a login, one of seven or more digits a number; six digits can be either.
Nothing tells which way the call went. Other names, which VICIdial can be told to write, are for a `name_pattern`.
"""

from __future__ import annotations

import re
from datetime import datetime

from agent.intake.metadata.name import NO_DIRECTION, NO_TIME, IsOurs, NameFacts, local_of, stem_of

NUMBER_LEAST_DIGITS = 7
_DATED = re.compile(r"(?P<time>[0-9]{8}-[0-9]{6})_(?P<party>[^_]*)")
_CAMPAIGN = re.compile(r"(?P<campaign>[^_]+)_(?P<time>[0-9]{12,20})_(?P<number>\+?[0-9]*)")
_LEG = re.compile(r"(?P<call>.+)-(?P<leg>in|out|all)", re.IGNORECASE | re.DOTALL)


def read_name(relative_name: str, is_ours: IsOurs) -> NameFacts:
    stem = stem_of(relative_name)
    leg = _LEG.fullmatch(stem)
    call = leg["call"] if leg else stem
    which = leg["leg"].lower() if leg else ""
    key, which = call, "" if which == "all" else which
    if dated := _DATED.fullmatch(call):
        local = local_of(dated["time"].replace("-", ""))
        party = dated["party"]
        extension, adviser, number = _side(party, is_ours)
        problems = [] if (extension or adviser or number is not None) else ["it cannot be told whose number that is"]
        problems += [NO_DIRECTION] + ([] if local else [NO_TIME])
        return NameFacts(
            extension=extension,
            adviser=adviser,
            number=number,
            local=local,
            local_said=dated["time"],
            call_key=key,
            leg=which,
            problems=tuple(problems),
        )
    if named := _CAMPAIGN.fullmatch(call):
        local = _short_time(named["time"])
        return NameFacts(
            number=named["number"],
            queue=named["campaign"],
            local=local,
            local_said=named["time"],
            call_key=key,
            leg=which,
            problems=(NO_DIRECTION,) if local else (NO_DIRECTION, NO_TIME),
        )
    return NameFacts(problems=("the file name is not one of VICIdial",))


def _side(party: str, is_ours: IsOurs) -> tuple[str | None, str | None, str | None]:
    """The adviser's telephone, the adviser's login, or the customer's number; only one of them."""
    if is_ours(party):
        return party, None, None
    digits = party.removeprefix("+")
    if digits.isascii() and digits.isdigit():
        return None, None, party if len(digits) >= NUMBER_LEAST_DIGITS else None
    return None, party or None, None


def _short_time(digits: str) -> datetime | None:
    """`YYMMDDHHMMSS` or `YYYYMMDDHHMMSS` at the start of digits, when only one of them can be meant."""
    short = local_of("20" + digits[:12])
    long = local_of(digits[:14]) if len(digits) >= 14 else None
    return short or long if short is None or long is None else None
