from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from textual.message import Message
from textual.message_pump import MessagePump

from agent.errors import SignInFailed
from tests.tui.fake_agent import PASSWORD, FakeAgent
from tui.session import FIRST_PAUSE_S, LONGEST_PAUSE_S, LiveSession

pytestmark = pytest.mark.anyio


class _Listener(MessagePump):
    def __init__(self) -> None:
        super().__init__()
        self.heard: asyncio.Queue[Message] = asyncio.Queue()

    def post_message(self, message: Message) -> bool:
        self.heard.put_nowait(message)
        return True

    async def next(self) -> Message:
        async with asyncio.timeout(5):
            return await self.heard.get()


class _Pauses:
    """Waits of no length, noted; each lets a test go on first."""

    def __init__(self) -> None:
        self.lengths_s: list[float] = []
        self.may_end = asyncio.Semaphore(0)

    async def __call__(self, length_s: float) -> None:
        self.lengths_s.append(length_s)
        await self.may_end.acquire()


async def _true(is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not is_so():  # noqa: ASYNC110 - the fact is any expression, with no event to wait for
            await asyncio.sleep(0)


async def test_signing_in_is_told_with_what_is_permitted() -> None:
    session, listener = LiveSession(FakeAgent().client()), _Listener()
    session.subscribe(listener)
    await session.sign_in("security", PASSWORD)
    told = await listener.next()
    assert isinstance(told, LiveSession.SignedIn)
    assert told.me.user == "security"
    assert session.me == told.me


async def test_a_wrong_password_leaves_nobody_signed_in() -> None:
    session = LiveSession(FakeAgent().client())
    with pytest.raises(SignInFailed):
        await session.sign_in("security", "wrong")
    assert session.me is None


async def test_what_happens_is_passed_on_and_heartbeats_are_not() -> None:
    agent, listener = FakeAgent(), _Listener()
    session = LiveSession(agent.client())
    session.begin(agent.session())
    session.subscribe(listener)
    following = asyncio.create_task(session.follow())
    await _true(lambda: agent.is_listened_to)
    agent.happen("heartbeat")
    agent.happen("intake")
    told = await listener.next()
    assert isinstance(told, LiveSession.Happened)
    assert told.event.event == "intake"
    following.cancel()


async def test_a_lost_connection_is_told_once_and_so_is_its_return() -> None:
    agent, listener, pauses = FakeAgent(), _Listener(), _Pauses()
    session = LiveSession(agent.client(), pause=pauses)
    session.begin(agent.session())
    session.subscribe(listener)
    following = asyncio.create_task(session.follow())
    await _true(lambda: agent.is_listened_to)
    agent.lose()
    assert isinstance(await listener.next(), LiveSession.ConnectionLost)
    assert not session.connected
    for _ in range(3):
        pauses.may_end.release()
    await _true(lambda: len(pauses.lengths_s) >= 4)
    agent.find()
    pauses.may_end.release()
    assert isinstance(await listener.next(), LiveSession.ConnectedAgain)
    assert session.connected
    assert pauses.lengths_s[:4] == [FIRST_PAUSE_S, 2 * FIRST_PAUSE_S, 4 * FIRST_PAUSE_S, 8 * FIRST_PAUSE_S]
    following.cancel()


async def test_attempts_never_come_further_apart_than_the_longest_pause() -> None:
    agent, pauses = FakeAgent(), _Pauses()
    session = LiveSession(agent.client(), pause=pauses)
    session.begin(agent.session())
    agent.lose()
    following = asyncio.create_task(session.follow())
    for _ in range(8):
        pauses.may_end.release()
    await _true(lambda: len(pauses.lengths_s) >= 8)
    assert max(pauses.lengths_s) == LONGEST_PAUSE_S
    following.cancel()


async def test_a_session_that_the_agent_no_longer_knows_has_ended() -> None:
    agent, listener = FakeAgent(), _Listener()
    session = LiveSession(agent.client())
    session.begin(agent.session())
    session.subscribe(listener)
    agent.end_session()
    await session.follow()
    assert isinstance(await listener.next(), LiveSession.Ended)
    assert session.me is None


async def test_signing_out_works_without_an_agent() -> None:
    agent = FakeAgent()
    session = LiveSession(agent.client())
    session.begin(agent.session())
    agent.lose()
    await session.sign_out()
    assert session.me is None
    assert session.client.token is None


async def test_a_listener_that_is_gone_is_forgotten() -> None:
    agent = FakeAgent()
    session = LiveSession(agent.client())
    session.subscribe(_Listener())
    session.begin(agent.session())
    assert session.me is not None
