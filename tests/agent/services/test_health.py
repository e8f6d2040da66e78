from __future__ import annotations

import pytest

from agent.errors import CannotLog, NotPermitted
from agent.services.desk import Desk
from agent.wire import Role
from tests.agent.conftest import People, TakeIn
from tests.agent.in_process import unwritable
from tests.agent.log_reading import entries, newest


def test_the_status_counts_and_is_no_entry(desk: Desk, people: People, take_in: TakeIn) -> None:
    take_in()
    caller = people.caller(Role.ADMINISTRATOR)
    size = len(entries(desk.house))
    status = desk.health.status(caller)
    assert (status.contacts, status.log_size, status.can_log) == (1, size, True)
    assert status.checkpoint_at is not None
    assert status.intake is not None
    assert len(entries(desk.house)) == size


@pytest.mark.parametrize("role", [Role.SECURITY, Role.DPO, Role.CONTROLLER])
def test_who_does_not_tend_the_intake_sees_the_status_without_it(role: Role, desk: Desk, people: People) -> None:
    assert desk.health.status(people.caller(role)).intake is None


@pytest.mark.parametrize("role", [Role.ADVISER, Role.MANAGER])
def test_others_are_refused_and_logged(role: Role, desk: Desk, people: People) -> None:
    with pytest.raises(NotPermitted):
        desk.health.status(people.caller(role))
    assert (newest(desk.house)["action"], newest(desk.house)["outcome"]) == ("status.read", "refused")


def test_a_disk_that_takes_nothing_more_is_shown(desk: Desk, people: People) -> None:
    caller, manager = people.caller(Role.ADMINISTRATOR), people.caller(Role.MANAGER)
    with unwritable(desk.house), pytest.raises(CannotLog):
        desk.contacts.saved_searches(manager)
    status = desk.health.status(caller)
    assert not status.can_log
    assert status.trouble != []
    desk.contacts.saved_searches(manager)
    assert desk.health.status(caller).can_log
