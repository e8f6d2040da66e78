"""The main screens at 80x24 in another language, compared with their kept pictures.

The language of a process is chosen once, before any words are made, so `tests/tui/test_languages.py` runs this
in a process of its own: `draw` comes after `choose_language`.
"""

from __future__ import annotations

import asyncio

from agent.wire import Role
from tests.tui.fake_agent import PASSWORD, FakeAgent
from tests.tui.screen_text import assert_golden
from tests.tui.screens import contact_scene, log_scene, place_scene
from tests.tui.waiting import until
from tui.app import EarwitnessApp
from tui.screens.export_quarantined import ExportQuarantined
from tui.screens.help import HelpScreen
from tui.screens.intake import IntakeScreen
from tui.screens.purpose import AskPurpose
from tui.screens.sign_in import SignInScreen
from tui.text import _
from tui.widgets.list_status import grouped

DEMO = {role.value: {"user": role.value, "password": PASSWORD} for role in Role}


def draw(language: str) -> None:
    """Open each screen, and compare."""
    asyncio.run(_sign_in(language))

    async def contacts(scene: place_scene.Scene) -> None:
        await _counted(scene, 1204)
        await scene.press("down", "down")
        assert_golden(scene.app, f"contacts-80x24-{language}")
        await scene.press("f")
        await scene.until_text(_("other terms"))
        assert_golden(scene.app, f"contacts-filter-80x24-{language}")
        await scene.press("escape", "question_mark")
        await scene.until(lambda: isinstance(scene.screen, HelpScreen))
        assert_golden(scene.app, f"help-80x24-{language}")

    place_scene.on_place("1", contacts, user="anna.berg", agent=FakeAgent(contacts=1204))

    async def log(scene: place_scene.Scene) -> None:
        await _counted(scene, 4000)
        await scene.until_text(_("odd {count}").format(count=8))
        await scene.until(lambda: scene.screen.strip.counts)
        await scene.pilot.pause()
        assert_golden(scene.app, f"log-80x24-{language}")
        await scene.press("down", "down", "enter")
        await scene.until_text(_("by way of"))
        assert_golden(scene.app, f"entry-80x24-{language}")
        for key, name, words in (
            ("f", "log-filter", _("other terms")),
            ("i", "log-state", _("last check")),
            ("h", "hours", _("the most")),
            ("exclamation_mark", "odd", _("what is odd")),
            ("E", "export-log", _("Why, and for whom")),
        ):
            await scene.press("escape", key)
            await scene.until_text(words)
            await scene.pilot.pause()
            if key == "E":
                scene.screen.query_one("#path").value = "/home/sec/log.jsonl"
                await scene.pilot.pause()
            assert_golden(scene.app, f"{name}-80x24-{language}")

    place_scene.on_place("2", log, user="security", agent=log_scene.agent_with_odd())

    async def intake(scene: place_scene.Scene) -> None:
        await scene.until(lambda: isinstance(scene.screen, IntakeScreen))
        await _counted(scene, 12)
        await scene.until_text(_("● watching"), "q0000")
        assert_golden(scene.app, f"intake-80x24-{language}")
        await scene.press("down", "enter")
        await scene.until_text("SHA-256")
        assert_golden(scene.app, f"quarantined-80x24-{language}")
        await scene.press("E")
        await scene.until(lambda: isinstance(scene.screen, ExportQuarantined))
        scene.screen.query_one("#path").value = "/home/mika/file.wav"
        await scene.pilot.pause()
        assert_golden(scene.app, f"export-quarantined-80x24-{language}")
        await scene.press("escape", "u")
        await scene.until_text("1795435500.9")
        await scene.pilot.pause()
        assert_golden(scene.app, f"unmatched-80x24-{language}")

    place_scene.on_place("3", intake, user="administrator")

    async def contact(scene: contact_scene.Scene) -> None:
        await scene.until_text(_("not yet opened"))
        await scene.until(lambda: _("Loading the waveform …") not in scene.text)
        await scene.until(lambda: scene.screen.query_one("#heard-by")._lines)
        assert_golden(scene.app, f"contact-80x24-{language}")
        scene.app.push_screen(AskPurpose())
        await scene.until_text(_("What is this recording opened for?"))
        assert_golden(scene.app, f"purpose-80x24-{language}")

    contact_scene.with_contact(contact, user="controller", agent=contact_scene.agent_with_entries())


async def _sign_in(language: str) -> None:
    app = EarwitnessApp(FakeAgent().client(), demo_accounts=DEMO)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, SignInScreen) and app.focused is not None)
        assert_golden(app, f"sign-in-80x24-{language}")


async def _counted(scene: place_scene.Scene, rows: int) -> None:
    """Wait until the list and the line under it know how many there are."""
    place = _("{place} of {count}").format(place=1, count=grouped(rows))
    await scene.until(lambda: scene.screen.table.count == rows)
    await scene.until_text(place)
