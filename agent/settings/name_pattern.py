"""A site's own file names, described by a template: `{start:YYYYMMDD_HHMMSS}_{direction}_{extension}-{number}`.

It owns the language and the matching. There are no regular expressions in it: whoever writes one by accident that
backtracks for ever stops the intake, and a technician can read a template. A field ends where the rest of the template
fits; when a name can be read in two ways that differ, that is said, and neither is taken. The work is bounded by
`NAME_LIMIT`² × `FREE_LIMIT` steps, whatever the template and the name.

    text          stands for itself; `\\` before `{ } [ ] \\` makes them stand for themselves
    {field}       a piece of the name, see `FIELDS`
    {start:FORM}  a time: YYYY YY MM DD HH MM SS and `Mon` (Jan … Dec), the second MM being minutes; other signs for
                  themselves. `{day:FORM}` is a date without a time, `{time:FORM}` a time of that day
    {any}         a piece that says nothing
    [ … ]         may be left out

A template without `/` is for the file's own name, else for as many of its folders too; the file's ending (`.wav`) is
not a part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

_NUMBER = r"(?:[0-9+()., *#-]|%[0-9A-Fa-f]{2})*|[^\W\d_]*"
FIELDS: Mapping[str, re.Pattern[str]] = {
    "number": re.compile(_NUMBER),
    "caller": re.compile(_NUMBER),
    "called": re.compile(_NUMBER),
    "extension": re.compile(r"[0-9A-Za-z.]*"),
    "adviser": re.compile(r"[^/]*"),
    "queue": re.compile(r"[^/]*"),
    "service": re.compile(r"[^/]*"),
    "direction": re.compile(r"[^\W\d_]+"),
    "id": re.compile(r"[^/]+"),
    "leg": re.compile(r"[0-9A-Za-z]+"),
    "epoch": re.compile(r"[0-9]{9,14}(?:\.[0-9]{1,9})?"),
    "any": re.compile(r"[^/]*"),
}
"""What a field of any length may hold: `number` the customer's, empty or a word when withheld; `id` the recorder's own
name of the call; `leg` which leg this is; `epoch` seconds or milliseconds since 1970."""
TIMES = ("start", "day", "time")
PIECES_LIMIT = 64
FREE_LIMIT = 10
NAME_LIMIT = 300
"""Characters of a name, with as many folders as the template asks for; a longer one fits no template."""

UNITS: Mapping[str, re.Pattern[str]] = {
    "YYYY": re.compile(r"[0-9]{4}"),
    "YY": re.compile(r"[0-9]{2}"),
    "Mon": re.compile(r"[A-Za-z]{3}"),
    "MM": re.compile(r"[0-9]{2}"),
    "DD": re.compile(r"[0-9]{2}"),
    "HH": re.compile(r"[0-9]{2}"),
    "minutes": re.compile(r"[0-9]{2}"),
    "SS": re.compile(r"[0-9]{2}"),
}
_BRACES = re.compile(r"\\.|[{}\[\]]|[^{}\[\]\\]+|\\", re.DOTALL)
_INNER = re.compile(r"([a-z]+)(?::(.*))?", re.DOTALL)
_FORM = re.compile(r"YYYY|YY|Mon|MM|DD|HH|SS|[^A-Za-z0-9]+|[TUCZ]+|.", re.DOTALL)


class PatternInvalid(ValueError):
    """A template that cannot be meant."""


class TwoReadings(Exception):
    """A name that the template can be laid on in two ways."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that stands for itself, a unit of a time, a field of any length, or the start of what may be left out."""

    text: str = ""
    field: str = ""
    unit: str = ""
    """Of `start`, `day` and `time`: which unit its signs are."""
    skip_to: int = 0
    """Of the start of what may be left out: the piece behind that; 0 for any other piece."""

    @property
    def is_free(self) -> bool:
        return bool(self.field) and not self.unit


Values = dict[str, str]
"""Field = what stood there; of times `start YYYY`, `day MM`, …"""


class NamePattern:
    """A template, ready to be laid on names.

    Raises:
        PatternInvalid: it cannot be meant; the text says why.
    """

    def __init__(self, template: str) -> None:
        self.template = template
        self._pieces = tuple(_pieces(template))
        _refuse_unmeant(self._pieces)
        self._folders = sum(piece.text.count("/") for piece in self._pieces)

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(piece.field for piece in self._pieces if piece.field)

    def read(self, relative_name: str) -> Values | None:
        """Lay it on a name; None when it does not fit.

        Args:
            relative_name: Below the spool.

        Raises:
            TwoReadings: it fits in two ways that say different things.
        """
        folder, slash, name = relative_name.rpartition("/")
        stem = name.rpartition(".")[0] or name
        text = "/".join((folder + slash + stem).split("/")[-1 - self._folders :])
        if len(text) > NAME_LIMIT:
            return None
        readings = _Laying(self._pieces, text).readings()
        if len(readings) > 1:
            raise TwoReadings
        return dict(readings[0]) if readings else None


_Reading = tuple[tuple[str, str], ...]


class _Laying:
    """The ways to lay pieces on one text; each pair of a piece and a place is looked at once."""

    def __init__(self, pieces: tuple[Piece, ...], text: str) -> None:
        self._pieces = pieces
        self._text = text
        self._known: dict[tuple[int, int], list[_Reading]] = {}

    def readings(self) -> list[_Reading]:
        """At most two that differ."""
        return self._from(0, 0)

    def _from(self, at: int, place: int) -> list[_Reading]:
        if (at, place) not in self._known:
            found: list[_Reading] = []
            for reading in self._each(at, place):
                if reading not in found:
                    found.append(reading)
                if len(found) > 1:
                    break
            self._known[at, place] = found
        return self._known[at, place]

    def _each(self, at: int, place: int) -> Iterator[_Reading]:
        if at == len(self._pieces):
            if place == len(self._text):
                yield ()
            return
        piece = self._pieces[at]
        if piece.skip_to:
            yield from self._from(at + 1, place)
            yield from self._from(piece.skip_to, place)
        elif piece.unit:
            if unit := UNITS[piece.unit].match(self._text, place):
                for rest in self._from(at + 1, unit.end()):
                    yield ((f"{piece.field} {piece.unit}", unit[0]), *rest)
        elif piece.field:
            yield from self._free(piece.field, at, place)
        elif self._text.startswith(piece.text, place):
            yield from self._from(at + 1, place + len(piece.text))

    def _free(self, field: str, at: int, place: int) -> Iterator[_Reading]:
        folder_ends = self._text.find("/", place)
        last = len(self._text) if folder_ends < 0 else folder_ends
        for stop in range(place, last + 1):
            if (rests := self._from(at + 1, stop)) and FIELDS[field].fullmatch(self._text, place, stop):
                said = () if field == "any" else ((field, self._text[place:stop]),)
                for rest in rests:
                    yield (*said, *rest)


def _pieces(template: str) -> list[Piece]:
    pieces: list[Piece] = []
    opened: list[int] = []
    signs = iter(_BRACES.findall(template))
    for sign in signs:
        if sign == "{":
            pieces += _field(_inner(signs))
        elif sign == "[":
            opened.append(len(pieces))
            pieces.append(Piece())
        elif sign == "]":
            if not opened:
                raise PatternInvalid("a ] without its [")
            pieces[opened.pop()] = Piece(skip_to=len(pieces))
        elif sign == "}":
            raise PatternInvalid("a } without its {")
        elif sign == "\\":
            raise PatternInvalid("a \\ at the end")
        else:
            pieces.append(Piece(text=sign[1:] if sign[0] == "\\" else sign))
    if opened:
        raise PatternInvalid("a [ without its ]")
    return pieces


def _inner(signs: Iterator[str]) -> str:
    text = ""
    for sign in signs:
        if sign == "}":
            return text
        if sign[0] in "{[]\\":
            raise PatternInvalid(f"{sign[0]} inside of a field")
        text += sign
    raise PatternInvalid("a { without its }")


def _field(inner: str) -> list[Piece]:
    found = _INNER.fullmatch(inner)
    name, form = (found[1], found[2]) if found else (inner, None)
    if name in FIELDS and form is None:
        return [Piece(field=name)]
    if name in TIMES and form:
        return _form(name, form)
    known = ", ".join([*FIELDS, *(f"{time}:FORM" for time in TIMES)])
    raise PatternInvalid(f"there is no field {{{inner}}}; there are {known}")


def _form(name: str, form: str) -> list[Piece]:
    pieces: list[Piece] = []
    is_after_hours = name == "time"
    for sign in _FORM.findall(form):
        if sign == "MM" and is_after_hours:
            pieces.append(Piece(field=name, unit="minutes"))
        elif sign in UNITS:
            pieces.append(Piece(field=name, unit=sign))
            is_after_hours = is_after_hours or sign == "HH"
        elif len(sign) == 1 and sign.isalnum() and sign not in "TUCZ":
            raise PatternInvalid(f"{sign} in {{{name}:{form}}} is no part of a time")
        else:
            pieces.append(Piece(text=sign))
    return pieces


def _refuse_unmeant(pieces: tuple[Piece, ...]) -> None:
    if not 0 < len(pieces) <= PIECES_LIMIT or sum(piece.is_free for piece in pieces) > FREE_LIMIT:
        raise PatternInvalid(f"a template has at most {PIECES_LIMIT} pieces, {FREE_LIMIT} of them of any length")
    named = [(piece.field, piece.unit) for piece in pieces if piece.field and piece.field != "any"]
    twice = next((field for field, unit in named if named.count((field, unit)) > 1), None)
    if twice:
        raise PatternInvalid(f"{twice} stands twice")
    _refuse_half_times({field: {unit for other, unit in named if other == field} for field in TIMES})
    solid = [piece for piece in pieces if not piece.skip_to]
    for before, after in pairwise(solid):
        if before.is_free and after.is_free:
            raise PatternInvalid(f"where does {before.field} end and {after.field} begin?")


def _refuse_half_times(units: Mapping[str, set[str]]) -> None:
    for field in ("start", "day"):
        has_day = bool(units[field] & {"YYYY", "YY"}) and bool(units[field] & {"MM", "Mon"}) and "DD" in units[field]
        if units[field] and not has_day:
            raise PatternInvalid(f"{field} needs year, month and day")
    for field in ("start", "time"):
        if units[field] and not units[field] >= {"HH", "minutes"}:
            raise PatternInvalid(f"{field} needs hours and minutes")
    if units["time"] and not units["day"]:
        raise PatternInvalid("time needs a day")
    if units["start"] and units["day"]:
        raise PatternInvalid("start and day: one of them says it")
