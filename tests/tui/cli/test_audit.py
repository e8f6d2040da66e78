from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result

from agent import wire
from agent.errors import CannotLog, NotPermitted, WrongUse
from tests.tui.cli.agent_on_socket import AT, AgentOnSocket, entry
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


# --- the state of the log --------------------------------------------------------------------------------------------


def test_the_state_is_said_one_fact_a_line(run: Run, agent: AgentOnSocket, socket: Path) -> None:
    agent.state = wire.LogState(
        size=1204,
        can_log=True,
        checkpoint_size=1204,
        checkpoint_at=AT,
        verified_size=1100,
        verified_at=AT,
        verified_whole=True,
        witnesses=[wire.WitnessState(name="w1", size=1000, at=AT, trouble="it is behind")],
        sentry=wire.SentryState(seeing="attributed", since=AT, gaps=2),
        odd=3,
    )
    said = run("audit", "--socket", socket, "--state").stdout
    for words in ("1204", "1100", "whole", "w1", "1000", "it is behind", "attributed", "2 gaps", "3 to acknowledge"):
        assert words in said
    assert "CANNOT LOG" not in said


def test_a_log_that_cannot_be_written_is_said_in_so_many_words(run: Run, agent: AgentOnSocket, socket: Path) -> None:
    agent.state = wire.LogState(size=1, can_log=False, trouble=["disk full"], verified_at=AT, verified_whole=False)
    said = run("audit", "--socket", socket, "--state").stdout
    assert "CANNOT LOG" in said
    assert "disk full" in said
    assert "BROKEN" in said


# --- hours -----------------------------------------------------------------------------------------------------------


def test_hours_are_digits_by_weekday(run: Run, agent: AgentOnSocket, socket: Path) -> None:
    agent.hours[0][14], agent.hours[0][15], agent.hours[6][0] = 90, 1, 45
    lines = run("audit", "--socket", socket, "--hours", "actor:anna").stdout.splitlines()
    assert agent.asked_of("/v1/audit/hours") == [{"query": "actor:anna"}]
    assert "Europe/Helsinki" in lines[0]
    assert lines[2].split()[1:] == ["000000", "000000", "009100", "000000", "91"]
    assert lines[8].split()[1:] == ["500000", "000000", "000000", "000000", "45"]
    assert all(len(line) <= 80 for line in lines[1:])


def test_hours_without_an_entry_are_all_0(run: Run, socket: Path) -> None:
    assert run("audit", "--socket", socket, "--hours").stdout.splitlines()[2].split()[1] == "000000"


# --- what is odd -----------------------------------------------------------------------------------------------------


MEASURED = {"count": 3, "day": "2026-11-23", "first": "20:00", "last": "20:20"}


def finding(number: int, **changed: object) -> wire.Odd:
    facts = {"id": f"{number:032x}", "rule": "at-night", "at": AT, "account": "anna.berg", "query": "actor:anna.berg"}
    return wire.Odd.model_validate({**facts, "measured": MEASURED, **changed})


def test_what_is_odd_is_listed_with_its_search(run: Run, agent: AgentOnSocket, socket: Path) -> None:
    seen = wire.Acknowledged(at=AT, by="the.dpo", remark="on call")
    agent.odd = [finding(1), finding(2, acknowledged=seen)]
    _heading, line = run("audit", "--socket", socket, "--odd").stdout.splitlines()
    for words in (f"{1:032x}", "anna.berg listened 3 times outside office hours", "actor:anna.berg"):
        assert words in line
    lines = run("audit", "--socket", socket, "--odd", "--acknowledged").stdout.splitlines()
    assert "on call" in lines[2]


def test_acknowledging_takes_a_remark(run: Run, agent: AgentOnSocket, socket: Path) -> None:
    result = run("audit", "--socket", socket, "--acknowledge", f"{1:032x}", "--remark", "asked [red]her[/red]")
    assert result.exit_code == 0
    assert agent.remarks == [(f"{1:032x}", "asked [red]her[/red]")]


def test_outside_text_in_a_remark_moves_no_cursor(run: Run, agent: AgentOnSocket, socket: Path) -> None:
    seen = wire.Acknowledged(at=AT, by="the.dpo", remark="\x1b[2Jgone\u202e")
    agent.odd = [finding(2, acknowledged=seen)]
    for more in ((), ("--json",)):
        said = run("audit", "--socket", socket, "--odd", "--acknowledged", *more).stdout
        assert "\x1b" not in said
        assert "\u202e" not in said


# --- export ----------------------------------------------------------------------------------------------------------


def export(run: Run, socket: Path, file: Path, *more: str) -> Result:
    return run("audit", "--socket", socket, "--export", file, "--reason", "yearly", "outcome:refused", *more)


def test_an_export_is_a_new_file_for_its_owner_alone(
    run: Run, agent: AgentOnSocket, socket: Path, tmp_path: Path
) -> None:
    lines = b'{"checkpoint":"x","vkey":"y","entries":2}\n{"index":1}\n{"index":2}\n'
    agent.exported = [lines[:7], lines[7:50], lines[50:]]
    file = tmp_path / "log.jsonl"
    result = export(run, socket, file)
    assert result.exit_code == 0, result.stderr
    assert "2 entries" in result.stdout
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (lines, 0o600)
    assert agent.asked_of("/v1/audit/export") == [{"query": "outcome:refused", "reason": "yearly"}]
    assert export(run, socket, file).exit_code == 1, "never in place of another"


@pytest.mark.parametrize(
    "sent",
    [
        [b'{"checkpoint":"x","vkey":"y","entries":2}\n{"index":1}\n'],
        [b'{"checkpoint":"x","vkey":"y","entries":1}\n{"index":1}\n{"ind'],
        [b"not what was asked for\n"],
        [b""],
    ],
)
def test_of_an_export_that_is_broken_off_nothing_remains(
    sent: list[bytes], run: Run, agent: AgentOnSocket, socket: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    agent.exported = sent
    result = export(run, socket, folder / "log.jsonl")
    assert result.exit_code == 5, result.stderr
    assert list(folder.iterdir()) == []


def test_a_refused_export_leaves_nothing(run: Run, agent: AgentOnSocket, socket: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    agent.refuse["/v1/audit/export"] = CannotLog(why="disk full")
    result = export(run, socket, folder / "log.jsonl")
    assert result.exit_code == 1
    assert "disk full" in result.stderr
    assert list(folder.iterdir()) == []


# --- following -------------------------------------------------------------------------------------------------------


def test_following_shows_what_comes_oldest_first_and_never_twice(
    run: Run, agent: AgentOnSocket, socket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.cli.audit_follow.EVERY_S", 0.01)
    agent.entries = [entry(2), entry(1)]
    agent.coming = [entry(3), entry(4)]
    result = run("audit", "--socket", socket, "--follow", "--json", "actor:anna")
    seqs = [json.loads(line)["seq"] for line in result.stdout.splitlines()]
    assert seqs == sorted(set(seqs))
    assert {1, 2, 3, 4} == set(seqs)
    assert result.exit_code == 3, "the agent left"
    assert {asked["query"] for asked in agent.asked_of("/v1/audit")} == {"actor:anna -action:audit.read"}


def test_following_does_not_follow_itself(run: Run, socket: Path) -> None:
    result = run("audit", "--socket", socket, "--follow", "action:audit.read")
    assert result.exit_code == WrongUse.exit_code


# --- wrong use -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ("--state", "--hours"),
        ("--odd", "--follow"),
        ("--acknowledge", "1"),
        ("--remark", "why"),
        ("--export", "file"),
        ("--reason", "why"),
        ("--acknowledged",),
    ],
)
def test_options_that_do_not_go_together_are_wrong_use(
    words: tuple[str, ...], run: Run, agent: AgentOnSocket, socket: Path
) -> None:
    assert run("audit", "--socket", socket, *words).exit_code == 2
    assert agent.asked == []


@pytest.mark.parametrize("option", ["--state", "--hours", "--odd"])
def test_json_is_one_object_a_line(option: str, run: Run, agent: AgentOnSocket, socket: Path) -> None:
    agent.odd = [finding(1), finding(2)]
    lines = run("audit", "--socket", socket, option, "--json").stdout.splitlines()
    assert [type(json.loads(line)) for line in lines] == [dict] * (2 if option == "--odd" else 1)
