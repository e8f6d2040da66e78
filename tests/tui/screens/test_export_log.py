from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from agent.errors import CannotLog
from tests.tui.fake_agent import FakeAgent
from tests.tui.hostile import ATTACK_BYTES
from tests.tui.screen_text import assert_golden
from tests.tui.screens.log_scene import on_log
from tests.tui.screens.place_scene import Scene
from tui.screens.export_log import ExportLog
from tui.screens.log import LogScreen


def is_empty(folder: Path) -> bool:
    return not any(folder.iterdir())


async def open_export(scene: Scene, path: Path | str) -> None:
    await scene.write("outcome:refused")
    await scene.until_text("1,000 entries")
    await scene.press("E")
    await scene.until(lambda: isinstance(scene.screen, ExportLog))
    scene.screen.query_one("#path", Input).value = str(path)
    await scene.pilot.pause()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_dialog_says_what_leaves_and_what_the_file_holds(size: tuple[int, int]) -> None:
    async def body(scene: Scene) -> None:
        await open_export(scene, "/home/sec/log.jsonl")
        await scene.until_text("1,000 entries: outcome:refused", "each entry with its proof")
        assert_golden(scene.app, f"export-log-{size[0]}x{size[1]}")

    on_log(body, size=size)


def test_a_reason_is_required(tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        await open_export(scene, tmp_path / "log.jsonl")
        await scene.press("enter")
        await scene.until_text("Say why, and for whom.")
        assert scene.asked("/audit/export") == []

    on_log(body)


def test_it_is_written_and_said_with_what_is_in_it(tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        await open_export(scene, tmp_path / "log.jsonl")
        await scene.press(*"audit", "enter")
        await scene.until(lambda: isinstance(scene.screen, LogScreen))
        said = [notification.message for notification in scene.app._notifications]
        assert any("1,000 entries. Its first line holds the checkpoint" in words for words in said)
        assert len((tmp_path / "log.jsonl").read_text().splitlines()) == 1001

    on_log(body, size=(120, 40))


def test_an_export_that_fails_leaves_nothing_and_can_be_tried_again(tmp_path: Path) -> None:
    agent = FakeAgent()
    agent.fail("/audit/export", CannotLog(why="disk full"))

    async def body(scene: Scene) -> None:
        await open_export(scene, tmp_path / "log.jsonl")
        await scene.press(*"audit", "enter")
        await scene.until_text("The access log cannot be written")
        assert is_empty(tmp_path)
        agent.mend()
        await scene.press("enter")
        await scene.until(lambda: isinstance(scene.screen, LogScreen))

    on_log(body, agent=agent)


def test_a_connection_that_is_lost_is_said(tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        await open_export(scene, tmp_path / "log.jsonl")
        scene.agent.lose()
        await scene.press(*"audit", "enter")
        await scene.until_text("The agent does not answer")
        assert is_empty(tmp_path)

    on_log(body)


def test_a_search_with_hostile_words_stays_harmless() -> None:
    async def body(scene: Scene) -> None:
        scene.app.push_screen(ExportLog("searched:\x1b]0;owned\x07[red]x[/red] \u202eb", 1))
        await scene.until_text("1 entry: searched:", "[red]x[/red]")
        assert not any(attack in scene.text.encode() for attack in ATTACK_BYTES)

    on_log(body)
