"""An export that an auditor can check with other people's tools, and that is in the log whatever comes of it."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from agent.audit import tree
from agent.audit.entry import AGENT, Draft, read_leaf
from agent.errors import CannotLog, IntegrityBroken, NotPermitted, UnknownTerm, WrongUse
from agent.services import audit_export
from agent.services.caller import Caller
from agent.services.desk import Desk
from agent.wire import Outcome, Role
from db.engine import database
from db.queries import log as stored
from tests.agent.conftest import People, TakeIn
from tests.agent.in_process import Api, unwritable
from tests.agent.log_reading import entries, leaves, newest

REASON = "asked for by the auditor Kettunen"


@pytest.fixture
def reviewer(people: People) -> Caller:
    return people.caller(Role.DPO)


def write(desk: Desk, count: int, action: str = "test.happened") -> None:
    def job() -> None:
        for _ in range(count):
            desk.house.log.append(Draft(AGENT, action, Outcome.ALLOWED))

    desk.house.register.write(job)


def exported(desk: Desk, reviewer: Caller, query: str = "") -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The first line, and the others."""
    lines = b"".join(desk.audit_export.export(reviewer, query, REASON).pieces()).decode("ascii").splitlines()
    first, *rest = map(json.loads, lines)
    return first, rest


def test_every_proof_leads_to_the_signed_head(desk: Desk, reviewer: Caller) -> None:
    write(desk, 700)
    first, lines = exported(desk, reviewer)
    head = desk.house.log.signer.verifier.open(first["checkpoint"])
    assert first["vkey"] == desk.house.log.signer.verifier.vkey
    assert [line["index"] for line in lines] == list(range(head.size)), "rising, and all of them"
    for line in lines:
        leaf, proof = base64.b64decode(line["leaf"]), [base64.b64decode(part) for part in line["proof"]]
        tree.check_inclusion(tree.leaf_hash(leaf), line["index"], head.size, proof, head.root)


def test_the_export_itself_is_among_its_lines(desk: Desk, reviewer: Caller) -> None:
    first, lines = exported(desk, reviewer, "action:audit.export")
    assert (first["entries"], len(lines)) == (1, 1)
    leaf = json.loads(base64.b64decode(lines[0]["leaf"]))
    assert (leaf["action"], leaf["outcome"], leaf["actor"]["account"]) == ("audit.export", "allowed", "the.dpo")


def test_only_what_was_searched_is_exported_and_what_comes_meanwhile_is_not(desk: Desk, reviewer: Caller) -> None:
    write(desk, 600)
    lines = desk.audit_export.export(reviewer, "action:test.happened", REASON)
    pieces = lines.pieces()
    first = json.loads(next(pieces))
    write(desk, 50)
    rest = b"".join(pieces).splitlines()
    assert len(rest) == first["entries"] == 600


def test_the_reason_stands_in_the_log_by_its_digest(desk: Desk, reviewer: Caller) -> None:
    exported(desk, reviewer, "outcome:refused number:+46701740605")
    entry = newest(desk.house)
    assert (entry["action"], entry["outcome"]) == ("audit.export", "allowed")
    assert str(entry["detail"]["query"]).startswith("outcome:refused number:hmac:")
    assert b"Kettunen" not in leaves(desk.house)
    assert b"0174060" not in leaves(desk.house)


@pytest.mark.parametrize("reason", [None, "", "  \n"])
def test_without_a_reason_nothing_is_exported(reason: str | None, desk: Desk, reviewer: Caller) -> None:
    with pytest.raises(WrongUse):
        desk.audit_export.export(reviewer, "", reason)
    assert (newest(desk.house)["action"], newest(desk.house)["outcome"]) == ("audit.export", "failed")


def test_a_question_that_cannot_be_understood_is_no_export(desk: Desk, reviewer: Caller) -> None:
    with pytest.raises(UnknownTerm):
        desk.audit_export.export(reviewer, "free text", REASON)
    assert newest(desk.house)["outcome"] == "failed"


@pytest.mark.parametrize("role", [Role.ADVISER, Role.MANAGER, Role.MAINTENANCE])
def test_others_export_nothing_and_the_try_is_logged(role: Role, desk: Desk, people: People) -> None:
    with pytest.raises(NotPermitted):
        desk.audit_export.export(people.caller(role), "", REASON)
    assert (newest(desk.house)["action"], newest(desk.house)["outcome"]) == ("audit.export", "refused")


def test_nothing_is_exported_when_the_log_cannot_be_written(desk: Desk, reviewer: Caller) -> None:
    before = entries(desk.house)
    with unwritable(desk.house), pytest.raises(CannotLog):
        desk.audit_export.export(reviewer, "", REASON)
    assert entries(desk.house) == before


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE entry SET leaf = x'7b7d' WHERE seq = 500",
        "UPDATE tree_node SET hash = zeroblob(32) WHERE level = 0 AND place = 500",
        "DELETE FROM tree_node WHERE level = 3 AND place = 4",
    ],
)
def test_what_is_not_what_was_written_is_not_handed_to_an_auditor(damage: str, desk: Desk, reviewer: Caller) -> None:
    write(desk, 700)
    desk.house.register.write(lambda: database.execute_sql(damage))
    with pytest.raises(IntegrityBroken):
        exported(desk, reviewer)
    with desk.house.register.read():
        failed = stored.newest_of("audit.export")
    assert failed is not None
    assert (failed.columns["outcome"], read_leaf(failed.leaf)["reason"]) == ("failed", "integrity-broken")


def test_a_large_export_goes_out_in_parts(desk: Desk, reviewer: Caller) -> None:
    write(desk, 3 * audit_export.ENTRIES_A_PIECE)
    sizes = [piece.count(b"\n") for piece in desk.audit_export.export(reviewer, "", REASON).pieces()]
    assert max(sizes) == audit_export.ENTRIES_A_PIECE
    assert len(sizes) > 4


def test_an_auditor_who_leaves_in_the_middle_holds_nothing_open(desk: Desk, reviewer: Caller) -> None:
    write(desk, 700)
    pieces = desk.audit_export.export(reviewer, "", REASON).pieces()
    next(pieces)
    pieces.close()
    write(desk, 1)


def test_no_number_and_no_name_of_a_customer_is_in_an_export(
    desk: Desk, people: People, take_in: TakeIn, reviewer: Caller
) -> None:
    call = take_in()
    desk.contacts.show(people.caller(Role.MANAGER), call)
    _, lines = exported(desk, reviewer)
    said = b"".join(base64.b64decode(line["leaf"]) for line in lines)
    assert call.encode() in said
    assert b"701740605" not in said


def test_the_route_streams_lines(desk: Desk, people: People) -> None:
    api = Api(desk)
    try:
        answer = api.ask(
            "POST", "/v1/audit/export", token=people.asking(Role.SECURITY).token, params={"reason": REASON}
        )
    finally:
        api.close()
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.headers["cache-control"] == "no-store"
    first, *rest = answer.text.splitlines()
    assert json.loads(first)["entries"] == len(rest)
