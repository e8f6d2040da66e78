from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from agent.api import events
from agent.api.asking import Asker
from agent.services.desk import Desk
from agent.wire import Role
from db.queries import accounts
from tests.agent.calls import put, sound
from tests.agent.conftest import People
from tests.agent.running import Running, configuration, eventually, install, short_folder, started

Next = Callable[[], str]
"""The name of the next event; raises StopIteration at the end of the stream."""


@contextmanager
def following(agent: Running, token: str) -> Iterator[Next]:
    with (
        agent.http(headers={"Authorization": f"Bearer {token}"}) as http,
        http.stream("GET", "/events") as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("application/x-ndjson")
        lines = answer.iter_lines()

        def following_one() -> str:
            event = json.loads(next(lines))
            assert set(event) == {"event", "at"}, "an event says that something happened, never what"
            return str(event["event"])

        assert following_one() == "hello"
        yield following_one


def until(wanted: str, following_one: Next) -> set[str]:
    """Everything that came before an event."""
    seen: set[str] = set()
    while (event := following_one()) != wanted:
        seen.add(event)
    return seen


def test_a_call_that_comes_in_is_an_event_for_those_who_may_find_it(agent: Running) -> None:
    with (
        following(agent, agent.sign_in(Role.MANAGER)) as manager,
        following(agent, agent.sign_in(Role.ADVISER)) as anna,
        following(agent, agent.sign_in(Role.MAINTENANCE)) as maintenance,
        following(agent, agent.sign_in(Role.SECURITY)) as security,
    ):
        spool = agent.settings.source[0].spool
        put(spool, "in-3202-0046701740607-20261123-160500-1795449900.3.wav", sound(0.2))
        assert until("contacts", manager) <= {"heartbeat"}
        assert "audit" not in until("contacts", maintenance)
        put(spool, "in-3201-0046701740608-20261123-170500-1795453500.4.wav", sound(0.2))
        assert until("contacts", manager) <= {"heartbeat"}
        assert until("contacts", anna) <= {"heartbeat"}
        assert until("audit", security) <= {"heartbeat"}
    eventually(lambda: len(agent.calls()) == 4)


def test_somebody_elses_call_is_no_event_for_an_adviser(
    desk: Desk, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "HEARTBEAT_S", 0.01)

    async def heard_after(account: str) -> str:
        asker, asking = Asker(desk), people.asking(Role.ADVISER)
        lines = events._lines(asker, asking, desk.caller(asking))
        await anext(lines)
        desk.news.publish("contacts", account)
        heard = await anext(lines)
        await lines.aclose()
        asker.close()
        return str(json.loads(heard)["event"])

    assert asyncio.run(heard_after("mikko.laine")) == "heartbeat"
    assert asyncio.run(heard_after("anna.berg")) == "contacts"


def test_roles_that_change_change_what_a_stream_that_is_open_tells(
    desk: Desk, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "HEARTBEAT_S", 0.01)

    async def heard() -> list[str]:
        asker, asking = Asker(desk), people.asking(Role.ADMINISTRATOR)
        lines = events._lines(asker, asking, desk.caller(asking))
        await anext(lines)
        desk.news.publish("intake")
        before = await anext(lines)
        revoke = Role.ADMINISTRATOR.value
        desk.house.register.write(lambda: accounts.revoke_role("the.administrator", revoke, people.clock()))
        while json.loads(await anext(lines))["event"] != "heartbeat":
            pass
        desk.news.publish("intake")
        after = await anext(lines)
        await lines.aclose()
        asker.close()
        return [json.loads(line)["event"] for line in (before, after)]

    assert asyncio.run(heard()) == ["intake", "heartbeat"]


def test_whoever_has_not_signed_in_follows_nothing(agent: Running) -> None:
    assert agent.ask("GET", "/events").status_code == 401


def test_the_stream_ends_with_the_session_even_while_much_happens(agent: Running) -> None:
    token = agent.sign_in(Role.SECURITY)
    with following(agent, token) as security:
        assert agent.ask("DELETE", "/session", token=token).status_code == 204

        def until_it_ends() -> None:
            while security():
                agent.ask("GET", "/me", token="nobody's")

        with pytest.raises(StopIteration):
            until_it_ends()


def test_the_streams_end_when_the_agent_stops() -> None:
    with short_folder() as folder:
        config = configuration(folder)
        install(config)
        with (
            started(config) as agent,
            following(agent, agent.sign_in(Role.MANAGER)) as manager,
        ):
            assert agent.stop() == 0
            with pytest.raises((StopIteration, httpx.RemoteProtocolError)):
                until("never", manager)
