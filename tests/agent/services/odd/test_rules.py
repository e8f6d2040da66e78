"""Each rule by itself: what is odd, what just is not, and what makes one finding."""

from __future__ import annotations

import itertools
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agent.services.odd import rules as odd_rules
from agent.services.odd.evidence import Evidence
from agent.services.odd.finding import Finding
from agent.settings.odd import (
    AgreementEnding,
    AtNight,
    MuchListening,
    NoNote,
    OddRules,
    Office,
    RefusedInARow,
    Rule,
    SameCaller,
)
from db.records import ListeningRecord, TraceRecord

HELSINKI = ZoneInfo("Europe/Helsinki")
OFF = {
    "much_listening": MuchListening(on=False),
    "at_night": AtNight(on=False),
    "same_caller": SameCaller(on=False),
    "no_note": NoNote(on=False),
    "refused_in_a_row": RefusedInARow(on=False),
    "direct_open": Rule(on=False),
    "agreement_ending": AgreementEnding(on=False),
    "sentry_gap": Rule(on=False),
}
DAY_MS = 86_400_000
MINUTE_MS = 60_000


def ms(*local: int) -> int:
    """A moment in Helsinki."""
    return round(datetime(*local, tzinfo=HELSINKI).timestamp() * 1000)  # type: ignore[misc, arg-type]  # year, month, …


NOON = ms(2026, 11, 25, 12)
"""A Wednesday."""
_seqs = itertools.count(1)


def heard(
    contact: str = "c1", at_ms: int = NOON, *, account: str = "anna", session: str = "s", **more: Any
) -> ListeningRecord:
    until_ms = more.pop("until_ms", at_ms + MINUTE_MS)
    seq = more.pop("first_seq", next(_seqs))
    return ListeningRecord(account, session, contact, seq, at_ms, until_ms, more.pop("is_for_complaint", False))


def trace(
    at_ms: int, *, account: str | None = "anna", uid: int | None = 1000, target: str | None = "c1"
) -> TraceRecord:
    return TraceRecord(next(_seqs), at_ms, account, uid, "contact.show", target)


def odd(rules: OddRules, *, now_ms: int = NOON, **seen: Any) -> list[Finding]:
    return odd_rules.found(Evidence(now_ms=now_ms, zone=HELSINKI, **seen), rules)


def only(**rule: Any) -> OddRules:
    """One rule on, as it is handed in, and the others off."""
    office = rule.pop("office", Office())
    return OddRules(**{**OFF, **rule}, office=office)


def several(count: int, at_ms: int, account: str = "anna") -> list[ListeningRecord]:
    return [heard(f"c{number}", at_ms + number * MINUTE_MS, account=account) for number in range(count)]


# --- much listening --------------------------------------------------------------------------------------------------

MUCH = only(much_listening=MuchListening(factor=3, least=6, days=10))


def usual_days(each: int) -> list[ListeningRecord]:
    """The working days of two weeks, with so many listenings on each."""
    return [one for back in range(1, 15) for one in several(each, NOON - back * DAY_MS) if _is_weekday(back)]


def _is_weekday(back: int) -> bool:
    return datetime.fromtimestamp((NOON - back * DAY_MS) / 1000, HELSINKI).isoweekday() <= 5


def test_three_times_the_usual_is_not_yet_much_and_one_more_is() -> None:
    assert odd(MUCH, listenings=[*usual_days(2), *several(6, NOON)]) == []
    (finding,) = odd(MUCH, listenings=[*usual_days(2), *several(7, NOON)])
    assert finding.measured == {"day": "2026-11-25", "count": 7, "usual": 2}
    assert (finding.account, finding.query) == ("anna", "actor:anna on:2026-11-25 purpose:*")


def test_somebody_new_is_odd_from_the_least_on() -> None:
    assert odd(MUCH, listenings=several(5, NOON)) == []
    (finding,) = odd(MUCH, listenings=several(6, NOON))
    assert finding.measured["usual"] == 0


def test_the_usual_is_ones_own() -> None:
    (finding,) = odd(MUCH, listenings=[*usual_days(2), *several(6, NOON), *several(6, NOON, "mikko")])
    assert finding.account == "mikko"


def test_days_on_which_nothing_was_heard_are_no_part_of_the_usual() -> None:
    before_the_holiday = [one for back in (12, 13, 14) for one in several(5, NOON - back * DAY_MS)]
    assert odd(MUCH, listenings=[*before_the_holiday, *several(8, NOON)]) == []


def test_weekends_are_no_part_of_the_usual() -> None:
    saturday = several(50, ms(2026, 11, 21, 9))
    found = odd(MUCH, listenings=[*usual_days(2), *saturday, *several(7, NOON)])
    assert [one.measured["day"] for one in found] == ["2026-11-25", "2026-11-21"]


# --- at night --------------------------------------------------------------------------------------------------------

NIGHT = only(at_night=AtNight())


@pytest.mark.parametrize(
    ("at", "is_odd"),
    [
        ((2026, 11, 25, 6, 59), True),
        ((2026, 11, 25, 7, 0), False),
        ((2026, 11, 25, 17, 59), False),
        ((2026, 11, 25, 18, 0), True),
        ((2026, 11, 22, 12, 0), True),  # a Sunday
    ],
)
def test_outside_office_hours_is_at_night(at: tuple[int, ...], is_odd: bool) -> None:
    assert bool(odd(NIGHT, listenings=[heard(at_ms=ms(*at))], now_ms=ms(2026, 11, 26, 12))) is is_odd


def test_the_hours_are_those_of_the_zone_also_when_clocks_change() -> None:
    """On 2026-10-25 Helsinki goes from +03:00 to +02:00: seven in the morning is 04:00 UTC before it, 05:00 after."""
    now_ms = ms(2026, 10, 27, 12)
    friday, monday = ms(2026, 10, 23, 7), ms(2026, 10, 26, 7)
    assert monday - friday == 3 * DAY_MS + 60 * MINUTE_MS
    assert odd(NIGHT, now_ms=now_ms, listenings=[heard(at_ms=friday), heard(at_ms=monday)]) == []
    assert len(odd(NIGHT, now_ms=now_ms, listenings=[heard(at_ms=monday - MINUTE_MS)])) == 1


def test_one_night_of_one_account_is_one_finding() -> None:
    late = [heard(f"c{number}", ms(2026, 11, 24, 20, number)) for number in range(3)]
    (finding,) = odd(NIGHT, listenings=late)
    assert finding.measured == {"day": "2026-11-24", "count": 3, "first": "20:00", "last": "20:02"}


def test_office_hours_are_the_sites_own() -> None:
    shifts = Office(opens=time(0), closes=time(23, 59), weekdays=[1, 2, 3, 4, 5, 6, 7])
    assert odd(only(at_night=AtNight(), office=shifts), listenings=[heard(at_ms=ms(2026, 11, 22, 3))]) == []


# --- the same caller -------------------------------------------------------------------------------------------------

AGAIN = only(same_caller=SameCaller(count=3, days=7))
CALLERS = {"c1": "hmac:a", "c2": "hmac:a", "c3": "hmac:a", "d1": "hmac:b"}


def test_the_same_callers_calls_again_and_again() -> None:
    twice = [heard("c1", NOON - DAY_MS), heard("c2", NOON - 2 * DAY_MS), heard("d1")]
    assert odd(AGAIN, listenings=twice, callers=CALLERS) == []
    (finding,) = odd(AGAIN, listenings=[*twice, heard("c1", session="another")], callers=CALLERS)
    assert finding.measured == {"count": 3, "contacts": 2, "days": 7}
    assert finding.query.startswith("actor:anna same-caller:c1 ")


def test_what_was_heard_longer_ago_does_not_count() -> None:
    old = [heard(contact, NOON - 8 * DAY_MS) for contact in ("c1", "c2", "c3")]
    assert odd(AGAIN, listenings=old, callers=CALLERS) == []


def test_a_finding_holds_nothing_by_which_the_caller_is_known() -> None:
    (finding,) = odd(AGAIN, listenings=[heard(contact) for contact in ("c1", "c2", "c3")], callers=CALLERS)
    assert "hmac" not in repr(finding)


def test_withheld_numbers_are_no_caller() -> None:
    assert odd(AGAIN, listenings=several(9, NOON)) == []


# --- no note ---------------------------------------------------------------------------------------------------------

NOTE = only(no_note=NoNote(hours=24))
COMPLAINT = heard("c1", NOON - 2 * DAY_MS, is_for_complaint=True)


def test_listening_for_a_complaint_without_a_note_is_odd_when_the_time_is_over() -> None:
    assert odd(NOTE, listenings=[COMPLAINT], now_ms=COMPLAINT.until_ms + DAY_MS - 1) == []
    (finding,) = odd(NOTE, listenings=[COMPLAINT], now_ms=COMPLAINT.until_ms + DAY_MS)
    assert (finding.target, finding.measured) == ("c1", {"hours": 24})


@pytest.mark.parametrize(
    ("author", "after_ms", "is_odd"),
    [("anna", MINUTE_MS, False), ("anna", 3 * DAY_MS, True), ("anna", -MINUTE_MS, True), ("mikko", MINUTE_MS, True)],
)
def test_only_ones_own_note_in_time_counts(author: str, after_ms: int, is_odd: bool) -> None:
    notes = {(author, "c1"): [COMPLAINT.from_ms + after_ms]}
    assert bool(odd(NOTE, listenings=[COMPLAINT], notes=notes)) is is_odd


def test_other_purposes_need_no_note() -> None:
    assert odd(NOTE, listenings=[heard("c1", NOON - 2 * DAY_MS)]) == []


# --- refused in a row ------------------------------------------------------------------------------------------------

REFUSED = only(refused_in_a_row=RefusedInARow(count=3, minutes=10))


def test_refusals_close_together_are_odd() -> None:
    refused = [trace(NOON + number * 9 * MINUTE_MS) for number in range(3)]
    assert odd(REFUSED, refusals=refused[:2]) == []
    (finding,) = odd(REFUSED, refusals=refused)
    assert finding.measured == {"count": 3, "minutes": 18}
    assert finding.query == "actor:anna outcome:refused after:2026-11-25T10:00:00Z before:2026-11-25T10:18:01Z"


def test_refusals_far_apart_or_of_several_people_are_not() -> None:
    assert odd(REFUSED, refusals=[trace(NOON + number * 11 * MINUTE_MS) for number in range(5)]) == []
    assert odd(REFUSED, refusals=[trace(NOON, account=name) for name in ("anna", "mikko", "sara")]) == []


def test_who_has_not_signed_in_is_known_by_the_os_user() -> None:
    (finding,) = odd(REFUSED, refusals=[trace(NOON + number, account=None) for number in range(3)])
    assert (finding.account, finding.uid) == (None, 1000)
    assert finding.query.startswith("uid:1000 outcome:refused ")


# --- files, gaps, agreements -----------------------------------------------------------------------------------------


def test_direct_opens_are_one_finding_for_each_user_and_day() -> None:
    opens = [trace(NOON, account=None), trace(NOON + 1, account=None), trace(NOON - DAY_MS, account=None)]
    today, yesterday = odd(only(direct_open=Rule()), opens=opens)
    assert (today.measured, today.query) == (
        {"day": "2026-11-25", "count": 2},
        "action:file.open uid:1000 on:2026-11-25",
    )
    assert yesterday.measured == {"day": "2026-11-24", "count": 1}


def test_a_direct_open_of_nobody_knows_whom_is_odd_too() -> None:
    (finding,) = odd(only(direct_open=Rule()), opens=[trace(NOON, account=None, uid=None)])
    assert finding.query == "action:file.open on:2026-11-25"


def test_gaps_are_one_finding_a_day() -> None:
    (finding,) = odd(only(sentry_gap=Rule()), gaps=[trace(NOON), trace(NOON + 1)])
    assert (finding.rule, finding.measured["count"]) == ("sentry-gap", 2)


@pytest.mark.parametrize(("days_left", "is_odd"), [(31, False), (30, True), (1, True), (0, False), (-1, False)])
def test_an_agreement_that_ends_soon_is_odd(days_left: int, is_odd: bool) -> None:
    agreements = {"tech": NOON + days_left * DAY_MS}
    assert bool(odd(only(agreement_ending=AgreementEnding(days=30)), agreements=agreements)) is is_odd


# --- all of them -----------------------------------------------------------------------------------------------------


def test_nothing_is_odd_where_nothing_happened() -> None:
    assert odd(OddRules()) == []


@pytest.mark.parametrize("name", OFF)
def test_each_rule_can_be_switched_off(name: str) -> None:
    seen: dict[str, Any] = {
        "listenings": [
            *several(40, ms(2026, 11, 24, 22)),
            *(heard("c1", NOON - 2 * DAY_MS, session=f"s{number}", is_for_complaint=True) for number in range(5)),
        ],
        "callers": CALLERS,
        "refusals": [trace(NOON + number) for number in range(9)],
        "opens": [trace(NOON)],
        "gaps": [trace(NOON)],
        "agreements": {"tech": NOON + DAY_MS},
    }
    kind = name.replace("_", "-")
    assert kind in {one.rule for one in odd(OddRules(), **seen)}
    assert kind not in {one.rule for one in odd(OddRules(**{name: OFF[name]}), **seen)}


def test_ids_stay_and_what_a_finding_rests_on_grows_only_with_another_listening() -> None:
    first = heard("c1", ms(2026, 11, 24, 20), first_seq=10)
    (before,) = odd(NIGHT, listenings=[first])
    goes_on = heard("c1", first.from_ms, first_seq=10, until_ms=first.until_ms + 9 * MINUTE_MS)
    (later,) = odd(NIGHT, listenings=[goes_on])
    assert (later.id, later.newest_seq) == (before.id, before.newest_seq)
    (grown,) = odd(NIGHT, listenings=[goes_on, heard("c2", first.from_ms, first_seq=99)])
    assert (grown.id, grown.newest_seq) == (before.id, 99)


def test_the_newest_comes_first() -> None:
    both = odd(NIGHT, listenings=[heard(at_ms=ms(2026, 11, 23, 20)), heard("c2", ms(2026, 11, 24, 20))])
    assert [one.measured["day"] for one in both] == ["2026-11-24", "2026-11-23"]
