"""What really went out: the closing entry of a release, however it ends."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from agent.services.caller import Caller
from agent.services.desk import Desk
from agent.services.listening import Stated
from agent.services.release import PIECE_BYTES, Release
from agent.wire import Role
from tests.agent.calls import sound
from tests.agent.conftest import People, TakeIn
from tests.agent.in_process import unwritable
from tests.agent.log_reading import entries, newest

CALL = sound(40.0, channels=2)
QUALITY = Stated("quality", case="C-1", reason="a sample")


@pytest.fixture
def manager(people: People) -> Caller:
    return people.caller(Role.MANAGER)


@pytest.fixture
def release(desk: Desk, manager: Caller, take_in: TakeIn) -> Release:
    return desk.listening.listen(manager, take_in(content=CALL), None, QUALITY, f"bytes=100-{len(CALL) - 101}")


def released(desk: Desk) -> list[dict[str, Any]]:
    desk.house.register.write(lambda: None)
    return [entry for entry in entries(desk.house) if entry["action"] == "contact.released"]


def test_it_names_the_same_request_and_the_part_that_went_out(desk: Desk, release: Release) -> None:
    assert b"".join(release.pieces()) == CALL[100:-100]
    (ended,) = released(desk)
    asked = newest(desk.house, "contact.listen")
    for same in ("actor", "target", "purpose", "case", "request"):
        assert ended[same] == asked[same]
    assert ended["detail"] == {**asked["detail"], "ended": "complete"}
    assert (ended["outcome"], ended["reason"]) == ("allowed", None)


def test_nobody_waits_for_it(desk: Desk, release: Release) -> None:
    """A register that hangs keeps no listener waiting for what has gone out already."""
    writes: list[object] = []
    desk.house.register.submit = lambda work: writes.append(work) or _Never()  # type: ignore[method-assign, assignment, func-returns-value, return-value]
    list(release.pieces())
    assert len(writes) == 1


class _Never:
    def add_done_callback(self, told: object) -> None:
        pass


@pytest.mark.parametrize("pieces_taken", [0, 1, 2])
def test_whoever_leaves_has_had_only_what_was_handed_out(desk: Desk, release: Release, pieces_taken: int) -> None:
    pieces = release.pieces()
    for _piece in range(pieces_taken):
        next(pieces)
    pieces.close()
    release.end()
    (ended,) = released(desk)
    assert (ended["detail"]["ended"], ended["outcome"]) == ("client-left", "allowed")
    assert ended["detail"]["to_byte"] == 100 + pieces_taken * PIECE_BYTES
    assert release.reader.closed


def test_an_agent_that_stops_ends_what_is_under_way_and_says_so(desk: Desk, release: Release) -> None:
    pieces = release.pieces()
    next(pieces)
    desk.listening.releases.stop()
    pieces.close()
    (ended,) = released(desk)
    assert (ended["detail"]["ended"], ended["detail"]["to_byte"]) == ("agent-stopped", 100 + PIECE_BYTES)


def test_it_is_written_before_the_register_closes(desk: Desk, release: Release) -> None:
    list(release.pieces())
    house = desk.house
    house.close()
    from agent.installation import open_installation

    again = open_installation(house.settings)
    try:
        assert newest(again)["action"] == "contact.released"
    finally:
        again.close()


def test_a_disk_that_fails_on_the_way_is_a_failure(
    desk: Desk, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(start: int, size_bytes: int) -> bytes:
        raise OSError(5, "Input/output error")

    pieces = release.pieces()
    next(pieces)
    monkeypatch.setattr(release.reader, "read_at", failing)
    with pytest.raises(OSError, match="Input"):
        next(pieces)
    (ended,) = released(desk)
    assert (ended["detail"]["ended"], ended["outcome"], ended["reason"]) == ("failed", "failed", "failed")


def test_one_that_cannot_be_written_is_said_in_the_journal_and_the_first_entry_stands_alone(
    desk: Desk, release: Release, caplog: pytest.LogCaptureFixture
) -> None:
    with unwritable(desk.house):
        list(release.pieces())
        with pytest.raises(Exception, match="OSError"):
            desk.house.register.write(lambda: None)
    assert released(desk) == []
    assert "its end is not in the log" in caplog.text
    assert newest(desk.house)["action"] == "contact.listen"


# --- retries ---------------------------------------------------------------------------------------------------------


def listens(desk: Desk) -> int:
    return sum(entry["action"] == "contact.listen" for entry in entries(desk.house))


def again(desk: Desk, caller: Caller, call: str, **other: Any) -> None:
    asked = {"stated": QUALITY, "wanted": "bytes=0-99", **other}
    release = desk.listening.listen(caller, call, None, asked["stated"], asked["wanted"])
    list(release.pieces())


def test_the_same_request_once_more_is_answered_under_its_entry(desk: Desk, manager: Caller, take_in: TakeIn) -> None:
    call = take_in(content=CALL)
    again(desk, manager, call)
    before = listens(desk)
    again(desk, manager, call)
    assert listens(desk) == before
    assert len(released(desk)) == 2, "what went out is told each time"


@pytest.mark.parametrize(
    "other",
    [
        {"wanted": "bytes=0-98"},
        {"wanted": "bytes=1-99"},
        {"stated": Stated("complaint", case="C-1", reason="a sample")},
        {"stated": Stated("quality", case="C-1", reason="another")},
        {"stated": Stated("quality", case="C-2", reason="a sample")},
    ],
)
def test_a_request_that_differs_in_anything_is_an_entry_of_its_own(
    desk: Desk, manager: Caller, take_in: TakeIn, other: dict[str, Any]
) -> None:
    call = take_in(content=CALL)
    again(desk, manager, call)
    again(desk, manager, call, **other)
    assert listens(desk) == 2


@pytest.mark.parametrize("differs", ["request", "session", "contact"])
def test_another_request_session_or_contact_is_an_entry_of_its_own(
    desk: Desk, people: People, manager: Caller, take_in: TakeIn, differs: str
) -> None:
    call = take_in(content=CALL)
    again(desk, manager, call)
    if differs == "request":
        manager = dataclasses.replace(manager, request_id="another")
    elif differs == "session":
        manager = people.caller(Role.MANAGER)
    else:
        call = take_in("in-3202-0046701740606-20261123-150500-1.2.wav", content=CALL)
    again(desk, manager, call)
    assert listens(desk) == 2
