from __future__ import annotations

import asyncio
import json
import stat
from pathlib import Path

import pytest

from agent.errors import CannotLog, EarwitnessError, IntegrityBroken
from tests.tui.fake_agent import FakeAgent
from tui.exporting_log import export_log_to
from tui.new_file import NotWritten


def export(agent: FakeAgent, path: Path, query: str = "outcome:refused") -> tuple[int, list[tuple[int, int]]]:
    progress: list[tuple[int, int]] = []

    async def ask() -> int:
        agent.session("security")
        async with agent.client() as client:
            return await export_log_to(
                path, client, query, reason="audit of 2026", on_progress=lambda *told: progress.append(told)
            )

    return asyncio.run(ask()), progress


def test_the_file_holds_the_first_line_and_every_entry(tmp_path: Path) -> None:
    agent = FakeAgent()
    count, progress = export(agent, tmp_path / "log.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert count == len(lines) - 1 == 1000
    assert lines[0]["entries"] == 1000
    assert progress[-1] == (1000, 1000)
    assert stat.S_IMODE((tmp_path / "log.jsonl").stat().st_mode) == 0o600
    assert "reason=audit+of+2026" in agent.asked[-1]


@pytest.mark.parametrize("brought", [0, 999])
def test_fewer_entries_than_announced_leave_nothing_behind(tmp_path: Path, brought: int) -> None:
    agent = FakeAgent()
    agent.exported_lines = brought
    with pytest.raises(IntegrityBroken):
        export(agent, tmp_path / "log.jsonl")
    assert list(tmp_path.glob("*")) + list(tmp_path.glob(".earwitness*")) == []


def test_a_refusal_leaves_nothing_behind(tmp_path: Path) -> None:
    agent = FakeAgent()
    agent.fail("/audit/export", CannotLog(why="disk full"))
    with pytest.raises(EarwitnessError):
        export(agent, tmp_path / "log.jsonl")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_already_is_not_touched_and_nothing_is_asked(tmp_path: Path) -> None:
    agent = FakeAgent()
    (tmp_path / "log.jsonl").write_text("mine")
    with pytest.raises(NotWritten):
        export(agent, tmp_path / "log.jsonl")
    assert (tmp_path / "log.jsonl").read_text() == "mine"
    assert agent.asked == []


def test_no_entry_at_all_is_an_answer_too(tmp_path: Path) -> None:
    count, _progress = export(FakeAgent(), tmp_path / "log.jsonl", "action:file.open")
    assert count == 0
    assert len((tmp_path / "log.jsonl").read_text().splitlines()) == 1
