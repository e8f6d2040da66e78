from __future__ import annotations

from datetime import date

import pytest

from agent.errors import Conflict, EarwitnessError, NotFound, WrongUse
from agent.services.accounts import Appointments
from agent.services.caller import server_actor
from agent.services.desk import Desk
from agent.wire import Role
from tests.agent.conftest import PASSWORD, People
from tests.agent.in_process import unwritable
from tests.agent.log_reading import entries, leaves, newest


@pytest.fixture
def appointing(desk: Desk) -> Appointments:
    return Appointments(desk.gate, server_actor())


def names(appointing: Appointments) -> list[str]:
    return [person.user for person in appointing.everybody()]


def test_an_appointment_is_an_entry_with_who_and_what(appointing: Appointments, desk: Desk) -> None:
    appointing.add("eva.holm", display_name=" Eva Holm ", roles=[Role.ADVISER, Role.MANAGER], password=PASSWORD)
    (person,) = appointing.everybody()
    assert (person.user, person.display_name, person.roles) == ("eva.holm", "Eva Holm", ("adviser", "manager"))
    entry = newest(desk.house)
    assert (entry["action"], entry["target"], entry["detail"]) == (
        "account.add",
        "eva.holm",
        {"roles": "adviser manager"},
    )
    assert entry["actor"]["via"] == "server"
    assert PASSWORD.encode() not in leaves(desk.house)


def test_every_change_of_a_person_is_an_entry(appointing: Appointments, desk: Desk, people: People) -> None:
    people.appoint(Role.MAINTENANCE, "eva.holm")
    before = len(entries(desk.house))
    appointing.grant("eva.holm", Role.SECURITY)
    appointing.revoke("eva.holm", Role.MAINTENANCE)
    appointing.set_password("eva.holm", "another long one")
    appointing.disable("eva.holm")
    appointing.enable("eva.holm")
    appointing.file_agreement("eva.holm", reference="A-7", first_day=date(2026, 1, 1), last_day=date(2026, 12, 31))
    assert [(entry["action"], entry["detail"]) for entry in entries(desk.house)[before:]] == [
        ("account.grant", {"role": "security"}),
        ("account.revoke", {"role": "maintenance"}),
        ("account.password", {}),
        ("account.disable", {}),
        ("account.enable", {}),
        ("account.agreement", {"reference": "A-7", "until": "2026-12-31"}),
    ]
    (person,) = appointing.everybody()
    assert person.roles == ("security",)
    assert person.agreement_until_ms is not None


def test_a_name_is_never_used_again(appointing: Appointments, desk: Desk, people: People) -> None:
    people.appoint(Role.MANAGER, "eva.holm")
    appointing.disable("eva.holm")
    with pytest.raises(Conflict):
        appointing.add("eva.holm", display_name="Another Eva", roles=[Role.MANAGER], password=PASSWORD)
    assert (newest(desk.house)["outcome"], newest(desk.house)["reason"]) == ("failed", "conflict")


@pytest.mark.parametrize(
    "user", ["", "e", "Eva", "7eva", ".eva", "eva holm", "eva\n", "eva\x1b[2J", "évà", "x" * 33, "../eva", "[red]eva"]
)
def test_an_unfit_user_name_is_refused(user: str, appointing: Appointments) -> None:
    with pytest.raises(WrongUse):
        appointing.add(user, display_name="Eva", roles=[Role.MANAGER], password=PASSWORD)
    assert names(appointing) == []


@pytest.mark.parametrize("password", ["", "short", "x" * 11, "x" * 1025, "eva.holm is long", "is EVA.HOLM long"])
def test_an_unfit_password_is_refused_for_a_new_account_and_an_old_one(
    password: str, appointing: Appointments, people: People
) -> None:
    with pytest.raises(WrongUse) as refused:
        appointing.add("eva.holm", display_name="Eva", roles=[Role.MANAGER], password=password)
    assert not password or password not in str(refused.value)
    people.appoint(Role.MANAGER, "eva.holm")
    with pytest.raises(WrongUse):
        appointing.set_password("eva.holm", password)


def test_a_person_without_a_name_is_refused(appointing: Appointments) -> None:
    with pytest.raises(WrongUse):
        appointing.add("eva.holm", display_name=" ", roles=[Role.MANAGER], password=PASSWORD)


def test_an_agreement_that_ends_before_it_begins_is_refused(appointing: Appointments, people: People) -> None:
    people.appoint(Role.MAINTENANCE, "eva.holm")
    with pytest.raises(WrongUse):
        appointing.file_agreement("eva.holm", reference="A", first_day=date(2026, 2, 1), last_day=date(2026, 1, 1))


def test_nothing_is_done_to_somebody_who_is_not_there_and_the_try_is_an_entry(
    appointing: Appointments, desk: Desk
) -> None:
    with pytest.raises(NotFound):
        appointing.grant("Lindqvist", Role.MANAGER)
    entry = newest(desk.house)
    assert (entry["action"], entry["outcome"]) == ("account.grant", "failed")
    assert b"Lindqvist" not in leaves(desk.house)


def test_nobody_is_appointed_without_an_entry(appointing: Appointments, desk: Desk) -> None:
    with unwritable(desk.house), pytest.raises(EarwitnessError) as failed:
        appointing.add("eva.holm", display_name="Eva", roles=[Role.MANAGER], password=PASSWORD)
    assert failed.value.code == "cannot-log"
    assert names(appointing) == []
