from __future__ import annotations

import stat
from pathlib import Path

import pytest
from textual.widgets import Input

from agent.errors import CannotLog
from agent.wire import Purpose
from tests.tui.fake_agent import FakeAgent
from tests.tui.hostile import ATTACK_BYTES, HOSTILE
from tests.tui.screen_text import assert_golden
from tests.tui.screens.place_scene import Scene
from tests.tui.screens.test_intake import on_intake
from tui.screens.export_quarantined import ExportQuarantined, suggested_name
from tui.screens.intake import IntakeScreen

CONTENT = FakeAgent().register.quarantined_file(1)


async def open_export(scene: Scene, path: Path | str) -> None:
    await scene.press("j", "E")
    await scene.until(lambda: isinstance(scene.screen, ExportQuarantined))
    scene.screen.query_one("#path", Input).value = str(path)
    await scene.pilot.pause()


def is_empty(folder: Path) -> bool:
    return not any(folder.iterdir())


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_dialog_asks_where_what_for_and_why(size: tuple[int, int]) -> None:
    async def body(scene: Scene) -> None:
        await open_export(scene, "/home/mika/file.wav")
        await scene.until_text("Export the untouched file", "[quality]", "q0001, 1.0 kB: It is empty.")
        assert_golden(scene.app, f"export-quarantined-{size[0]}x{size[1]}")

    on_intake(body, user="administrator", size=size)


def test_it_is_written_for_its_owner_alone_with_purpose_and_reason(tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        await open_export(scene, tmp_path / "file.wav")
        await scene.press("shift+tab", "right", "tab", *"case17", "enter")
        await scene.until(lambda: isinstance(scene.screen, IntakeScreen))
        await scene.until_text("Exported to")
        assert (tmp_path / "file.wav").read_bytes() == CONTENT
        assert stat.S_IMODE((tmp_path / "file.wav").stat().st_mode) == 0o600
        purposes = list(Purpose)
        chosen = purposes[purposes.index(Purpose.QUALITY) + 1]
        assert scene.asked("/file") == [f"POST /quarantine/q0001/file?purpose={chosen.value}&reason=case17"]

    on_intake(body, user="administrator")


def test_from_the_details_it_is_the_same(tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        await scene.press("enter")
        await scene.until_text("Quarantined file q0000")
        await scene.press("E")
        await scene.until(lambda: isinstance(scene.screen, ExportQuarantined))
        scene.screen.query_one("#path", Input).value = str(tmp_path / "none.wav")
        await scene.press(*"case17", "enter")
        await scene.until_text("Exported to")
        assert (tmp_path / "none.wav").read_bytes() == b""

    on_intake(body, user="administrator")


def test_a_reason_is_required(tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        await open_export(scene, tmp_path / "file.wav")
        await scene.press("enter")
        await scene.until_text("Say why, and for whom.")
        assert scene.asked("/file") == []

    on_intake(body, user="administrator")


def test_a_file_that_is_there_is_left_alone_and_nothing_is_asked(tmp_path: Path) -> None:
    (tmp_path / "file.wav").write_bytes(b"mine")

    async def body(scene: Scene) -> None:
        await open_export(scene, tmp_path / "file.wav")
        await scene.press(*"case17", "enter")
        await scene.until_text("exists", "already")
        assert (tmp_path / "file.wav").read_bytes() == b"mine"
        assert scene.asked("/file") == []

    on_intake(body, user="administrator")


def test_one_that_is_cut_short_on_the_way_is_not_kept(tmp_path: Path) -> None:
    agent = FakeAgent()
    agent.exported_bytes = 999

    async def body(scene: Scene) -> None:
        await open_export(scene, tmp_path / "file.wav")
        await scene.press(*"case17", "enter")
        await scene.until_text("The quarantined file q0001")
        assert is_empty(tmp_path)

    on_intake(body, user="administrator", agent=agent)


def test_an_export_that_cannot_be_logged_leaves_nothing_and_can_be_tried_again(tmp_path: Path) -> None:
    agent = FakeAgent()
    agent.fail("/quarantine/q0001/file", CannotLog(why="disk full"))

    async def body(scene: Scene) -> None:
        await open_export(scene, tmp_path / "file.wav")
        await scene.press(*"case17", "enter")
        await scene.until_text("The access log cannot be written")
        assert is_empty(tmp_path)
        agent.mend()
        await scene.press("enter")
        await scene.until(lambda: isinstance(scene.screen, IntakeScreen))
        assert (tmp_path / "file.wav").read_bytes() == CONTENT

    on_intake(body, user="administrator", agent=agent)


def test_a_connection_that_is_lost_is_said(tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        await open_export(scene, tmp_path / "file.wav")
        scene.agent.lose()
        await scene.press(*"case17", "enter")
        await scene.until_text("The agent does not answer")
        assert is_empty(tmp_path)

    on_intake(body, user="administrator")


@pytest.mark.parametrize("name", [*HOSTILE, "in-0046701740605-1.wav/../../x.WAV", "0046701740605", "a.0046701740605"])
def test_the_suggested_name_tells_nothing_of_the_source_s_name_but_a_known_ending(name: str) -> None:
    item = FakeAgent().register.quarantined(1).model_copy(update={"source_name": name, "id": "q/../1"})
    suggested = suggested_name(item)
    assert suggested.startswith("quarantined-20261123-")
    assert suggested.endswith(("-q1.wav", "-q1.bin"))
    assert "/" not in suggested
    assert "701740605" not in suggested


def test_hostile_names_stay_harmless() -> None:
    async def body(scene: Scene) -> None:
        await open_export(scene, "/home/mika/file.wav")
        await scene.until_text("q0001")
        assert not any(attack in scene.text.encode() for attack in ATTACK_BYTES)

    on_intake(body, user="administrator", agent=FakeAgent(hostile=True))
