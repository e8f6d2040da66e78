from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from agent import wire
from agent.access.policy import Scope
from agent.errors import CannotLog, EarwitnessError, IntegrityBroken, NotPermitted, PurposeRequired, Unwritable
from agent.services.caller import server_actor
from agent.services.desk import Desk
from agent.services.gate import stated_purpose
from agent.settings import Settings
from agent.vault.keys import SealBroken
from agent.wire import Capability, Outcome, Role
from db.engine import RegisterUnreadable
from db.queries import annotations, contacts, in_place, searches
from db.records import InPlaceRecord
from tests.agent.calls import sound
from tests.agent.conftest import PASSWORD, People, TakeIn
from tests.agent.in_process import Api, operations, unwritable
from tests.agent.log_reading import entries, newest
from tests.agent.services.test_intake import once_not_understood


@dataclass(frozen=True)
class Question:
    """How a route is asked so that it would be answered."""

    asked: dict[str, Any] = field(default_factory=dict)
    role: Role | None = Role.ADMINISTRATOR
    is_entry: bool = True
    """Whether an answer is an entry; else only a refusal is."""


TO_HEAR = {"purpose": "quality", "reason": "a sample"}
GONE = {"reason": "deleted after a year", "changed": 0, "vanished": 1, "newest_seq": 0}
QUESTIONS: dict[tuple[str, str], Question] = {
    ("POST", "/v1/session"): Question({"json": {"user": "the.administrator", "password": PASSWORD}}, role=None),
    ("DELETE", "/v1/session"): Question(),
    ("GET", "/v1/me"): Question(is_entry=False),
    ("GET", "/v1/contacts"): Question(),
    ("GET", "/v1/contacts/count"): Question(),
    ("GET", "/v1/contacts/position"): Question({"params": {"id": "CONTACT", "as_of": "none"}}),
    ("GET", "/v1/contacts/{contact_id}"): Question(),
    ("POST", "/v1/contacts/{contact_id}/notes"): Question({"json": {"text": "a note"}}),
    ("POST", "/v1/contacts/{contact_id}/tags"): Question({"json": {"tag": "new"}}),
    ("DELETE", "/v1/contacts/{contact_id}/tags/{tag}"): Question(),
    ("GET", "/v1/contacts/{contact_id}/audio"): Question({"params": TO_HEAR}),
    ("POST", "/v1/contacts/{contact_id}/export"): Question({"params": TO_HEAR}),
    ("GET", "/v1/contacts/{contact_id}/waveform"): Question(),
    ("GET", "/v1/searches"): Question(),
    ("POST", "/v1/searches"): Question({"json": {"name": "new", "query": ""}}),
    ("DELETE", "/v1/searches/{name}"): Question(),
    ("GET", "/v1/audit"): Question(),
    ("GET", "/v1/audit/count"): Question(),
    ("GET", "/v1/audit/hours"): Question(),
    ("GET", "/v1/audit/state"): Question(is_entry=False),
    ("GET", "/v1/audit/odd"): Question(),
    ("POST", "/v1/audit/odd/{odd_id}/acknowledge"): Question({"json": {"remark": "asked the manager"}}),
    ("POST", "/v1/audit/export"): Question({"params": {"reason": "the yearly audit"}}),
    ("GET", "/v1/intake"): Question(is_entry=False),
    ("POST", "/v1/intake/sources/{source}/acknowledge"): Question({"json": GONE}),
    ("GET", "/v1/quarantine"): Question(),
    ("POST", "/v1/quarantine/{item_id}/retry"): Question(),
    ("POST", "/v1/quarantine/{item_id}/file"): Question({"params": TO_HEAR}),
    ("GET", "/v1/unmatched"): Question(),
    ("GET", "/v1/status"): Question(is_entry=False),
    ("GET", "/v1/events"): Question(is_entry=False),
}
EVERY_QUESTION = sorted(QUESTIONS)


@pytest.fixture
def api(desk: Desk) -> Iterator[Api]:
    made = Api(desk)
    yield made
    made.close()


@pytest.fixture
def kept(
    desk: Desk, settings: Settings, people: People, take_in: TakeIn, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """One of each thing that a route can name, for the places in its path."""
    contact_id = take_in()
    reviewer = people.caller(Role.ADMINISTRATOR)
    people.asking(Role.MAINTENANCE)  # with an agreement that ends tomorrow, which is odd
    (finding,) = desk.odd.findings(reviewer, acknowledged=False).items
    desk.house.register.write(lambda: annotations.add_tag(contact_id, "old"))
    desk.house.register.write(lambda: searches.save("the.administrator", "old", "tag:old"))
    desk.house.register.write(lambda: lay_in_place(contact_id))
    sealed = once_not_understood(desk, settings, monkeypatch)
    named = {"contact_id": contact_id, "tag": "old", "name": "old", "item_id": sealed, "odd_id": finding.id}
    return {**named, "source": settings.source[0].name}


def lay_in_place(contact_id: str) -> None:
    """As if the recording had lain in place, and were gone."""
    contact = contacts.by_id(contact_id)
    assert contact is not None
    recording = contact.recordings[0]
    in_place.add(InPlaceRecord(recording.id, contact_id, recording.sha256, "pbx", b"", "1:2:3:4:5", "vanished"))
    in_place.note(recording.id, 0)


def put(path: str, question: Question, kept: dict[str, str]) -> tuple[str, dict[str, Any]]:
    asked = {
        kind: {name: kept["contact_id"] if value == "CONTACT" else value for name, value in said.items()}
        for kind, said in question.asked.items()
    }
    return re.sub(r"\{(\w+)\}", lambda place: kept[place[1]], path), asked


def test_every_route_of_the_api_is_in_the_table(api: Api) -> None:
    assert operations(api) == set(QUESTIONS)


@pytest.mark.parametrize(("method", "path"), [key for key in EVERY_QUESTION if QUESTIONS[key].is_entry])
def test_nothing_is_answered_when_the_log_cannot_be_written(
    method: str, path: str, api: Api, desk: Desk, people: People, kept: dict[str, str]
) -> None:
    question = QUESTIONS[method, path]
    token = people.asking(question.role).token if question.role else None
    place, asked = put(path, question, kept)
    before = entries(desk.house)
    with unwritable(desk.house):
        answer = api.ask(method, place, token=token, **asked)
    assert answer.status_code == 503, answer.text
    assert wire.Problem.model_validate_json(answer.content).code == "cannot-log"
    assert entries(desk.house) == before
    assert api.ask(method, place, token=token, **asked).is_success, "with a log it would have been answered"


@pytest.mark.parametrize(("method", "path"), [key for key in EVERY_QUESTION if key != ("POST", "/v1/session")])
def test_even_a_refusal_is_withheld_when_the_log_cannot_be_written(
    method: str, path: str, api: Api, desk: Desk, kept: dict[str, str]
) -> None:
    place, asked = put(path, QUESTIONS[method, path], kept)
    with unwritable(desk.house):
        answer = api.ask(method, place, token="nobody's", **asked)
    assert (answer.status_code, answer.json()["code"]) == (503, "cannot-log")


@pytest.mark.parametrize(("method", "path"), [key for key in EVERY_QUESTION if key != ("POST", "/v1/session")])
def test_every_route_refuses_who_has_not_signed_in_and_logs_it(
    method: str, path: str, api: Api, desk: Desk, kept: dict[str, str]
) -> None:
    place, asked = put(path, QUESTIONS[method, path], kept)
    answer = api.ask(method, place, **asked)
    assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")
    entry = newest(desk.house)
    assert (entry["action"], entry["outcome"], entry["reason"]) == ("session.use", "refused", "not-signed-in")
    assert entry["request"] == answer.json()["request_id"]


def test_a_refused_request_is_an_entry_with_its_reason(desk: Desk, people: People, take_in: TakeIn) -> None:
    contact_id = take_in()
    with pytest.raises(NotPermitted):
        desk.contacts.show(people.caller(Role.SECURITY), contact_id)
    entry = newest(desk.house)
    assert (entry["action"], entry["outcome"], entry["reason"]) == ("contact.show", "refused", "not-permitted")
    assert (entry["target"], entry["actor"]["account"]) == (contact_id, "the.security")


def test_a_failed_request_is_an_entry_with_its_reason(desk: Desk, people: People) -> None:
    with pytest.raises(EarwitnessError):
        desk.contacts.show(people.caller(Role.MANAGER), "none")
    assert (newest(desk.house)["outcome"], newest(desk.house)["reason"]) == ("failed", "not-found")


def test_what_was_typed_in_place_of_an_id_stands_in_the_log_only_as_a_digest(
    desk: Desk, people: People, take_in: TakeIn
) -> None:
    take_in()
    caller = people.caller(Role.MANAGER)
    with pytest.raises(EarwitnessError):
        desk.contacts.show(caller, "+46701740605")
    assert newest(desk.house)["target"].startswith("hmac:")


def test_a_mistake_in_a_service_is_a_failed_entry(desk: Desk, people: People) -> None:
    caller = people.caller(Role.MANAGER)
    with (
        pytest.raises(ZeroDivisionError),
        desk.gate.access(caller, "contact.search", needs=Capability.CONTACT_SEARCH),
    ):
        raise ZeroDivisionError
    assert (newest(desk.house)["outcome"], newest(desk.house)["reason"]) == ("failed", "failed")


def test_a_broken_seal_is_said_as_broken_integrity(desk: Desk, people: People) -> None:
    caller = people.caller(Role.MANAGER)
    with pytest.raises(IntegrityBroken), desk.gate.access(caller, "contact.show", needs=None):
        raise SealBroken("recording 1, header")
    assert (newest(desk.house)["outcome"], newest(desk.house)["reason"]) == ("failed", "integrity-broken")


def test_a_page_that_cannot_be_read_is_said_as_broken_integrity(desk: Desk, people: People) -> None:
    caller = people.caller(Role.MANAGER)
    with pytest.raises(IntegrityBroken), desk.gate.access(caller, "contact.show", needs=None):
        raise RegisterUnreadable("database disk image is malformed")
    assert newest(desk.house)["reason"] == "integrity-broken"


def test_a_change_and_its_entry_are_kept_together_or_not_at_all(
    desk: Desk, people: People, take_in: TakeIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact_id = take_in()
    caller = people.caller(Role.MANAGER)

    def broken(draft: object) -> int:
        raise RuntimeError("the entry cannot be made")

    with monkeypatch.context() as patched:
        patched.setattr(type(desk.house.log), "append", lambda self, draft: broken(draft))
        with pytest.raises(RuntimeError):
            desk.contacts.add_note(caller, contact_id, wire.NewNote(text="never kept"))
    with desk.house.register.read():
        assert annotations.notes(contact_id) == []


def test_a_change_that_is_undone_leaves_no_entry_of_having_happened(desk: Desk, people: People) -> None:
    caller = people.caller(Role.MANAGER)

    def undone() -> None:
        raise NotPermitted(capability="in the middle")

    with (
        pytest.raises(NotPermitted),
        desk.gate.access(caller, "contact.note", needs=Capability.CONTACT_ANNOTATE) as access,
    ):
        access.commit(undone)
    assert newest(desk.house)["outcome"] == "refused"


def test_a_covered_request_writes_no_entry_unless_it_is_refused(desk: Desk, people: People) -> None:
    reviewer = people.caller(Role.SECURITY)
    before = len(entries(desk.house))
    with desk.gate.access(reviewer, "audit.read", needs=Capability.AUDIT_READ, is_covered=True):
        pass
    assert len(entries(desk.house)) == before
    with (
        pytest.raises(NotPermitted),
        desk.gate.access(reviewer, "contact.search", needs=Capability.CONTACT_SEARCH, is_covered=True),
    ):
        pytest.fail("the gate let somebody in who may not")
    assert newest(desk.house)["outcome"] == "refused"


def test_an_entry_that_was_recorded_inside_is_not_written_twice(desk: Desk) -> None:
    before = len(entries(desk.house))
    with desk.gate.attempt(server_actor(), "server.test", "r") as access:
        access.record(Outcome.ALLOWED)
    assert len(entries(desk.house)) == before + 1


def test_a_register_that_takes_no_change_is_said_so(desk: Desk) -> None:
    with unwritable(desk.house), pytest.raises(Unwritable), desk.gate.attempt(server_actor(), "server.test", "r"):
        desk.house.register.write(lambda: None)
    with unwritable(desk.house), pytest.raises(CannotLog), desk.gate.attempt(server_actor(), "server.test", "r"):
        pass


@pytest.mark.parametrize("detail", [{"note": object()}, {"note": "\udce5"}, {"note": 1 << 20_000}, {1: "x", "a": "y"}])
def test_an_entry_that_cannot_be_put_into_words_refuses_the_request_and_says_so(
    desk: Desk, people: People, detail: Any
) -> None:
    caller = people.caller(Role.MANAGER)
    with (
        pytest.raises(CannotLog, match="cannot be put into words"),
        desk.gate.access(caller, "contact.search", needs=Capability.CONTACT_SEARCH) as access,
    ):
        access.detail = detail
    entry = newest(desk.house)
    assert (entry["action"], entry["outcome"], entry["reason"]) == ("contact.search", "failed", "cannot-log")


def test_a_log_that_hangs_refuses_the_request_after_its_limit(desk: Desk, people: People) -> None:
    caller, go_on = people.caller(Role.MANAGER), threading.Event()
    desk.house.register.write_limit_s = 0.2
    desk.house.register.submit(lambda: go_on.wait(10))
    try:
        with pytest.raises(CannotLog, match="no answer from the disk"):
            desk.contacts.saved_searches(caller)
        assert any("cannot log: a write has not come to its end" in said for said in status(desk).trouble)
        assert not status(desk).can_log
    finally:
        go_on.set()
    desk.house.register.write(lambda: None)
    assert "search.list" not in [entry["action"] for entry in entries(desk.house)]


def test_a_database_that_was_taken_away_refuses_the_request_and_the_status_says_so(desk: Desk, people: People) -> None:
    caller = people.caller(Role.MANAGER)
    desk.house.register.path.rename(desk.house.register.path.with_name("aside"))
    with pytest.raises(CannotLog, match="while it was in use"):
        desk.contacts.saved_searches(caller)
    assert any(said.startswith("cannot log: register.db was moved away") for said in status(desk).trouble)
    assert not status(desk).can_log


def status(desk: Desk) -> wire.Status:
    with desk.gate.reading():
        return desk.health.now(with_intake=False)


def test_only_the_purposes_of_the_notice_count() -> None:
    assert stated_purpose("complaint") is wire.Purpose.COMPLAINT
    for said in (None, "", "curiosity", "COMPLAINT"):
        with pytest.raises(PurposeRequired):
            stated_purpose(said)


def test_a_contact_of_nobody_is_nobodys_own(desk: Desk, people: People, take_in: TakeIn) -> None:
    contact_id = take_in("in-9999-0046701740605-20261123-140500-1795442700.1.wav", content=sound(0.2))
    caller = people.caller(Role.ADVISER)
    assert caller.rights.scope is Scope.OWN
    with pytest.raises(NotPermitted):
        desk.contacts.show(caller, contact_id)
