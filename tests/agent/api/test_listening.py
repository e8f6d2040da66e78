from __future__ import annotations

import hashlib

import pytest

from agent.wire import Role
from tests.agent.calls import sound
from tests.agent.running import Running

QUALITY = {"purpose": "quality"}
ANNAS = sound(2.0, seed=0)


@pytest.fixture
def call(agent: Running) -> str:
    return agent.calls()[1]


def test_a_whole_recording_is_the_untouched_file(agent: Running, call: str) -> None:
    answer = agent.ask("GET", f"/contacts/{call}/audio", role=Role.ADVISER, params=QUALITY)
    assert (answer.status_code, answer.content) == (200, ANNAS)
    headers = answer.headers
    assert (headers["content-type"], headers["accept-ranges"]) == ("audio/x-wav", "bytes")
    assert headers["content-length"] == str(len(ANNAS))
    assert headers["etag"] == f'"{hashlib.sha256(ANNAS).hexdigest()}"'
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert "content-range" not in headers


@pytest.mark.parametrize(
    ("wanted", "start", "stop"),
    [("bytes=0-99", 0, 100), ("bytes=1000-", 1000, len(ANNAS)), ("bytes=-7", len(ANNAS) - 7, len(ANNAS))],
)
def test_a_part_says_which_part_it_is(wanted: str, start: int, stop: int, agent: Running, call: str) -> None:
    answer = agent.ask("GET", f"/contacts/{call}/audio", role=Role.ADVISER, params=QUALITY, headers={"Range": wanted})
    assert (answer.status_code, answer.content) == (206, ANNAS[start:stop])
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{len(ANNAS)}"
    assert answer.headers["content-length"] == str(stop - start)


def test_the_head_alone_is_not_given_and_is_no_entry(agent: Running, call: str) -> None:
    before = len(agent.log("action:contact.listen"))
    answer = agent.ask("HEAD", f"/contacts/{call}/audio", role=Role.ADVISER, params=QUALITY)
    assert (answer.status_code, answer.content) == (405, b"")
    assert len(agent.log("action:contact.listen")) == before


def test_an_export_is_the_untouched_file_with_its_reason_in_the_log(agent: Running, call: str) -> None:
    said = {"purpose": "complaint", "reason": "the customer disagrees", "case": "KL-1"}
    answer = agent.ask("POST", f"/contacts/{call}/export", role=Role.MANAGER, params=said)
    assert (answer.status_code, answer.content) == (200, ANNAS)
    entry = agent.log("action:contact.export")[0]
    assert (entry["reason"], entry["case"], entry["purpose"]) == ("the customer disagrees", "KL-1", "complaint")


def test_the_picture_has_as_many_columns_as_were_asked_for(agent: Running, call: str) -> None:
    picture = agent.ask("GET", f"/contacts/{call}/waveform", role=Role.MANAGER, params={"columns": 20}).json()
    assert [len(channel) for channel in picture["peaks"]] == [20, 20]


def test_a_listener_who_leaves_in_the_middle_disturbs_nobody(agent: Running, call: str) -> None:
    token = agent.sign_in(Role.ADVISER)
    for _ in range(20):
        with (
            agent.http(headers={"Authorization": f"Bearer {token}"}) as http,
            http.stream("GET", f"/contacts/{call}/audio", params=QUALITY) as answer,
        ):
            assert answer.status_code == 200
    assert agent.ask("GET", "/me", token=token).status_code == 200


@pytest.mark.parametrize("place", [5_000, 20_000], ids=["at its beginning", "at its end"])
def test_a_broken_seal_is_a_problem_and_no_sound(place: int, agent: Running, call: str) -> None:
    (recording,) = agent.ask("GET", f"/contacts/{call}", role=Role.MANAGER).json()["recordings"]
    sealed = next((agent.settings.state_dir / "vault").glob(f"*/{recording['id']}.sealed"))
    whole = sealed.read_bytes()
    sealed.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    try:
        answer = agent.ask("GET", f"/contacts/{call}/audio", role=Role.MANAGER, params=QUALITY)
    finally:
        sealed.write_bytes(whole)
    assert (answer.status_code, answer.json()["code"]) == (500, "integrity-broken")
