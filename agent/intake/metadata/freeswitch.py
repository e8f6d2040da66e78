"""File names of FreeSWITCH and FusionPBX: a UUID, under folders that tell the day.

    archive/{YYYY}/{Mon}/{DD}/{uuid}.wav        the month in English: Jan … Dec

The name says which call it was and on which day it began, nothing more; what else is known stands in RIFF INFO inside
the file (see `agent.intake.wav`) or in a sidecar.
"""

from __future__ import annotations

import re
from datetime import date

from agent.intake.metadata.name import NO_TIME, UUID, YEARS, IsOurs, NameFacts

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = re.compile(rf"(?P<uuid>{UUID})\.[^./]*")
_FOLDERS = re.compile(r"(?:.*/)?(?P<year>[0-9]{4})/(?P<month>[A-Za-z]{3})/(?P<day>[0-9]{2})/[^/]*", re.DOTALL)


def read_name(relative_name: str, is_ours: IsOurs) -> NameFacts:
    name = _NAME.fullmatch(relative_name.rpartition("/")[2])
    if name is None:
        return NameFacts(problems=("the file name is not one of FreeSWITCH",))
    folders = _FOLDERS.fullmatch(relative_name)
    day = day_of(folders["year"], folders["month"], folders["day"]) if folders else None
    problems = (NO_TIME,) if folders and day is None else ()
    return NameFacts(call_id=name["uuid"].lower(), day=day, problems=problems)


def day_of(year: str, month: str, day: str) -> date | None:
    """A day from digits and an English month of three letters, or digits; None when it is none."""
    try:
        number = MONTHS.index(month.lower()) + 1 if month.isalpha() else int(month)
        found = date(int(year), number, int(day))
    except ValueError:
        return None
    return found if found.year in YEARS else None
