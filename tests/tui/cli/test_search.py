from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from agent import wire
from agent.errors import NotPermitted, UnknownTerm
from tests.tui.cli.agent_on_socket import AgentOnSocket, contact
from tests.tui.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("signed_in")


def test_words_and_terms_are_joined_by_blanks_as_one_query(run: Run, agent: AgentOnSocket, socket: Path) -> None:
    assert run("search", "--socket", socket, "service:vatten", "water bill").exit_code == 0
    assert agent.asked_of("/v1/contacts")[0]["query"] == "service:vatten water bill"


@pytest.mark.parametrize(
    ("arguments", "query"),
    [
        (["service:vatten", "-adviser:anna", "--json"], "service:vatten -adviser:anna"),
        (["-adviser:anna", "service:vatten"], "-adviser:anna service:vatten"),
        (["--json", "-has:note"], "-has:note"),
        (["-number:*4567", "--limit", "5", "-o"], "-number:*4567 -o"),
        (["-tag:a=b"], "-tag:a=b"),
        (["-h"], "-h"),
        (["--", "--json", "-x"], "--json -x"),
        (["--limit=5", "--", "-x"], "-x"),
    ],
)
def test_what_starts_with_one_dash_is_a_negated_term(
    run: Run, agent: AgentOnSocket, socket: Path, arguments: list[str], query: str
) -> None:
    result = run("search", "--socket", socket, *arguments)
    assert result.exit_code == 0, result.stderr
    assert agent.asked_of("/v1/contacts")[0]["query"] == query


def test_a_mistyped_option_is_wrong_use_and_not_a_term(run: Run, agent: AgentOnSocket, socket: Path) -> None:
    result = run("search", "--socket", socket, "--limti", "5")
    assert result.exit_code == 2
    assert "--limit" in result.stderr
    assert agent.asked == []


@pytest.mark.parametrize("place", ["before", "after", "environment"])
def test_the_socket_may_be_named_before_and_after_the_subcommand_and_in_the_environment(
    run: Run, agent: AgentOnSocket, socket: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    option = ["--socket", str(socket)]
    if place == "environment":
        monkeypatch.setenv("EARWITNESS_SOCKET", str(socket))
    before, after = (option if place == "before" else []), (option if place == "after" else [])
    assert run(*before, "search", *after).exit_code == 0
    assert len(agent.asked_of("/v1/contacts")) == 1


def test_an_option_holds_against_the_environment(
    run: Run, agent: AgentOnSocket, socket: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EARWITNESS_SOCKET", str(tmp_path / "elsewhere"))
    assert run("search", "--socket", socket).exit_code == 0


def test_json_is_the_wire_model_one_object_a_line(run: Run, agent: AgentOnSocket, socket: Path) -> None:
    agent.contacts = [contact("c-1"), contact("c-2", service="Åbo vatten")]
    lines = run("search", "--socket", socket, "--json").stdout.splitlines()
    found = [wire.Contact.model_validate_json(line) for line in lines]
    assert [one.id for one in found] == ["c-1", "c-2"]
    assert json.loads(lines[0]) == json.loads(
        wire.Contact.model_validate(agent.contacts[0].model_dump()).model_dump_json()
    )
    assert "Åbo vatten" in lines[1]


@pytest.mark.parametrize(("limit", "found"), [("3", 3), ("600", 600), ("0", 1203)])
def test_pages_are_fetched_by_cursor_until_the_limit(
    run: Run, agent: AgentOnSocket, socket: Path, limit: str, found: int
) -> None:
    agent.contacts = [contact(f"c-{number}") for number in range(1203)]
    lines = run("search", "--socket", socket, "--json", "--limit", limit).stdout.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [f"c-{number}" for number in range(found)]
    asked = agent.asked_of("/v1/contacts")
    assert all(int(one["limit"]) <= wire.PAGE_LIMIT for one in asked)
    assert ["as_of" in one for one in asked] == [False] + [True] * (len(asked) - 1)


def test_the_order_is_asked_of_the_agent(run: Run, agent: AgentOnSocket, socket: Path) -> None:
    run("search", "--socket", socket, "--sort", "longest")
    assert agent.asked_of("/v1/contacts")[0]["sort"] == "-duration"


def test_csv_has_a_heading_and_obeys_no_formula(run: Run, agent: AgentOnSocket, socket: Path) -> None:
    agent.contacts = [contact("c-1", adviser='=HYPERLINK("x")', service="Vatten, Åbo", tags=["a", "b"])]
    rows = list(csv.DictReader(io.StringIO(run("search", "--socket", socket, "--csv").stdout)))
    assert rows[0]["adviser"] == '\'=HYPERLINK("x")'
    assert rows[0]["service"] == "Vatten, Åbo"
    assert rows[0]["number"] == "+46701740605"
    assert rows[0]["tags"] == "a b"


def test_the_table_lines_up_and_says_what_is_withheld(run: Run, agent: AgentOnSocket, socket: Path) -> None:
    agent.contacts = [
        contact("c-1"),
        contact("c-2", number=None, withheld=True, adviser="Åsa Öhman-Lindström"),
    ]
    heading, first, second = run("search", "--socket", socket).stdout.splitlines()
    assert heading.startswith("start (EET/EEST)")
    assert first.index("c-1") == second.index("c-2") == heading.index("id")
    assert "withheld" in second
    assert "7:30" in first


def test_control_characters_of_the_outside_never_reach_the_terminal(
    run: Run, agent: AgentOnSocket, socket: Path
) -> None:
    agent.contacts = [contact("c-1", adviser="\x1b]0;owned\x07\u202eanna")]
    for style in ([], ["--json"], ["--csv"]):
        shown = run("search", "--socket", socket, *style).stdout
        assert not {"\x1b", "\x07", "\u202e"} & set(shown)


def test_a_refusal_is_a_sentence_on_stderr_with_its_status(run: Run, agent: AgentOnSocket, socket: Path) -> None:
    agent.refuse["/v1/contacts"] = NotPermitted(capability="contact.search")
    result = run("search", "--socket", socket, "--csv")
    assert result.exit_code == 4
    assert result.stdout == ""
    assert result.stderr == "Your role does not permit this (contact.search). The refusal stands in the log.\n"


def test_a_term_that_does_not_exist_is_wrong_use(run: Run, agent: AgentOnSocket, socket: Path) -> None:
    agent.refuse["/v1/contacts"] = UnknownTerm(term="\x1b[2Jcolour:", why="there is no such term")
    result = run("search", "--socket", socket, "colour:red")
    assert result.exit_code == 2
    assert "\x1b" not in result.stderr


def test_nobody_answering_has_a_status_of_its_own(run: Run, tmp_path: Path) -> None:
    result = run("search", "--socket", tmp_path / "nobody")
    assert result.exit_code == 3
    assert str(tmp_path / "nobody") in result.stderr


def test_json_and_csv_exclude_each_other(run: Run, agent: AgentOnSocket, socket: Path) -> None:
    assert run("search", "--socket", socket, "--json", "--csv").exit_code == 2
    assert agent.asked == []


def test_without_a_session_the_agent_refuses(run: Run, agent: AgentOnSocket, socket: Path) -> None:
    agent.tokens.clear()
    assert run("search", "--socket", socket).exit_code == 4
