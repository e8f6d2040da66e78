from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from agent.access.passwords import NOBODYS
from agent.access.sessions import token_hash
from agent.errors import AccountLocked, EarwitnessError, NotSignedIn, SignInFailed
from agent.services import sessions
from agent.services.accounts import Appointments
from agent.services.caller import Asking, server_actor
from agent.services.desk import Desk
from agent.settings import Settings
from agent.wire import Role, Session, SignIn
from db.engine import database
from tests.agent.clock import Clock
from tests.agent.conftest import PASSWORD, People
from tests.agent.log_reading import entries, newest

KNOCKING = Asking(uid=os.getuid(), token=None, request_id="knock")


@pytest.fixture
def manager(people: People) -> str:
    return people.appoint(Role.MANAGER, "the.manager")


def sign_in(desk: Desk, user: str, password: str = PASSWORD) -> Session:
    return desk.sessions.sign_in(KNOCKING, SignIn(user=user, password=password, via="tui"))


def lock(desk: Desk, user: str) -> None:
    for _ in range(desk.house.settings.lockout_failures):
        with pytest.raises(SignInFailed):
            sign_in(desk, user, "wrong password")


def test_signing_in_tells_who_one_is_and_is_an_entry(desk: Desk, manager: str) -> None:
    session = sign_in(desk, manager)
    assert (session.me.user, session.me.roles, session.me.scope) == (manager, [Role.MANAGER], "all")
    entry = newest(desk.house)
    assert (entry["action"], entry["outcome"], entry["target"]) == ("session.begin", "allowed", manager)
    actor = entry["actor"]
    assert (actor["account"], actor["uid"], actor["via"]) == (manager, os.getuid(), "tui")


def test_the_token_stands_nowhere_in_the_clear(desk: Desk, manager: str) -> None:
    token = sign_in(desk, manager).token
    with desk.house.register.read():
        kept = database.execute_sql("SELECT * FROM session").fetchall()
    assert len(kept) == 1
    assert token_hash(token) in kept[0]
    assert not any(token in str(value) or token.encode() == value for value in kept[0])


@pytest.mark.parametrize("user", ["the.manager", "nobody", "THE.MANAGER", "", "a\0b", "' OR 1=1 --"])
def test_a_wrong_name_and_a_wrong_password_are_not_told_apart(user: str, desk: Desk, manager: str) -> None:
    with pytest.raises(SignInFailed) as failed:
        sign_in(desk, user, "wrong password")
    assert str(failed.value) == SignInFailed().in_english()
    entry = newest(desk.house)
    assert (entry["action"], entry["outcome"], entry["reason"]) == ("session.begin", "refused", "sign-in-failed")


def test_an_unknown_name_costs_a_comparison_too_and_stands_in_the_log_as_a_digest(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []

    def comparing(password: str, stored: str) -> bool:
        compared.append(stored)
        return False

    monkeypatch.setattr(sessions, "is_password", comparing)
    with pytest.raises(SignInFailed):
        sign_in(desk, "my.password.by.mistake")
    assert compared == [NOBODYS]
    assert newest(desk.house)["target"].startswith("hmac:")


def test_a_disabled_account_fails_like_a_wrong_password(desk: Desk, manager: str) -> None:
    asking = replace(KNOCKING, token=sign_in(desk, manager).token)
    Appointments(desk.gate, server_actor()).disable(manager)
    with pytest.raises(SignInFailed):
        sign_in(desk, manager)
    with pytest.raises(NotSignedIn):
        desk.caller(asking)


def test_too_many_wrong_passwords_lock_the_account_for_a_while_by_the_clock(
    desk: Desk, manager: str, clock: Clock, settings: Settings
) -> None:
    lock(desk, manager)
    with pytest.raises(AccountLocked) as locked:
        sign_in(desk, manager)
    assert locked.value.parameters == {"minutes": "15"}
    assert newest(desk.house)["reason"] == "account-locked"
    clock.forward(minutes=settings.lockout_minutes - 1)
    with pytest.raises(AccountLocked):
        sign_in(desk, manager)
    clock.forward(minutes=1)
    assert sign_in(desk, manager).me.user == manager


def test_a_locked_account_locks_nobody_else_and_ends_no_session(desk: Desk, manager: str, people: People) -> None:
    asking = replace(KNOCKING, token=sign_in(desk, manager).token)
    lock(desk, manager)
    assert desk.caller(asking).user == manager
    assert people.caller(Role.SECURITY).user == "the.security"


def test_the_right_password_begins_the_count_anew(desk: Desk, manager: str, settings: Settings) -> None:
    for _ in range(2):
        for _ in range(settings.lockout_failures - 1):
            with pytest.raises(SignInFailed):
                sign_in(desk, manager, "wrong password")
        sign_in(desk, manager)


def test_wrong_passwords_at_the_same_time_are_all_counted(desk: Desk, manager: str, settings: Settings) -> None:
    def failing(_: int) -> str:
        try:
            sign_in(desk, manager, "wrong password")
        except EarwitnessError as error:
            return error.code
        return "signed in"

    with ThreadPoolExecutor(4) as threads:
        codes = list(threads.map(failing, range(3 * settings.lockout_failures)))
    assert set(codes) <= {"sign-in-failed", "account-locked"}
    with pytest.raises(AccountLocked):
        sign_in(desk, manager)


def test_a_password_changed_while_the_old_one_is_compared_begins_no_session(
    desk: Desk, manager: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(password: str, stored: str) -> bool:
        Appointments(desk.gate, server_actor()).disable(manager)
        return True

    monkeypatch.setattr(sessions, "is_password", slow)
    with pytest.raises(SignInFailed):
        sign_in(desk, manager)
    assert newest(desk.house)["outcome"] == "refused"


@pytest.mark.parametrize("token", [None, "", "nobody's", "é", "x" * 100_000, "\udcff", "\0"])
def test_a_token_that_was_never_given_is_refused_and_logged(token: str | None, desk: Desk) -> None:
    with pytest.raises(NotSignedIn):
        desk.caller(replace(KNOCKING, token=token))
    entry = newest(desk.house)
    assert (entry["action"], entry["outcome"], entry["request"]) == ("session.use", "refused", "knock")


@pytest.mark.parametrize("uid", [None, 4_242, -1])
def test_a_token_of_another_os_user_is_refused_and_logged(uid: int | None, desk: Desk, manager: str) -> None:
    token = sign_in(desk, manager).token
    with pytest.raises(NotSignedIn):
        desk.caller(Asking(uid=uid, token=token, request_id="stolen"))
    entry = newest(desk.house)
    assert (entry["outcome"], entry["actor"]["uid"], entry["request"]) == ("refused", uid, "stolen")


def test_who_came_without_an_os_user_cannot_use_the_session(desk: Desk, manager: str) -> None:
    asked = SignIn(user=manager, password=PASSWORD)
    token = desk.sessions.sign_in(Asking(uid=None, token=None, request_id="r"), asked).token
    with pytest.raises(NotSignedIn):
        desk.caller(Asking(uid=None, token=token, request_id="r"))


def test_a_session_ends_after_being_idle(desk: Desk, people: People, clock: Clock, settings: Settings) -> None:
    asking = people.asking(Role.MANAGER)
    for _ in range(3):
        clock.forward(minutes=settings.session_idle_minutes - 1)
        assert desk.caller(asking)
    clock.forward(minutes=settings.session_idle_minutes)
    with pytest.raises(NotSignedIn):
        desk.caller(asking)


def test_holding_a_connection_open_is_no_use_of_a_session(
    desk: Desk, people: People, clock: Clock, settings: Settings
) -> None:
    asking = people.asking(Role.MANAGER)
    for _ in range(2):
        clock.forward(minutes=settings.session_idle_minutes / 2 - 0.1)
        assert desk.gate.caller(asking, is_use=False)
    clock.forward(minutes=1)
    with pytest.raises(NotSignedIn):
        desk.gate.caller(asking, is_use=False)


def test_a_session_that_is_used_all_the_time_ends_all_the_same(
    desk: Desk, people: People, clock: Clock, settings: Settings
) -> None:
    asking = people.asking(Role.MANAGER)
    for _ in range(round(settings.session_hours * 4) - 1):
        clock.forward(minutes=15)
        assert desk.caller(asking)
    clock.forward(minutes=15)
    with pytest.raises(NotSignedIn):
        desk.caller(asking)


def test_an_agent_that_was_started_again_knows_the_session_and_counts_idleness_from_then(
    desk: Desk, people: People, clock: Clock, settings: Settings
) -> None:
    asking = people.asking(Role.MANAGER)
    clock.forward(minutes=settings.session_idle_minutes + 1)
    assert Desk(desk.house).caller(asking).user == "the.manager"


def test_signing_out_ends_the_session_and_no_other(desk: Desk, people: People) -> None:
    first, second = people.asking(Role.MANAGER), people.asking(Role.MANAGER)
    desk.sessions.sign_out(desk.caller(first))
    assert newest(desk.house)["action"] == "session.end"
    with pytest.raises(NotSignedIn):
        desk.caller(first)
    assert desk.caller(second)


def test_a_new_password_ends_every_session_and_lifts_the_lock(desk: Desk, manager: str) -> None:
    asking = replace(KNOCKING, token=sign_in(desk, manager).token)
    lock(desk, manager)
    Appointments(desk.gate, server_actor()).set_password(manager, "another long one")
    with pytest.raises(NotSignedIn):
        desk.caller(asking)
    with pytest.raises(SignInFailed):
        sign_in(desk, manager)
    assert sign_in(desk, manager, "another long one")


def test_asking_who_one_is_shows_nothing_kept_and_is_no_entry(desk: Desk, people: People) -> None:
    caller = people.caller(Role.SECURITY)
    before = len(entries(desk.house))
    me = desk.sessions.me(caller)
    assert (me.scope, me.agreement_missing) == ("none", False)
    assert "contact.search" not in me.capabilities
    assert len(entries(desk.house)) == before
