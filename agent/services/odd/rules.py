"""The rules, each a pure function over the evidence; what they measure against stands in the settings.

    rule              odd is                                                            one finding for each
    ────────────────  ────────────────────────────────────────────────────────────────  ─────────────────────────────
    much-listening    more listenings on a day than a multiple of one's own usual day   account and day
    at-night          listenings outside office hours                                   account and day
    same-caller       listenings to calls with one number, again and again              account and number
    no-note           listening for a complaint, and no note by the listener            account, contact and session
    refused-in-a-row  refusals close together                                           person and first refusal
    direct-open       files opened past the agent                                       OS user and day
    agreement-ending  a secrecy agreement that ends soon                                account and end
    sentry-gap        times of which nobody, or not everybody, knows who opened what    day

An export counts as a listening. Accounts and days are in a finding, a customer never is: the number of `same-caller` is
neither in what was measured nor in the query that shows the entries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import TypeVar

from agent.services.odd.evidence import Evidence
from agent.services.odd.finding import Finding, finding_id
from agent.settings.odd import OddRules, Office
from db.records import ListeningRecord, TraceRecord

Key = TypeVar("Key")
Item = TypeVar("Item")

DAY_MS = 24 * 3_600_000
JUDGED_DAYS = 14
"""Days that are held against the usual of those before them; the rest of the window is needed for the usual."""


def found(evidence: Evidence, rules: OddRules) -> list[Finding]:
    """Everything that is odd by the rules that are on, newest first."""
    findings = [one for name, rule in RULES.items() if getattr(rules, name).on for one in rule(evidence, rules)]
    return sorted(findings, key=lambda one: (one.at_ms, one.id), reverse=True)


def much_listening(evidence: Evidence, rules: OddRules) -> Iterator[Finding]:
    bounds = rules.much_listening
    first_judged = evidence.day(evidence.now_ms) - timedelta(days=JUDGED_DAYS)
    for account, of_account in _grouped(evidence.listenings, lambda one: one.account).items():
        by_day = _grouped(of_account, lambda one: evidence.day(one.from_ms))
        for day, heard in by_day.items():
            if day < first_judged or len(heard) < bounds.least:
                continue
            usual = _usual({each: len(some) for each, some in by_day.items()}, day, bounds.days, rules.office)
            if len(heard) > bounds.factor * usual:
                yield _of_listenings(
                    "much-listening",
                    heard,
                    about=(account, day),
                    query=f"actor:{account} on:{day} purpose:*",
                    measured={"day": day.isoformat(), "count": len(heard), "usual": round(usual)},
                )


def _usual(counts: dict[date, int], before: date, days: int, office: Office) -> float:
    """The median of the working days before one on which the account listened at all; 0 for somebody new."""
    earlier = sorted((day for day in counts if day < before and day.isoweekday() in office.weekdays), reverse=True)
    return median([counts[day] for day in earlier[:days]]) if earlier else 0.0


def at_night(evidence: Evidence, rules: OddRules) -> Iterator[Finding]:
    outside = [one for one in evidence.listenings if not _is_at_work(evidence.local(one.from_ms), rules.office)]
    for (account, day), heard in _grouped(outside, lambda one: (one.account, evidence.day(one.from_ms))).items():
        if len(heard) < rules.at_night.least:
            continue
        first, last = min(one.from_ms for one in heard), max(one.from_ms for one in heard)
        yield _of_listenings(
            "at-night",
            heard,
            about=(account, day),
            query=f"actor:{account} on:{day} purpose:*",
            measured={
                "day": day.isoformat(),
                "count": len(heard),
                "first": f"{evidence.local(first):%H:%M}",
                "last": f"{evidence.local(last):%H:%M}",
            },
        )


def _is_at_work(local: datetime, office: Office) -> bool:
    return local.isoweekday() in office.weekdays and office.opens <= local.time() < office.closes


def same_caller(evidence: Evidence, rules: OddRules) -> Iterator[Finding]:
    bounds = rules.same_caller
    since_ms = evidence.now_ms - bounds.days * DAY_MS
    recent = [one for one in evidence.listenings if one.from_ms >= since_ms and one.contact in evidence.callers]
    for (account, caller), heard in _grouped(recent, lambda one: (one.account, evidence.callers[one.contact])).items():
        if len(heard) < bounds.count:
            continue
        newest = max(heard, key=lambda one: one.first_seq)
        yield _of_listenings(
            "same-caller",
            heard,
            about=(account, caller),
            query=f"actor:{account} same-caller:{newest.contact} purpose:* after:{evidence.day(since_ms)}",
            measured={
                "count": len(heard),
                "contacts": len({one.contact for one in heard}),
                "days": bounds.days,
            },
            target=newest.contact,
        )


def no_note(evidence: Evidence, rules: OddRules) -> Iterator[Finding]:
    within_ms = round(rules.no_note.hours * 3_600_000)
    for one in evidence.listenings:
        latest_ms = one.until_ms + within_ms
        if not one.is_for_complaint or evidence.now_ms < latest_ms:
            continue
        written = evidence.notes.get((one.account, one.contact), ())
        if not any(one.from_ms <= at_ms <= latest_ms for at_ms in written):
            yield _of_listenings(
                "no-note",
                [one],
                about=(one.account, one.contact, one.session),
                query=f"actor:{one.account} contact:{one.contact}",
                measured={"hours": round(rules.no_note.hours)},
                target=one.contact,
            )


def refused_in_a_row(evidence: Evidence, rules: OddRules) -> Iterator[Finding]:
    bounds = rules.refused_in_a_row
    for (account, uid), refused in _grouped(evidence.refusals, lambda one: (one.account, one.uid)).items():
        for run in _runs(refused, within_ms=round(bounds.minutes * 60_000)):
            if len(run) < bounds.count:
                continue
            first, last = run[0], run[-1]
            yield Finding(
                id=finding_id("refused-in-a-row", account, uid, first.seq),
                rule="refused-in-a-row",
                at_ms=last.at_ms,
                newest_seq=last.seq,
                account=account,
                uid=uid,
                target=last.target,
                measured={"count": len(run), "minutes": -(-(last.at_ms - first.at_ms) // 60_000)},
                query=f"{_whose(account, uid)} outcome:refused {_between(first.at_ms, last.at_ms)}",
            )


def _runs(traces: Iterable[TraceRecord], *, within_ms: int) -> Iterator[list[TraceRecord]]:
    """Entries that follow each other closely."""
    run: list[TraceRecord] = []
    for trace in traces:
        if run and trace.at_ms - run[-1].at_ms > within_ms:
            yield run
            run = []
        run.append(trace)
    if run:
        yield run


def direct_open(evidence: Evidence, rules: OddRules) -> Iterator[Finding]:
    for (uid, day), opened in _grouped(evidence.opens, lambda one: (one.uid, evidence.day(one.at_ms))).items():
        who = "" if uid is None else f" uid:{uid}"
        yield _of_traces("direct-open", opened, about=(uid, day), uid=uid, query=f"action:file.open{who} on:{day}")


def sentry_gap(evidence: Evidence, rules: OddRules) -> Iterator[Finding]:
    for day, gaps in _grouped(evidence.gaps, lambda one: evidence.day(one.at_ms)).items():
        yield _of_traces("sentry-gap", gaps, about=(day,), uid=None, query=f"action:sentry. outcome:failed on:{day}")


def agreement_ending(evidence: Evidence, rules: OddRules) -> Iterator[Finding]:
    before_ms = rules.agreement_ending.days * DAY_MS
    for account, until_ms in evidence.agreements.items():
        if evidence.now_ms < until_ms <= evidence.now_ms + before_ms:
            last_day = evidence.day(until_ms - 1)
            yield Finding(
                id=finding_id("agreement-ending", account, until_ms),
                rule="agreement-ending",
                at_ms=until_ms - before_ms,
                newest_seq=0,
                account=account,
                target=account,
                measured={"until": last_day.isoformat()},
                query=f"target:{account} action:account.agreement",
            )


Rule = Callable[[Evidence, OddRules], Iterator[Finding]]

RULES: dict[str, Rule] = {
    "direct_open": direct_open,
    "sentry_gap": sentry_gap,
    "refused_in_a_row": refused_in_a_row,
    "much_listening": much_listening,
    "at_night": at_night,
    "same_caller": same_caller,
    "no_note": no_note,
    "agreement_ending": agreement_ending,
}
"""By the names of their settings."""


def _grouped(items: Iterable[Item], key: Callable[[Item], Key]) -> dict[Key, list[Item]]:
    groups: dict[Key, list[Item]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups


def _of_listenings(
    rule: str,
    heard: list[ListeningRecord],
    *,
    about: tuple[object, ...],
    query: str,
    measured: dict[str, str | int],
    target: str | None = None,
) -> Finding:
    return Finding(
        id=finding_id(rule, *about),
        rule=rule,
        at_ms=max(one.until_ms for one in heard),
        newest_seq=max(one.first_seq for one in heard),
        account=heard[0].account,
        target=target,
        measured=measured,
        query=query,
    )


def _of_traces(
    rule: str, traces: list[TraceRecord], *, about: tuple[object, ...], uid: int | None, query: str
) -> Finding:
    newest = max(traces, key=lambda one: one.seq)
    return Finding(
        id=finding_id(rule, *about),
        rule=rule,
        at_ms=newest.at_ms,
        newest_seq=newest.seq,
        uid=uid,
        target=newest.target,
        measured={"day": query.rpartition("on:")[2], "count": len(traces)},
        query=query,
    )


def _whose(account: str | None, uid: int | None) -> str:
    if account is not None:
        return f"actor:{account}"
    return "" if uid is None else f"uid:{uid}"


def _between(first_ms: int, last_ms: int) -> str:
    return f"after:{_second(first_ms)} before:{_second(last_ms + 1000)}"


def _second(at_ms: int) -> str:
    return f"{datetime.fromtimestamp(at_ms // 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"
