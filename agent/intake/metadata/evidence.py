"""Everything that was said about a call, and which of it is believed for each field.

It owns the order of belief: sidecar over file name over call record over tags over file time; and the look-up of
adviser and service in the settings. Each answer comes with its provenance: where it was read, what stood there, and
what is odd about it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from agent.intake.metadata.conventions import legs_of, read_name
from agent.intake.metadata.house import House
from agent.intake.metadata.name import NameFacts, direction_between
from agent.intake.metadata.sidecar import read_direction, read_sidecar, read_time
from agent.intake.metadata.statement import SIDECAR, Statement
from agent.intake.numbers import Number, read_number
from agent.intake.tags import Tags
from agent.intake.wav import WavHeader
from agent.intake.zone import Moment, in_utc, written_before
from agent.settings import Adviser, Settings, SidecarField, Source
from agent.wire import Direction, Provenance

NAME = "file name"
TAG = "tag"
FILE_TIME = "file time"
SETTINGS = "settings"
SAMPLES = "samples"

_PARTY = re.compile(r"[^()]*\(([^()]*)\)\s*")
"""`name (number)`, as FreeSWITCH writes the artist."""
_LEGS = {"agent": "adviser", "adviser": "adviser", "caller": "caller", "customer": "caller"}
_READ_IN_THE_NAME = frozenset({"freepbx", "issabel"})
"""Conventions that write a party as it stands here, between hyphens."""


RecordOf = Callable[[str], Statement | None]
"""What the telephone system's own records say of a call, by the recorder's name of it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Of one recording; its methods answer one field each."""

    source: Source
    house: House
    name: NameFacts
    sidecar: Statement
    record: Statement
    """Of the telephone system's own records."""
    header: WavHeader
    tags: Tags

    @classmethod
    def gather(
        cls,
        source: Source,
        settings: Settings,
        relative_name: str,
        sidecar: bytes | None,
        header: WavHeader,
        tags: Tags,
        record_of: RecordOf | None = None,
    ) -> Evidence:
        house = House.of(settings, source)
        # Bytes that are not UTF-8 lead to the file, but no text that is kept may hold them.
        readable = os.fsencode(relative_name).decode("utf-8", "replace")
        name = read_name(source, readable, house.is_ours)
        beside = Statement() if sidecar is None else read_sidecar(sidecar, source.sidecar, source.sidecar_of)
        call_id = name.call_id or beside.texts.get("call_id")
        record = record_of(call_id) if record_of and call_id else None
        return cls(source, house, name, beside, record or Statement(), header, tags)

    def troubles(self) -> dict[str, Provenance]:
        problems = {
            "sidecar": (SIDECAR, self.sidecar.problems.get("sidecar", "")),
            "name": (NAME, "; ".join(self.name.problems)),
            "tags": (TAG, self.tags.problem),
        }
        return {
            key: Provenance(read_from=read_from, problem=problem)
            for key, (read_from, problem) in problems.items()
            if problem
        }

    def _problem(self, field: SidecarField) -> str:
        return self.sidecar.problems.get(field, "")

    def _stated(self, field: SidecarField) -> str:
        return self.sidecar.texts.get(field, "").strip()

    def legs(self) -> tuple[tuple[str, ...], Provenance]:
        """Whose each channel is; empty when nothing says."""
        said = [self._stated("channel1"), self._stated("channel2")]
        legs = tuple(_LEGS.get(word.casefold(), "") for word in said)
        if all(legs) and self.header.channels == len(legs) and len(set(legs)) == len(legs):
            return legs, _provenance(SIDECAR, " ".join(legs))
        legs = legs_of(self.source, self.header.channels)
        return legs, _provenance(SETTINGS, " ".join(legs))

    # --- when ---

    def started_at(self, file_mtime: datetime) -> tuple[datetime, Provenance]:
        problems = [self._problem("started_at")]
        for read_from, said, at in self._times():
            moment = self._moment(at)
            if moment is None:
                problems.append(f"the time in the {read_from} is none")
            else:
                problems += [moment.problem or written_before(moment.at, file_mtime), self._other_day(moment.at)]
                return moment.at, _provenance(read_from, said, *problems)
        if self.name.epoch_s is not None:
            at = datetime.fromtimestamp(self.name.epoch_s, UTC)
            said = f"{self.name.epoch_s:.0f}"
            return at, _provenance(NAME, said, *problems, "it is when the call's channel was made, maybe long before")
        problem = "nothing says when the call began: it is when the file was last written, less its length"
        try:
            at = file_mtime.astimezone(UTC) - timedelta(milliseconds=self.header.duration_ms)
        except OverflowError:
            at, problem = (
                file_mtime.astimezone(UTC),
                "nothing says when the call began, and its length is absurd",
            )
        return at, _provenance(FILE_TIME, file_mtime.isoformat(), *problems, problem, self._other_day(at))

    def local(self, started_at: datetime) -> datetime:
        """A moment on the source's clock."""
        return started_at.astimezone(ZoneInfo(self.source.zone)).replace(tzinfo=None)

    def _other_day(self, at: datetime) -> str:
        is_other = self.name.day is not None and self.local(at).date() != self.name.day
        return "the file's name or folder tells another day" if is_other else ""

    def _times(self) -> list[tuple[str, str, datetime | None]]:
        """The times that were written down, the most believed first: where, how, and what it says."""
        times: list[tuple[str, str, datetime | None]] = []
        if said := self.sidecar.texts.get("started_at"):
            times.append((SIDECAR, said, read_time(said)))
        if self.name.local is not None:
            times.append((NAME, self.name.local_said, self.name.local))
        if said := self.record.texts.get("started_at"):
            times.append((self.record.read_from, said, read_time(said)))
        if self.name.epoch_s is None:
            broadcast = self.header.broadcast
            dated = f"{broadcast.get('date', '')}T{broadcast.get('time', '')}"
            for said in (dated, self.header.info.get("ICRD", ""), self.tags.texts.get("TDRC", "")):
                if (at := read_time(said)) is not None:
                    times.append((TAG, said, at))
        return times

    def _moment(self, at: datetime | None) -> Moment | None:
        if at is None:
            return None
        return in_utc(at, self.source.zone, self.name.epoch_s) if at.tzinfo is None else Moment(at.astimezone(UTC))

    # --- which way, and between whom ---

    def direction(self) -> tuple[Direction | None, Provenance]:
        said = self._stated("direction")
        stated = read_direction(said, self.source.directions) or self._between(self.sidecar)
        named = self.name.direction
        if stated is not None:
            differs = named is not None and named is not stated
            return stated, _provenance(SIDECAR, said, "the file name says otherwise" if differs else "")
        problem = "the direction in the sidecar is none" if said else self._problem("direction")
        if self.name.is_internal:
            return None, _provenance(NAME, "", problem, "an internal call has no direction")
        if named is None and (recorded := self._between(self.record)) is not None:
            return recorded, _provenance(self.record.read_from, "", problem)
        return named, _provenance(NAME, "", problem, "" if named else "nothing says whether the customer called")

    def _between(self, statement: Statement) -> Direction | None:
        """Which way a call went by its parties, when just one of them is the house's."""
        called, caller = statement.texts.get("called"), statement.texts.get("caller", statement.texts.get("number"))
        return direction_between(called, caller, self.house.is_ours)

    def _sides(self, direction: Direction | None) -> tuple[str | None, str | None]:
        """The internal side of the file name, and the customer's."""
        dest, caller = self.name.dest, self.name.caller
        way = self.name.direction or direction
        if way is None or self.name.is_internal:
            return None, None
        return (dest, caller) if way is Direction.IN else (caller, dest)

    def _stated_sides(self, statement: Statement, direction: Direction | None) -> tuple[str | None, str | None]:
        """The internal side of a statement, and the customer's."""
        called, caller = statement.texts.get("called"), statement.texts.get("caller")
        if direction is None or self.name.is_internal:
            return None, None
        return (called, caller) if direction is Direction.IN else (caller, called)

    def strangers(self) -> tuple[str, ...] | None:
        """Those parties of the file name that are none of the house, as they stand there between hyphens; None when
        the name does not say who took part, or says it otherwise.
        """
        dest, caller = self.name.dest, self.name.caller
        if dest is None or caller is None:
            return None
        strangers = tuple(
            party for party in (dest, caller) if any(map(str.isdigit, party)) and not self.house.is_ours(party)
        )
        return strangers if not strangers or self.source.convention in _READ_IN_THE_NAME else None

    def extension(self, direction: Direction | None) -> tuple[str | None, Provenance]:
        if stated := self._stated("extension"):
            return stated, _provenance(SIDECAR, stated)
        problem = self._problem("extension")
        if self.name.extension:
            return self.name.extension, _provenance(NAME, self.name.extension, problem)
        if self.name.is_internal:
            parties = (self.name.dest, self.name.caller)
            ours = [party for party in parties if party is not None and party in self.house.extensions]
            if len(ours) == 1:
                return ours[0], _provenance(NAME, ours[0], problem)
            return None, _provenance(NAME, "", problem, "it cannot be told whose call an internal one is")
        named = self._sides(direction)[0]
        for read_from, party in (
            (SIDECAR, self._stated_sides(self.sidecar, direction)[0]),
            (NAME, named),
            (self.record.read_from, self.record.texts.get("extension")),
            (self.record.read_from, self._stated_sides(self.record, direction)[0]),
        ):
            if party and self.house.is_telephone(party):
                return party, _provenance(read_from, party, problem)
        if named is None:
            return None, _provenance(NAME, "", problem, "nothing says which telephone took part")
        return None, _provenance(NAME, named, problem, "it is a queue or a called number, not a telephone")

    def number(self, direction: Direction | None) -> tuple[Number, Provenance]:
        said = self._numbers(direction)
        problems = [self._problem("number")]
        if self.name.is_internal:
            return Number(None, False, ""), _provenance(NAME, "", *problems, "an internal call has no customer")
        extensions = self.house.extensions
        for read_from, text in said:
            number = read_number(
                text, country=self.source.country, withheld_words=self.source.withheld, extensions=extensions
            )
            if number.withheld and direction is Direction.OUT:
                problems.append(f"the {read_from} does not say which number was called")
            elif number.e164 or number.withheld:
                return number, _provenance(read_from, text, *problems)
            else:
                problems.append(f"{read_from}: {number.problem}")
        read_from, text = said[0] if said else (NAME, "")
        problem = "" if said else "nothing says the customer's number"
        return Number(None, False, text), _provenance(read_from, text, *problems, problem)

    def _numbers(self, direction: Direction | None) -> list[tuple[str, str]]:
        """What was written for the customer's number, the most believed first: where, and how."""
        party = _PARTY.fullmatch(self.header.info.get("IART") or self.tags.texts.get("TPE1") or "")
        written = (
            (SIDECAR, self.sidecar.texts.get("number")),
            (SIDECAR, self._stated_sides(self.sidecar, direction)[1]),
            (NAME, self.name.number),
            (NAME, self._sides(direction)[1]),
            (self.record.read_from, self._stated_sides(self.record, direction)[1]),
            # The artist is who called: of a call to a customer that is the house.
            (TAG, party[1] if party is not None and direction is not Direction.OUT else None),
        )
        return [(read_from, text) for read_from, text in written if text is not None]

    # --- who, and for what ---

    def adviser(self, extension: str | None, local: datetime) -> tuple[Adviser | None, Provenance]:
        """The adviser by the settings then; one whom only sidecar or name tell has that name and no account."""
        problem = self._problem("adviser")
        for read_from, said in ((SIDECAR, self._stated("adviser")), (NAME, self.name.adviser)):
            if said:
                known = self.house.called(said, local)
                if len(known) == 1:
                    return known[0], _provenance(read_from, said, problem)
                named = Adviser(extension=extension or "", name=said)
                return named, _provenance(read_from, said, "the settings do not say which account this is")
        if extension is None:
            return None, _provenance(SETTINGS, "", problem, "nothing says who took part")
        having = self.house.adviser(extension, local)
        if having is not None:
            return having, _provenance(SETTINGS, extension, problem)
        was_ever = "then" if extension in self.house.extensions else ""
        why = " ".join(filter(None, ("the settings name no adviser for this extension", was_ever)))
        return None, _provenance(SETTINGS, extension, problem, why)

    def service(
        self, direction: Direction | None, adviser: Adviser | None, local: datetime
    ) -> tuple[str | None, Provenance]:
        problems = [self._problem("service"), self._problem("queue")]
        if stated := self._stated("service"):
            return self.house.service(stated, local) or stated, _provenance(SIDECAR, stated, *problems)
        if queue := self._stated("queue"):
            if service := self.house.service(queue, local):
                return service, _provenance(SIDECAR, queue, *problems)
            problems.append("the settings name no service for the queue in the sidecar")
        if named := self._stated("queue_name"):
            return self.house.service(named, local) or named, _provenance(SIDECAR, named, *problems)
        if self.name.service:
            return self.name.service, _provenance(NAME, self.name.service, *problems)
        way = self.name.direction or direction
        for read_from, called in (
            (SIDECAR, self._stated_sides(self.sidecar, direction)[0]),
            (NAME, self.name.queue),
            (NAME, self._sides(direction)[0] if way is Direction.IN else None),
            (self.record.read_from, self.record.texts.get("queue")),
            (self.record.read_from, self._stated_sides(self.record, direction)[0]),
        ):
            if called and (service := self.house.service(called, local)):
                return service, _provenance(read_from, called, *problems)
        if adviser and adviser.service:
            return adviser.service, _provenance(SETTINGS, adviser.extension, *problems)
        return None, _provenance(SETTINGS, "", *problems, "nothing says which service it was")


def _provenance(read_from: str, said: str, *problems: str) -> Provenance:
    return Provenance(read_from=read_from, said=said, problem="; ".join(filter(None, problems)))
