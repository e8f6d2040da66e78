"""Gathers the evidence as the log grows, and asks the rules again when something in it has changed.

Only what came since the last look is read, so that a look costs the same whatever the size of the log; the first one
after a start reads the whole window. In memory are the listenings of the window, some hundred bytes each.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

from agent.access.policy import POLICY
from agent.installation import Installation
from agent.services.calendar import Calendar
from agent.services.odd import rules
from agent.services.odd.evidence import Evidence
from agent.services.odd.finding import Finding
from agent.settings.odd import WINDOW_DAYS
from agent.wire import Role
from db.queries import accounts, odd_evidence
from db.queries import log as stored
from db.records import ListeningRecord, TraceRecord

ASKED_ANEW_MS = 60_000
"""Some rules wait for something that does not come: they are asked again also when nothing was written."""


class OddWatch:
    def __init__(self, house: Installation) -> None:
        self._house = house
        self._zone = Calendar.of(house.settings).zone
        self._lock = threading.Lock()
        self._next = -1
        """The place in the log from which on nothing was read yet."""
        self._listenings: dict[tuple[str, str, str], ListeningRecord] = {}
        self._refusals: list[TraceRecord] = []
        self._opens: list[TraceRecord] = []
        self._gaps: list[TraceRecord] = []
        self._findings: list[Finding] = []
        self._asked_at_ms: int | None = None

    def findings(self) -> list[Finding]:
        """What is odd now, newest first. Inside a read."""
        with self._lock:
            now_ms = self._house.now_ms()
            is_new = self._read_on(now_ms)
            if is_new or self._asked_at_ms is None or abs(now_ms - self._asked_at_ms) >= ASKED_ANEW_MS:
                self._leave_out_before(now_ms - WINDOW_DAYS * rules.DAY_MS)
                self._findings = rules.found(self._evidence(now_ms), self._house.settings.odd)
                self._asked_at_ms = now_ms
            return self._findings

    def _read_on(self, now_ms: int) -> bool:
        """Read what came since the last look; whether any rule looks at it."""
        size = stored.size()
        if size <= self._next:
            return False
        first = self._next if self._next >= 0 else odd_evidence.first_since(now_ms - WINDOW_DAYS * rules.DAY_MS)
        heard = odd_evidence.listenings(first)
        refused = odd_evidence.refusals(first)
        opened = odd_evidence.direct_opens(first)
        gaps = odd_evidence.recorded("sentry.gap", first)
        for listening in heard:
            self._add(listening)
        self._refusals += refused
        self._opens += opened
        self._gaps += gaps
        self._next = size
        return bool(heard or refused or opened or gaps) or odd_evidence.has_changed(first)

    def _add(self, new: ListeningRecord) -> None:
        key = (new.account, new.session, new.contact)
        known = self._listenings.get(key)
        if known is not None:
            is_for_complaint = known.is_for_complaint or new.is_for_complaint
            new = replace(known, until_ms=new.until_ms, is_for_complaint=is_for_complaint)
        self._listenings[key] = new

    def _leave_out_before(self, since_ms: int) -> None:
        self._listenings = {key: one for key, one in self._listenings.items() if one.until_ms >= since_ms}
        self._refusals = _since(self._refusals, since_ms)
        self._opens = _since(self._opens, since_ms)
        self._gaps = _since(self._gaps, since_ms)

    def _evidence(self, now_ms: int) -> Evidence:
        heard = list(self._listenings.values())
        return Evidence(
            now_ms=now_ms,
            zone=self._zone,
            listenings=heard,
            refusals=self._refusals,
            opens=self._opens,
            gaps=self._gaps,
            notes=self._notes(heard),
            callers=self._callers(heard, now_ms),
            agreements=self._agreements(now_ms),
        )

    def _notes(self, heard: Iterable[ListeningRecord]) -> dict[tuple[str, str], list[int]]:
        contacts = {one.contact for one in heard if one.is_for_complaint}
        notes: dict[tuple[str, str], list[int]] = defaultdict(list)
        for author, contact, at_ms in odd_evidence.notes_on(contacts):
            notes[author, contact].append(at_ms)
        return notes

    def _callers(self, heard: Iterable[ListeningRecord], now_ms: int) -> dict[str, str]:
        """The number on a contact, by its stand-in, where somebody has listened often enough for it to matter."""
        bounds = self._house.settings.odd.same_caller
        if not bounds.on:
            return {}
        recent = [one for one in heard if one.from_ms >= now_ms - bounds.days * rules.DAY_MS]
        often = Counter(one.account for one in recent)
        contacts = {one.contact for one in recent if often[one.account] >= bounds.count}
        numbers = odd_evidence.numbers_of(contacts)
        return {contact: self._house.log.digest("odd-caller", number) for contact, number in numbers.items()}

    def _agreements(self, now_ms: int) -> dict[str, int]:
        ends = odd_evidence.agreements()
        return {
            account.user: ends[account.user]
            for account in accounts.all_accounts(now_ms=now_ms)
            if account.user in ends
            and account.disabled_at_ms is None
            and any(POLICY[Role(role)].needs_agreement for role in account.roles)
        }


def _since(traces: list[TraceRecord], since_ms: int) -> list[TraceRecord]:
    return [trace for trace in traces if trace.at_ms >= since_ms]
