"""Everything that was said about a call, and which of it is believed for each field.

It owns the order of belief, sidecar over file name over tags over file time, and the look-up of adviser and
service in the settings. Each answer comes with its provenance: where it was read, what stood there, and what
is odd about it.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from agent.intake.metadata import freepbx, plain
from agent.intake.metadata.name import NameFacts
from agent.intake.metadata.sidecar import Sidecar, read_direction, read_sidecar, read_time
from agent.intake.numbers import Number, is_extension, read_number
from agent.intake.tags import Tags
from agent.intake.wav import WavHeader
from agent.intake.zone import Moment, in_utc
from agent.settings import Adviser, Settings, Source
from agent.wire import Direction, Provenance

SIDECAR = "sidecar"
NAME = "file name"
TAG = "tag"
FILE_TIME = "file time"
SETTINGS = "settings"
SAMPLES = "samples"

_PARTY = re.compile(r"[^()]*\(([^()]*)\)\s*")
"""`name (number)`, as FreeSWITCH writes the artist."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Of one recording; its methods answer one field each."""

    source: Source
    settings: Settings
    name: NameFacts
    sidecar: Sidecar
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
    ) -> Evidence:
        def is_internal(party: str) -> bool:
            return is_extension(party, extensions) or party in settings.services

        extensions = {adviser.extension for adviser in settings.adviser}
        # Bytes that are not UTF-8 lead to the file, but no text that is kept may hold them.
        readable = os.fsencode(relative_name).decode("utf-8", "replace")
        name = freepbx.read_name(readable, is_internal) if source.convention == "freepbx" else plain.read_name()
        beside = Sidecar() if sidecar is None else read_sidecar(sidecar, source.sidecar)
        return cls(source, settings, name, beside, header, tags)

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

    def legs(self) -> tuple[str, ...]:
        """Whose each channel is; empty when nothing says."""
        stated = self.source.legs
        return tuple(stated) if len(stated) == self.header.channels else ()

    # --- when ---

    def started_at(self, file_mtime: datetime) -> tuple[datetime, Provenance]:
        problems = [self.sidecar.problems.get("started_at", "")]
        for read_from, said, at in self._times():
            moment = self._moment(at)
            if moment is None:
                problems.append(f"the time in the {read_from} is none")
            else:
                return moment.at, _provenance(read_from, said, *problems, moment.problem)
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
        return at, _provenance(FILE_TIME, file_mtime.isoformat(), *problems, problem)

    def _times(self) -> list[tuple[str, str, datetime | None]]:
        """The times that were written down, the most believed first: where, how, and what it says."""
        times: list[tuple[str, str, datetime | None]] = []
        if "started_at" in self.sidecar.texts:
            said = self.sidecar.texts["started_at"]
            times.append((SIDECAR, said, read_time(said)))
        if self.name.local is not None:
            times.append((NAME, self.name.local_said, self.name.local))
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
        said = self.sidecar.texts.get("direction", "")
        stated = read_direction(said)
        named = self.name.direction
        if stated is not None:
            differs = named is not None and named is not stated
            return stated, _provenance(SIDECAR, said, "the file name says otherwise" if differs else "")
        problem = "the direction in the sidecar is none" if said else self.sidecar.problems.get("direction", "")
        if self.name.is_internal:
            return None, _provenance(NAME, "", problem, "an internal call has no direction")
        return named, _provenance(NAME, "", problem, "" if named else "nothing says whether the customer called")

    def _sides(self, direction: Direction | None) -> tuple[str | None, str | None]:
        """The internal side of the file name, and the customer's."""
        dest, caller = self.name.dest, self.name.caller
        way = self.name.direction or direction
        if way is None or self.name.is_internal:
            return None, None
        return (dest, caller) if way is Direction.IN else (caller, dest)

    def strangers(self) -> tuple[str, ...] | None:
        """Those parties of the file name that are no telephone, queue or number of the house."""
        dest, caller = self.name.dest, self.name.caller
        if dest is None or caller is None:
            return None
        extensions = {adviser.extension for adviser in self.settings.adviser}
        return tuple(
            party
            for party in (dest, caller)
            if any(map(str.isdigit, party)) and not is_extension(party, extensions) and not self._service_of(party)
        )

    def extension(self, direction: Direction | None) -> tuple[str | None, Provenance]:
        stated = self.sidecar.texts.get("extension", "").strip()
        if stated:
            return stated, _provenance(SIDECAR, stated)
        problem = self.sidecar.problems.get("extension", "")
        configured = {adviser.extension for adviser in self.settings.adviser}
        if self.name.is_internal:
            parties = (self.name.dest, self.name.caller)
            ours = [party for party in parties if party is not None and party in configured]
            if len(ours) == 1:
                return ours[0], _provenance(NAME, ours[0], problem)
            return None, _provenance(NAME, "", problem, "it cannot be told whose call an internal one is")
        internal, _ = self._sides(direction)
        if internal is None:
            return None, _provenance(NAME, "", problem, "nothing says which telephone took part")
        if internal in configured or (is_extension(internal) and internal not in self.settings.services):
            return internal, _provenance(NAME, internal, problem)
        return None, _provenance(NAME, internal, problem, "it is a queue or a called number, not a telephone")

    def number(self, direction: Direction | None) -> tuple[Number, Provenance]:
        said = self._numbers(direction)
        problems = [self.sidecar.problems.get("number", "")]
        if self.name.is_internal:
            return Number(None, False, ""), _provenance(NAME, "", *problems, "an internal call has no customer")
        extensions = {adviser.extension for adviser in self.settings.adviser}
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
        said: list[tuple[str, str]] = []
        if "number" in self.sidecar.texts:
            said.append((SIDECAR, self.sidecar.texts["number"]))
        _, customer = self._sides(direction)
        if customer is not None:
            said.append((NAME, customer))
        party = _PARTY.fullmatch(self.header.info.get("IART") or self.tags.texts.get("TPE1") or "")
        # The artist is who called: of a call to a customer that is the house.
        if party is not None and direction is not Direction.OUT:
            said.append((TAG, party[1]))
        return said

    # --- who, and for what ---

    def adviser(self, extension: str | None) -> tuple[Adviser | None, Provenance]:
        """The adviser by the settings; one who is only named in the sidecar has that name and no account."""
        said = self.sidecar.texts.get("adviser", "").strip()
        problem = self.sidecar.problems.get("adviser", "")
        if said:
            known = [adviser for adviser in self.settings.adviser if said.casefold() in _called(adviser)]
            if len(known) == 1:
                return known[0], _provenance(SIDECAR, said, problem)
            named = Adviser(extension=extension or "", name=said)
            return named, _provenance(SIDECAR, said, "the settings do not say which account this is")
        if extension is None:
            return None, _provenance(SETTINGS, "", problem, "nothing says who took part")
        known = [adviser for adviser in self.settings.adviser if adviser.extension == extension]
        if len(known) == 1:
            return known[0], _provenance(SETTINGS, extension, problem)
        why = "the settings name several advisers" if known else "the settings name no adviser"
        return None, _provenance(SETTINGS, extension, problem, why + " for this extension")

    def service(self, direction: Direction | None, adviser: Adviser | None) -> tuple[str | None, Provenance]:
        texts, services = self.sidecar.texts, self.settings.services
        problems = [self.sidecar.problems.get(key, "") for key in ("service", "queue")]
        if stated := texts.get("service", "").strip():
            return services.get(stated, stated), _provenance(SIDECAR, stated, *problems)
        if queue := texts.get("queue", "").strip():
            if queue in services:
                return services[queue], _provenance(SIDECAR, queue, *problems)
            problems.append("the settings name no service for the queue in the sidecar")
        called, _ = self._sides(direction)
        if called and (self.name.direction or direction) is Direction.IN and (service := self._service_of(called)):
            return service, _provenance(NAME, called, *problems)
        if adviser and adviser.service:
            return adviser.service, _provenance(SETTINGS, adviser.extension, *problems)
        return None, _provenance(SETTINGS, "", *problems, "nothing says which service it was")

    def _service_of(self, called: str) -> str | None:
        """The service of a queue or called number, however that is written."""
        if called in self.settings.services:
            return self.settings.services[called]
        number = _e164(called, self.source.country)
        if number is None:
            return None
        named = (key for key in self.settings.services if _e164(key, self.source.country) == number)
        return next((self.settings.services[key] for key in named), None)


@lru_cache(maxsize=1024)
def _e164(own_number: str, country: str) -> str | None:
    """Kept, since the house's own numbers are asked for with every call."""
    return read_number(own_number, country=country).e164


def _called(adviser: Adviser) -> set[str]:
    return {text.casefold() for text in (adviser.account, adviser.name, adviser.extension) if text}


def _provenance(read_from: str, said: str, *problems: str) -> Provenance:
    return Provenance(read_from=read_from, said=said, problem="; ".join(filter(None, problems)))
