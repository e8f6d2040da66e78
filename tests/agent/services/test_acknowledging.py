"""What recordings in place have become is acknowledged: by whom it may be, as far as it was seen, with its entry."""

from __future__ import annotations

from typing import Any

import pytest

from agent import wire
from agent.errors import CannotLog, Conflict, NotFound, NotPermitted, WrongUse
from agent.intake.opened import open_in_spool, spool_of
from agent.intake.staying import Staying
from agent.services.caller import Caller
from agent.services.desk import Desk
from agent.settings import Settings
from agent.wire import Role
from db.queries import in_place, log_words
from tests.agent.calls import sound
from tests.agent.conftest import People
from tests.agent.in_process import Api, unwritable
from tests.agent.intake.taking import spool, take
from tests.agent.log_reading import entries, leaves, newest
from tests.agent.services.test_maintenance import asking_without_agreement
from tests.agent.stored import stored

MAY = (Role.ADMINISTRATOR, Role.MAINTENANCE)
WHY = "the recorder deletes after a year, ticket 17"
NAMES = [f"in-3201-0046701740605-20261123-14050{n}-179544270{n}.{n}.wav" for n in range(4)]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    source = settings.source[0].model_copy(update={"mode": "in-place"})
    return settings.model_copy(update={"source": [source]})


@pytest.fixture(params=MAY)
def keeper(request: pytest.FixtureRequest, people: People) -> Caller:
    return people.caller(request.param)


def come(desk: Desk, number: int) -> None:
    """A recording, taken in and lying where it lies."""
    take(desk.house, NAMES[number], sound(0.2, seed=number))


def change(desk: Desk, number: int, seed: int = 9) -> None:
    """Other bytes in the same file."""
    take(desk.house, NAMES[number], sound(0.3, seed=seed))


def look_at(desk: Desk, number: int) -> None:
    """Once more at a file that was touched, as it lies there."""
    source = desk.house.settings.source[0]
    with spool_of(source) as spool_fd, open_in_spool(spool_fd, NAMES[number]) as opened:
        desk.pipeline.take_in(source, spool_fd, opened, NAMES[number])


def go(desk: Desk, number: int) -> None:
    """A recording that is gone, as the watch notes it."""
    (spool(desk.house) / NAMES[number]).unlink()
    with desk.house.register.read():
        [record] = in_place.at_path("pbx", NAMES[number].encode())
    desk.house.register.write(lambda: Staying(desk.house).vanished(record))


def seen(desk: Desk, people: People) -> wire.Standing | None:
    """What a screen shows of the source."""
    return desk.intake.status(people.caller(Role.MAINTENANCE)).sources[0].standing


def counts(desk: Desk, people: People) -> tuple[int, int]:
    """Changed, gone."""
    stands = seen(desk, people)
    return (0, 0) if stands is None else (stands.changed, stands.vanished)


def asked(stands: wire.Standing | None, reason: str = WHY, **otherwise: int) -> wire.AcknowledgeStanding:
    assert stands is not None
    return wire.AcknowledgeStanding(reason=reason, **(stands.model_dump() | otherwise))


@pytest.fixture
def stands(desk: Desk, people: People) -> wire.Standing:
    """One changed and one gone."""
    for number in range(2):
        come(desk, number)
    change(desk, 0)
    go(desk, 1)
    found = seen(desk, people)
    assert found == wire.Standing(changed=1, vanished=1, newest_seq=newest(desk.house, "source.vanished")["seq"])
    return found


def test_what_stands_is_acknowledged_together_with_its_entry(
    desk: Desk, people: People, keeper: Caller, stands: wire.Standing
) -> None:
    desk.intake.acknowledge(keeper, "pbx", asked(stands))
    entry = newest(desk.house)
    assert (entry["action"], entry["outcome"], entry["target"]) == ("source.acknowledge", "allowed", "pbx")
    assert (entry["detail"], entry["actor"]["account"]) == ({"changed": 1, "vanished": 1}, keeper.user)
    with desk.house.register.read():
        assert log_words.behind([entry["reason"]]) == {entry["reason"]: WHY}
    assert b"ticket" not in leaves(desk.house)
    assert seen(desk, people) is None
    assert not any("in place" in trouble for trouble in desk.health.status(keeper).trouble)


def test_the_contacts_keep_their_remark(desk: Desk, keeper: Caller, stands: wire.Standing) -> None:
    def remarks() -> str:
        return "; ".join(sorted(contact.attention or "" for contact in stored(desk.house).contacts))

    before = remarks()
    assert "the recording is gone from where it lay" in before
    assert "the recording was changed where it lies" in before
    desk.intake.acknowledge(keeper, "pbx", asked(stands))
    assert remarks() == before


@pytest.mark.parametrize("role", [role for role in Role if role not in MAY])
def test_every_other_role_is_refused_and_logged(role: Role, desk: Desk, people: People, stands: wire.Standing) -> None:
    caller = people.caller(role)
    with pytest.raises(NotPermitted):
        desk.intake.acknowledge(caller, "pbx", asked(stands))
    entry = newest(desk.house)
    assert (entry["action"], entry["outcome"], entry["reason"]) == ("source.acknowledge", "refused", "not-permitted")
    assert entry["target"] == "pbx"
    assert seen(desk, people) == stands


def test_maintenance_needs_no_agreement_for_it(desk: Desk, people: People, stands: wire.Standing) -> None:
    desk.intake.acknowledge(desk.caller(asking_without_agreement(desk, people)), "pbx", asked(stands))
    assert seen(desk, people) is None


def test_when_the_register_cannot_be_written_nothing_is_acknowledged(
    desk: Desk, people: People, keeper: Caller, stands: wire.Standing
) -> None:
    before = entries(desk.house)
    with unwritable(desk.house), pytest.raises(CannotLog):
        desk.intake.acknowledge(keeper, "pbx", asked(stands))
    assert entries(desk.house) == before
    assert seen(desk, people) == stands


@pytest.mark.parametrize("reason", [" ", "\t\n"])
def test_a_reason_is_required(reason: str, desk: Desk, people: People, keeper: Caller, stands: wire.Standing) -> None:
    with pytest.raises(WrongUse):
        desk.intake.acknowledge(keeper, "pbx", asked(stands, reason))
    assert newest(desk.house)["outcome"] == "failed"
    assert seen(desk, people) == stands


@pytest.mark.parametrize(
    "otherwise",
    [
        {"changed": 0},
        {"changed": 2},
        {"vanished": 0},
        {"changed": 2, "vanished": 0},
        {"changed": 0, "vanished": 0, "newest_seq": 0},
        {"newest_seq": 1 << 53},
    ],
)
def test_what_does_not_fit_acknowledges_nothing(
    otherwise: dict[str, int], desk: Desk, people: People, keeper: Caller, stands: wire.Standing
) -> None:
    with pytest.raises(Conflict, match="look again"):
        desk.intake.acknowledge(keeper, "pbx", asked(stands, **otherwise))
    entry = newest(desk.house)
    assert (entry["action"], entry["outcome"], entry["reason"]) == ("source.acknowledge", "failed", "conflict")
    assert seen(desk, people) == stands


def test_it_is_acknowledged_once(desk: Desk, keeper: Caller, stands: wire.Standing) -> None:
    desk.intake.acknowledge(keeper, "pbx", asked(stands))
    with pytest.raises(Conflict):
        desk.intake.acknowledge(keeper, "pbx", asked(stands))


def test_what_came_after_the_look_stands(desk: Desk, people: People, keeper: Caller, stands: wire.Standing) -> None:
    come(desk, 2)
    go(desk, 2)
    desk.intake.acknowledge(keeper, "pbx", asked(stands))
    assert counts(desk, people) == (0, 1)
    assert newest(desk.house, "source.acknowledge")["detail"] == {"changed": 1, "vanished": 1}


def test_as_many_others_are_not_those_that_were_seen(
    desk: Desk, people: People, keeper: Caller, stands: wire.Standing
) -> None:
    come(desk, 1)
    come(desk, 2)
    go(desk, 2)
    assert counts(desk, people) == (1, 1)
    with pytest.raises(Conflict):
        desk.intake.acknowledge(keeper, "pbx", asked(stands))
    assert counts(desk, people) == (1, 1)


class TestALaterChange:
    """Of what was acknowledged."""

    @pytest.fixture(autouse=True)
    def acknowledged(self, desk: Desk, people: People, stands: wire.Standing) -> None:
        desk.intake.acknowledge(people.caller(Role.MAINTENANCE), "pbx", asked(stands))

    def test_other_bytes_stand_anew(self, desk: Desk, people: People) -> None:
        change(desk, 0, seed=8)
        assert counts(desk, people) == (1, 0)

    def test_other_rights_do_not(self, desk: Desk, people: People) -> None:
        (spool(desk.house) / NAMES[0]).chmod(0o600)
        look_at(desk, 0)
        assert counts(desk, people) == (0, 0)

    def test_what_is_back_and_gone_again_stands_anew(self, desk: Desk, people: People) -> None:
        come(desk, 1)
        assert counts(desk, people) == (0, 0)
        go(desk, 1)
        assert counts(desk, people) == (0, 1)

    def test_a_changed_one_that_is_gone_stands_anew(self, desk: Desk, people: People) -> None:
        go(desk, 0)
        assert counts(desk, people) == (0, 1)


@pytest.mark.parametrize("typed", ["0701740605", "pbx "])
def test_a_name_that_is_no_source_stands_in_the_log_only_as_a_digest(
    typed: str, desk: Desk, people: People, keeper: Caller, stands: wire.Standing
) -> None:
    with pytest.raises(NotFound):
        desk.intake.acknowledge(keeper, typed, asked(stands))
    entry = newest(desk.house)
    assert (entry["action"], entry["outcome"], entry["target"][:5]) == ("source.acknowledge", "failed", "hmac:")
    assert b"701740605" not in leaves(desk.house)
    with pytest.raises(NotPermitted):
        desk.intake.acknowledge(people.caller(Role.ADVISER), typed, asked(stands))
    assert newest(desk.house)["target"] == entry["target"]
    assert seen(desk, people) == stands


def test_over_the_api(desk: Desk, people: People, stands: wire.Standing) -> None:
    api, token = Api(desk), people.asking(Role.ADMINISTRATOR).token
    try:

        def ask(body: dict[str, Any]) -> int:
            path = "/v1/intake/sources/pbx/acknowledge"
            return api.ask("POST", path, token=token, json=body).status_code

        shown = api.ask("GET", "/v1/intake", token=token).json()["sources"][0]["standing"]
        assert shown == stands.model_dump()
        assert ask(shown) == 400
        assert ask({**shown, "reason": WHY, "all": True}) == 400
        assert ask({**shown, "reason": WHY, "vanished": 2}) == 409
        assert ask({**shown, "reason": WHY}) == 204
        assert api.ask("GET", "/v1/intake", token=token).json()["sources"][0]["standing"] is None
    finally:
        api.close()
