"""Technical maintenance, which is bound to secrecy: nothing about contacts without an agreement that is valid now."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from agent import wire
from agent.errors import AgreementMissing, NotPermitted
from agent.services.caller import Asking, Caller
from agent.services.desk import Desk
from agent.services.listening import Stated
from agent.wire import ContactSort, Role
from db.queries import accounts
from tests.agent.clock import Clock
from tests.agent.conftest import PASSWORD, People, TakeIn, stored_password
from tests.agent.log_reading import newest

TOUCHING_CONTACTS: dict[str, Callable[[Desk, Caller, str], object]] = {
    "contact.search": lambda desk, caller, id: desk.contacts.search(
        caller, "", offset=0, limit=1, sort=ContactSort.NEWEST, as_of=None, cursor=None
    ),
    "contact.show": lambda desk, caller, id: desk.contacts.show(caller, id),
    "contact.listen": lambda desk, caller, id: desk.listening.listen(caller, id, None, Stated("quality"), None),
    "contact.waveform": lambda desk, caller, id: desk.listening.waveform(caller, id, None, 10),
}


def asking_without_agreement(desk: Desk, people: People) -> Asking:
    user = "without.paper"

    def job() -> None:
        accounts.add(user, display_name="Without", password=stored_password(), now_ms=people.clock())
        accounts.grant_role(user, Role.MAINTENANCE.value, people.clock())

    desk.house.register.write(job)
    session = desk.sessions.sign_in(
        Asking(uid=os.getuid(), token=None, request_id="r"), wire.SignIn(user=user, password=PASSWORD)
    )
    assert session.me.agreement_missing
    return Asking(uid=os.getuid(), token=session.token, request_id="r")


@pytest.mark.parametrize("action", TOUCHING_CONTACTS)
def test_without_an_agreement_nothing_about_contacts_is_released(
    action: str, desk: Desk, people: People, take_in: TakeIn
) -> None:
    call = take_in()
    caller = desk.caller(asking_without_agreement(desk, people))
    with pytest.raises(AgreementMissing):
        TOUCHING_CONTACTS[action](desk, caller, call)
    entry = newest(desk.house)
    assert (entry["action"], entry["outcome"], entry["reason"]) == (action, "refused", "agreement-missing")


def test_without_an_agreement_the_intake_can_be_tended(desk: Desk, people: People) -> None:
    caller = desk.caller(asking_without_agreement(desk, people))
    assert desk.intake.status(caller).quarantined == 0
    assert desk.health.status(caller).intake is not None


@pytest.mark.parametrize("action", TOUCHING_CONTACTS)
def test_an_agreement_that_ends_in_the_middle_of_a_session_ends_the_hearing(
    action: str, desk: Desk, people: People, clock: Clock, take_in: TakeIn
) -> None:
    call = take_in()
    asking = asking_without_agreement(desk, people)
    ends_at_ms = clock.at_ms + 10 * 60_000
    desk.house.register.write(lambda: accounts.add_agreement("without.paper", "A-2", clock.at_ms - 1, ends_at_ms))
    desk.contacts.show(desk.caller(asking), call)
    clock.forward(minutes=10)
    with pytest.raises(AgreementMissing):
        TOUCHING_CONTACTS[action](desk, desk.caller(asking), call)


def test_an_agreement_of_tomorrow_is_none_today(desk: Desk, people: People, clock: Clock, take_in: TakeIn) -> None:
    asking = asking_without_agreement(desk, people)
    begins_at_ms = clock.at_ms + 10 * 60_000
    desk.house.register.write(
        lambda: accounts.add_agreement("without.paper", "A-2", begins_at_ms, begins_at_ms + 60_000)
    )
    with pytest.raises(AgreementMissing):
        desk.contacts.show(desk.caller(asking), take_in())


def test_maintenance_hears_with_an_agreement_and_takes_nothing_away(
    desk: Desk, people: People, take_in: TakeIn
) -> None:
    call = take_in()
    caller = people.caller(Role.MAINTENANCE)
    release = desk.listening.listen(caller, call, None, Stated("quality"), None)
    assert b"".join(release.pieces()).startswith(b"RIFF")
    with pytest.raises(NotPermitted):
        desk.listening.export(caller, call, None, Stated("quality", reason="to look at it at home"))
    with pytest.raises(NotPermitted):
        desk.contacts.add_note(caller, call, wire.NewNote(text="no"))
