from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from blockbuster import BlockBuster, blockbuster_ctx

from agent.api import listening
from agent.services.desk import Desk
from agent.settings import Settings
from agent.wire import Role
from tests.agent.clock import Clock
from tests.agent.conftest import People
from tests.agent.in_process import Api, operations
from tests.agent.log_reading import entries, newest
from tests.agent.running import Running, run_command
from tests.agent.services.test_gate import QUESTIONS, kept, put
from tests.system_programs import needs

__all__ = ["kept"]

ENDLESS = ("GET", "/v1/events")


@pytest.fixture
def api(desk: Desk) -> Iterator[Api]:
    made = Api(desk)
    yield made
    made.close()


@pytest.fixture
def watched() -> Iterator[BlockBuster]:
    """Whatever blocks the event loop raises instead."""
    with blockbuster_ctx() as watching:
        yield watching


@pytest.mark.parametrize(("method", "path"), sorted(set(QUESTIONS) - {ENDLESS}))
def test_no_route_blocks_the_event_loop(
    method: str, path: str, api: Api, people: People, kept: dict[str, str], watched: BlockBuster
) -> None:
    question = QUESTIONS[method, path]
    token = people.asking(question.role).token if question.role else None
    place, asked = put(path, question, kept)
    assert api.ask(method, place, token=token, **asked).is_success
    assert api.ask(method, place, token="nobody's", **asked).status_code in (200, 401)


def test_the_schema_can_be_read_by_everybody_and_names_every_route(api: Api) -> None:
    answer = api.ask("GET", "/openapi.json")
    assert {path for _, path in operations(api)} == set(answer.json()["paths"])


@pytest.mark.parametrize("brought", ["0123456789abcdef", "0f" * 32, "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"])
def test_an_id_that_the_request_brings_is_kept(api: Api, desk: Desk, people: People, brought: str) -> None:
    token = people.asking(Role.MANAGER).token
    answer = api.ask("GET", "/v1/searches", token=token, headers={"X-Request-Id": brought})
    assert answer.headers["x-request-id"] == brought
    assert newest(desk.house)["request"] == brought


@pytest.mark.parametrize("brought", ["", "1234567", "x" * 65, "12345678 9", "12345678\t", "ä2345678", "<b>12345678"])
def test_an_id_that_is_none_is_passed_over(api: Api, brought: str) -> None:
    answer = api.ask("GET", "/v1/me", headers={"X-Request-Id": brought.encode()})  # type: ignore[dict-item]  # raw
    assert answer.headers["x-request-id"] != brought
    assert re.fullmatch("[0-9a-f]{16}", answer.headers["x-request-id"])


def test_a_request_that_comes_again_under_its_id_is_one_entry(api: Api, desk: Desk, people: People) -> None:
    token = people.asking(Role.MANAGER).token
    for _time in range(2):
        assert api.ask("GET", "/v1/searches", token=token, headers={"X-Request-Id": "00000000000000d1"}).is_success
    assert [entry["action"] for entry in entries(desk.house)].count("search.list") == 1
    api.ask("GET", "/v1/searches", token=token, headers={"X-Request-Id": "retried-2"})
    assert [entry["action"] for entry in entries(desk.house)].count("search.list") == 2


def test_every_answer_has_an_id_of_its_own(api: Api) -> None:
    ids = [api.ask("GET", path).headers["x-request-id"] for path in ("/openapi.json", "/v1/me", "/nothing")]
    assert len(set(ids)) == 3


def test_a_mistake_of_ours_is_a_problem_and_its_words_stay_out_of_the_journal(
    api: Api, people: People, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def mistaken(*_: object) -> None:
        raise RuntimeError("number +46701740699")

    monkeypatch.setattr(type(api.app.state.asker.desk.sessions), "me", mistaken)
    answer = api.ask("GET", "/v1/me", token=people.asking(Role.MANAGER).token)
    assert (answer.status_code, answer.json()["code"]) == (500, "failed")
    assert "46701740699" not in answer.text + caplog.text
    assert answer.json()["request_id"] in caplog.text
    assert "RuntimeError at mistaken" in caplog.text


def test_pieces_are_closed_when_the_listener_leaves_while_one_is_read(api: Api) -> None:
    async def leaving() -> None:
        begun, go_on, closed = asyncio.Event(), asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()

        def pieces() -> Iterator[bytes]:
            try:
                loop.call_soon_threadsafe(begun.set)
                asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result()
                yield b"late"
            finally:
                loop.call_soon_threadsafe(closed.set)

        reading = asyncio.ensure_future(anext(listening.in_threads(api.app.state.asker, pieces())))  # type: ignore[arg-type]  # a generator
        await begun.wait()
        reading.cancel()
        await asyncio.wait([reading])
        go_on.set()
        await closed.wait()

    asyncio.run(asyncio.wait_for(leaving(), 30))


@pytest.mark.parametrize(
    "path",
    ["/v1/status", "/v1/intake", "/v1/audit/state", "/v1/audit/count?newer=true", "/v1/contacts/count?newer=true"],
)
def test_what_a_screen_asks_by_itself_does_not_keep_a_session_alive(
    api: Api, people: People, clock: Clock, settings: Settings, path: str
) -> None:
    token = people.asking(Role.ADMINISTRATOR).token
    for _ in range(2):
        clock.forward(minutes=settings.session_idle_minutes / 2 - 0.1)
        assert api.ask("GET", path, token=token).status_code == 200
    clock.forward(minutes=1)
    assert api.ask("GET", path, token=token).status_code == 401


@needs("curl")
def test_curl_is_client_enough(agent: Running) -> None:
    token = agent.sign_in(Role.SECURITY)
    done = subprocess.run(
        [
            *("curl", "--silent", "--fail", "--unix-socket", str(agent.settings.socket)),
            *("--header", f"Authorization: Bearer {token}", "http://agent/v1/me"),
        ],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0
    assert '"the.security"' in done.stdout


def test_everything_that_eight_people_do_at_once_has_its_entry_and_the_log_is_whole(agent: Running) -> None:
    calls = agent.calls()
    token = agent.sign_in(Role.MANAGER)

    def working(number: int) -> list[tuple[str, int]]:
        answers = []
        with agent.http(headers={"Authorization": f"Bearer {token}"}) as http:
            for turn in range(6):
                call = calls[(number + turn) % 2]
                asked: list[httpx.Response] = [
                    http.get("/contacts", params={"query": f"adviser:a{number}"}),
                    http.get(f"/contacts/{call}/audio", params={"purpose": "quality"}),
                    http.post(f"/contacts/{call}/notes", json={"text": f"note {number}.{turn}"}),
                    http.get("/contacts/none"),
                ]
                answers += [(answer.headers["x-request-id"], answer.status_code) for answer in asked]
        return answers

    with ThreadPoolExecutor(8) as threads:
        answers = [answer for answers in threads.map(working, range(8)) for answer in answers]
    assert sorted({status for _, status in answers}) == [200, 201, 404]
    outcomes = {entry["request_id"]: entry["outcome"] for entry in agent.log()}
    assert [(id, outcomes.get(id)) for id, _ in answers] == [
        (id, "failed" if status == 404 else "allowed") for id, status in answers
    ]
    shown = [agent.ask("GET", f"/contacts/{call}", role=Role.MANAGER).json() for call in calls]
    assert sum(len(contact["noted"]) for contact in shown) == 48
    verified = run_command("verify", "--config", agent.config, "--recordings")
    assert (verified.returncode, verified.stderr) == (0, "")
