"""Those who watch hear of what another process takes in."""

from __future__ import annotations

import pytest

from agent.installation import Installation
from agent.intake.backlog import Backlog, Tally
from agent.intake.scan_state import only_scan, running_scan
from agent.services.desk import Desk
from agent.services.scans import Scans
from agent.settings import Settings
from agent.wire import Role
from tests.agent.calls import sound
from tests.agent.conftest import People
from tests.agent.intake.test_backlog import put_old

OF_ANNA = "in-3201-0046701740605-20261123-140500-1795442700.1.wav"
OF_NOBODY = "in-9999-0046701740606-20261123-140500-1795442701.1.wav"


class Told:
    def __init__(self) -> None:
        self.heard: set[tuple[str, str | None]] = set()

    def publish(self, kind: str, account: str | None = None) -> None:
        self.heard.add((kind, account))

    def since(self) -> set[tuple[str, str | None]]:
        heard, self.heard = self.heard, set()
        return heard


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def scans(desk: Desk, told: Told) -> Scans:
    made = Scans(desk.house, told)  # type: ignore[arg-type]  # all of it that is used
    made.begin()
    return made


def test_as_long_as_no_scan_runs_nothing_is_told(scans: Scans, told: Told) -> None:
    scans.look()
    assert told.since() == set()


def test_new_contacts_are_told_to_whom_they_belong(
    scans: Scans, told: Told, house: Installation, settings: Settings
) -> None:
    spool = settings.source[0].spool
    with only_scan(house) as teller:
        scans.look()
        assert told.since() == {("intake", None), ("audit", None)}
        put_old(spool, OF_ANNA, sound(0.1))
        teller.tell_now(Backlog(house, lambda tally: None, beside_agent=True).take_in())
        scans.look()
        assert told.since() == {("contacts", "anna.berg"), ("intake", None), ("audit", None)}
        scans.look()
        assert told.since() == set()
        put_old(spool, OF_NOBODY, sound(0.1, seed=1))
        teller.tell_now(Backlog(house, lambda tally: None, beside_agent=True).take_in())
        scans.look()
        assert told.since() == {("contacts", None), ("intake", None), ("audit", None)}


def test_one_that_ends_between_two_looks_is_told_too(
    scans: Scans, told: Told, house: Installation, settings: Settings
) -> None:
    put_old(settings.source[0].spool, OF_ANNA, sound(0.1))
    with only_scan(house):
        Backlog(house, lambda tally: None, beside_agent=True).take_in()
    scans.look()
    assert ("contacts", "anna.berg") in told.since()


def test_what_one_did_that_was_killed_is_told(
    scans: Scans, told: Told, house: Installation, settings: Settings
) -> None:
    put_old(settings.source[0].spool, OF_ANNA, sound(0.1))
    with only_scan(house):
        scans.look()
        told.since()
        Backlog(house, lambda tally: None, beside_agent=True).take_in()  # and never a word of it
        scans.look()
        assert told.since() == set()
    scans.look()
    assert ("contacts", "anna.berg") in told.since()


def test_whoever_reads_the_intake_or_its_state_sees_how_far_it_is(
    desk: Desk, people: People, house: Installation
) -> None:
    caretaker = people.caller(Role.MAINTENANCE)
    assert desk.intake.status(caretaker).scan is None
    with only_scan(house) as teller:
        teller.tell_now(Tally(files=10, taken_in=4))
        scan = desk.intake.status(caretaker).scan
        assert scan is not None
        assert (scan.files, scan.taken_in) == (10, 4)
        whole = desk.health.status(caretaker).intake
        assert whole is not None
        assert whole.scan == scan
    assert desk.intake.status(caretaker).scan is None
    assert running_scan(desk.house.settings.state_dir) is None
