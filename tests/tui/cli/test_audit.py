from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent import wire
from agent.errors import NotPermitted
from tests.tui.cli.agent_on_socket import AgentOnSocket, entry
from tests.tui.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("signed_in")


def test_json_is_the_wire_model_one_entry_a_line(run: Run, agent: AgentOnSocket, socket: Path) -> None:
    agent.entries = [entry(2, outcome=wire.Outcome.REFUSED), entry(1)]
    lines = run("audit", "--socket", socket, "--json").stdout.splitlines()
    assert [json.loads(line) for line in lines] == [json.loads(one.model_dump_json()) for one in agent.entries]
    assert json.loads(lines[0])["actor"]["account"] == "anna.berg"


def test_negated_terms_are_part_of_the_query(run: Run, agent: AgentOnSocket, socket: Path) -> None:
    run("audit", "--socket", socket, "outcome:refused", "-actor:anna.berg", "--json")
    assert agent.asked_of("/v1/audit")[0]["query"] == "outcome:refused -actor:anna.berg"


def test_the_table_says_who_did_what_with_which_outcome(run: Run, agent: AgentOnSocket, socket: Path) -> None:
    nobody = wire.Actor(account=None, uid=1007)
    agent.entries = [entry(8, actor=nobody, outcome=wire.Outcome.REFUSED, reason="out-of-scope"), entry(7)]
    _heading, refused, allowed = run("audit", "--socket", socket).stdout.splitlines()
    assert refused.split()[0] == "8"
    assert "uid 1007" in refused
    assert "refused" in refused
    assert "out-of-scope" in refused
    assert "complaint C-118" in allowed


def test_every_entry_comes_with_limit_0(run: Run, agent: AgentOnSocket, socket: Path) -> None:
    agent.entries = [entry(number) for number in range(1100, 0, -1)]
    lines = run("audit", "--socket", socket, "--json", "--limit", "0").stdout.splitlines()
    assert [json.loads(line)["seq"] for line in lines] == list(range(1100, 0, -1))


def test_who_may_not_read_the_log_is_told_so(run: Run, agent: AgentOnSocket, socket: Path) -> None:
    agent.refuse["/v1/audit"] = NotPermitted(capability="audit.read")
    result = run("audit", "--socket", socket)
    assert (result.exit_code, result.stdout) == (4, "")
    assert "audit.read" in result.stderr
