"""What is odd in a real log, and that somebody looked into it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent import wire
from agent.audit.entry import Actor, Draft
from agent.errors import CannotLog, NotFound, NotPermitted, WrongUse
from agent.services.caller import Caller, new_request_id
from agent.services.desk import Desk
from agent.services.listening import Stated
from agent.services.odd.watch import OddWatch
from agent.wire import Outcome, Role
from db.engine import database
from tests.agent.clock import Clock
from tests.agent.conftest import People, TakeIn
from tests.agent.in_process import unwritable
from tests.agent.log_reading import entries, leaves, newest

HOUR_MS = 3_600_000
REMARK = "she was on call; her manager, Petri K., confirms it"


@pytest.fixture
def reviewer(people: People) -> Caller:
    return people.caller(Role.SECURITY)


@pytest.fixture
def at_night(clock: Clock) -> None:
    """Three in the morning of a Tuesday in Helsinki."""
    clock.forward(hours=13)


def hear(desk: Desk, caller: Caller, contact: str, purpose: str = "training") -> None:
    asked = replace(caller, request_id=new_request_id())
    desk.listening.listen(asked, contact, None, Stated(purpose), "bytes=0-99").reader.close()


def odd(desk: Desk, reviewer: Caller, *, acknowledged: bool = False) -> list[wire.Odd]:
    return desk.odd.findings(reviewer, acknowledged=acknowledged).items


@pytest.mark.usefixtures("at_night")
class TestAtNight:
    def test_a_finding_shows_its_own_entries(
        self, desk: Desk, people: People, take_in: TakeIn, reviewer: Caller
    ) -> None:
        call = take_in()
        adviser = people.caller(Role.ADVISER)
        for _ in range(5):
            hear(desk, adviser, call)
        (finding,) = odd(desk, reviewer)
        assert (finding.rule, finding.account) == ("at-night", "anna.berg")
        assert finding.measured["count"] == 1, "five parts of one recording are one listening"
        page = desk.audit.entries(reviewer, finding.query, offset=0, limit=100, as_of=None, cursor=None)
        assert {entry.action for entry in page.items} == {"contact.listen"}
        assert len(page.items) == 5

    def test_an_acknowledged_finding_stays_so_while_the_listening_goes_on(
        self, desk: Desk, people: People, take_in: TakeIn, reviewer: Caller
    ) -> None:
        call, adviser = take_in(), people.caller(Role.ADVISER)
        hear(desk, adviser, call)
        (finding,) = odd(desk, reviewer)
        desk.odd.acknowledge(reviewer, finding.id, REMARK)
        hear(desk, adviser, call)
        assert odd(desk, reviewer) == []
        (seen,) = odd(desk, reviewer, acknowledged=True)
        assert seen.acknowledged is not None
        assert (seen.id, seen.acknowledged.by, seen.acknowledged.remark) == (finding.id, "the.security", REMARK)

    def test_a_finding_that_grows_is_odd_again(
        self, desk: Desk, people: People, take_in: TakeIn, reviewer: Caller
    ) -> None:
        call = take_in()
        hear(desk, people.caller(Role.ADVISER), call)
        (before,) = odd(desk, reviewer)
        desk.odd.acknowledge(reviewer, before.id, REMARK)
        hear(desk, people.caller(Role.ADVISER), call)  # in another session
        (again,) = odd(desk, reviewer)
        assert (again.id, again.acknowledged, again.measured["count"]) == (before.id, None, 2)
        desk.odd.acknowledge(reviewer, again.id, "the same night")
        assert odd(desk, reviewer) == []

    def test_an_acknowledgement_is_an_entry_with_the_digest_of_its_remark(
        self, desk: Desk, people: People, take_in: TakeIn, reviewer: Caller
    ) -> None:
        hear(desk, people.caller(Role.ADVISER), take_in())
        (finding,) = odd(desk, reviewer)
        desk.odd.acknowledge(reviewer, finding.id, REMARK)
        entry = newest(desk.house)
        assert (entry["action"], entry["outcome"], entry["target"]) == ("odd.acknowledge", "allowed", finding.id)
        assert (entry["detail"]["rule"], entry["reason"][:5]) == ("at-night", "hmac:")
        assert b"Petri" not in leaves(desk.house)
        (shown,) = desk.audit.entries(
            reviewer, "action:odd.acknowledge", offset=0, limit=9, as_of=None, cursor=None
        ).items
        assert shown.reason == REMARK

    @pytest.mark.parametrize("remark", ["", "   ", "\t\n"])
    def test_without_a_remark_nothing_is_acknowledged(
        self, remark: str, desk: Desk, people: People, take_in: TakeIn, reviewer: Caller
    ) -> None:
        hear(desk, people.caller(Role.ADVISER), take_in())
        (finding,) = odd(desk, reviewer)
        with pytest.raises(WrongUse):
            desk.odd.acknowledge(reviewer, finding.id, remark)
        assert (newest(desk.house)["action"], newest(desk.house)["outcome"]) == ("odd.acknowledge", "failed")
        assert [one.id for one in odd(desk, reviewer)] == [finding.id]

    def test_when_the_entry_cannot_be_written_nothing_is_acknowledged(
        self, desk: Desk, people: People, take_in: TakeIn, reviewer: Caller
    ) -> None:
        hear(desk, people.caller(Role.ADVISER), take_in())
        (finding,) = odd(desk, reviewer)
        with unwritable(desk.house), pytest.raises(CannotLog):
            desk.odd.acknowledge(reviewer, finding.id, REMARK)
        assert [one.id for one in odd(desk, reviewer)] == [finding.id]

    @pytest.mark.parametrize("role", [Role.ADVISER, Role.MANAGER, Role.MAINTENANCE])
    def test_others_neither_see_nor_acknowledge_what_is_odd(
        self, role: Role, desk: Desk, people: People, take_in: TakeIn, reviewer: Caller
    ) -> None:
        hear(desk, people.caller(Role.ADVISER), take_in())
        (finding,) = [one for one in odd(desk, reviewer) if one.rule == "at-night"]
        caller = people.caller(role)
        with pytest.raises(NotPermitted):
            desk.odd.findings(caller, acknowledged=False)
        assert (newest(desk.house)["action"], newest(desk.house)["outcome"]) == ("audit.read", "refused")
        with pytest.raises(NotPermitted):
            desk.odd.acknowledge(caller, finding.id, REMARK)
        assert (newest(desk.house)["action"], newest(desk.house)["outcome"]) == ("odd.acknowledge", "refused")

    def test_a_remark_is_kept_as_it_is_whatever_it_holds(
        self, desk: Desk, people: People, take_in: TakeIn, reviewer: Caller
    ) -> None:
        hear(desk, people.caller(Role.ADVISER), take_in())
        (finding,) = odd(desk, reviewer)
        hostile = "[red]x[/red] \x1b[2J'); DROP TABLE entry; -- \u202e ok"
        desk.odd.acknowledge(reviewer, finding.id, hostile)
        (seen,) = odd(desk, reviewer, acknowledged=True)
        assert seen.acknowledged is not None
        assert seen.acknowledged.remark == hostile, "what shows it cleans it: agent.client"

    def test_looking_again_reads_only_what_is_new_and_finds_the_same(
        self, desk: Desk, people: People, take_in: TakeIn, reviewer: Caller
    ) -> None:
        call, adviser, manager = take_in(), people.caller(Role.ADVISER), people.caller(Role.MANAGER)
        for caller in (adviser, manager, adviser, manager):
            hear(desk, caller, call, "complaint")
            odd(desk, reviewer)
        with desk.house.register.read():
            assert OddWatch(desk.house).findings() == desk.odd._watch.findings()


def test_what_nobody_found_cannot_be_acknowledged(desk: Desk, reviewer: Caller) -> None:
    for typed in ("0" * 32, "+46701740605"):
        with pytest.raises(NotFound):
            desk.odd.acknowledge(reviewer, typed, REMARK)
    assert b"701740605" not in leaves(desk.house)


def test_looking_at_what_is_odd_is_an_entry(desk: Desk, reviewer: Caller) -> None:
    odd(desk, reviewer)
    entry = newest(desk.house)
    assert (entry["action"], entry["outcome"], entry["detail"]) == ("audit.read", "allowed", {"shown": "odd"})


def test_the_same_caller_is_found_across_contacts_and_never_named(
    desk: Desk, people: People, take_in: TakeIn, reviewer: Caller
) -> None:
    names = [f"in-3201-0046701740605-20261123-14050{n}-179544270{n}.{n}.wav" for n in range(5)]
    calls = [take_in(name, seconds=0.2) for name in names]
    other = take_in("in-3201-0046701740699-20261123-150500-1795446300.7.wav", seconds=0.2)
    adviser = people.caller(Role.ADVISER)
    for call in [*calls, other]:
        hear(desk, adviser, call)
    (finding,) = [one for one in odd(desk, reviewer) if one.rule == "same-caller"]
    assert (finding.measured["count"], finding.measured["contacts"]) == (5, 5)
    assert "701740605" not in finding.model_dump_json()
    page = desk.audit.entries(reviewer, finding.query, offset=0, limit=100, as_of=None, cursor=None)
    assert {entry.target for entry in page.items} == set(calls)


def test_a_note_in_time_is_seen(desk: Desk, people: People, take_in: TakeIn, clock: Clock) -> None:
    noted, forgotten = take_in(), take_in("in-3201-0046701740606-20261123-150500-1795446300.2.wav", seconds=0.2)
    adviser = people.caller(Role.ADVISER)
    for call in (noted, forgotten):
        hear(desk, adviser, call, "complaint")
    desk.contacts.add_note(adviser, noted, wire.NewNote(text="agreed on the price"))
    clock.forward(hours=25)
    found = [one.target for one in odd(desk, people.caller(Role.SECURITY)) if one.rule == "no-note"]
    assert found == [forgotten]


def test_refusals_and_direct_opens_and_gaps_are_found(desk: Desk, people: People, reviewer: Caller) -> None:
    adviser = people.caller(Role.ADVISER)
    for _ in range(5):
        with pytest.raises(NotPermitted):
            desk.audit.entries(adviser, "", offset=0, limit=1, as_of=None, cursor=None)
    root = Actor(uid=0, via="agent")
    desk.house.log.record(Draft(root, "file.open", Outcome.ALLOWED, target="f" * 32))
    desk.house.log.record(Draft(root, "file.open", Outcome.REFUSED, target="f" * 32))
    desk.house.log.record(Draft(Actor(), "sentry.gap", Outcome.FAILED))
    desk.house.log.record(Draft(Actor(), "sentry.start", Outcome.ALLOWED))
    desk.house.log.record(Draft(Actor(), "sentry.difference", Outcome.FAILED))
    found = {one.rule: one for one in odd(desk, reviewer)}
    assert set(found) == {"refused-in-a-row", "direct-open", "sentry-gap"}
    assert (found["refused-in-a-row"].account, found["refused-in-a-row"].measured["count"]) == ("anna.berg", 5)
    assert (found["direct-open"].uid, found["direct-open"].measured["count"]) == (0, 1)
    page = desk.audit.entries(reviewer, found["sentry-gap"].query, offset=0, limit=9, as_of=None, cursor=None)
    assert [entry.action for entry in page.items] == ["sentry.difference", "sentry.gap"]


def test_agreements_of_those_who_need_one_and_are_not_renewed(desk: Desk, people: People, clock: Clock) -> None:
    people.asking(Role.MAINTENANCE)
    reviewer = people.caller(Role.DPO)
    (finding,) = odd(desk, reviewer)
    assert (finding.rule, finding.account) == ("agreement-ending", "the.maintenance")
    renewed_until_ms = clock() + 400 * 24 * HOUR_MS

    def renew() -> None:
        database.execute_sql(
            "INSERT INTO agreement (account_id, reference, valid_from_ms, valid_until_ms) VALUES (?, 'A-2', ?, ?)",
            ("the.maintenance", clock(), renewed_until_ms),
        )

    desk.house.register.write(renew)
    clock.forward(minutes=1)
    assert odd(desk, reviewer) == []


def test_a_log_that_grew_by_a_second_process_is_read_on(desk: Desk, reviewer: Caller) -> None:
    odd(desk, reviewer)
    before = len(entries(desk.house))
    desk.house.log.record(Draft(Actor(), "sentry.gap", Outcome.FAILED))
    assert len(entries(desk.house)) == before + 1
    assert [one.rule for one in odd(desk, reviewer)] == ["sentry-gap"]
