from __future__ import annotations

from typing import Any

import pytest

from agent import wire
from agent.errors import Conflict, NotPermitted
from agent.wire import Capability, Role
from tests.tui.fake_agent import CAPABILITIES, FakeAgent
from tests.tui.hostile import ATTACK_BYTES
from tests.tui.screen_text import assert_golden
from tests.tui.screens.place_scene import Scene, on_place
from tui.screens.intake import IntakeScreen
from tui.screens.quarantined import QuarantinedScreen
from tui.screens.retry import AskRetry
from tui.screens.standing import AskWhatIsKnown, ChooseSource
from tui.theme import CONSOLE_GLYPHS


def on_intake(body: Any, **how: Any) -> None:
    async def loaded(scene: Scene) -> None:
        await scene.until(lambda: isinstance(scene.screen, IntakeScreen) and scene.screen.table.count)
        await scene.until_text("Quarantine: ")
        await body(scene)

    on_place("3", loaded, **({"user": "maintenance"} | how))


@pytest.mark.parametrize("console", [False, True])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_intake_looks_like_this(size: tuple[int, int], console: bool) -> None:
    async def body(scene: Scene) -> None:
        await scene.until_text("1 of 12", "watching", "q0000", "night is silent")
        assert_golden(scene.app, f"intake-{size[0]}x{size[1]}" + ("-console" if console else ""))
        if console:
            assert {glyph for glyph in scene.text if not glyph.isascii()} <= CONSOLE_GLYPHS

    on_intake(body, size=size, console=console)


def test_a_pause_is_said_first_and_in_plain_words() -> None:
    agent = FakeAgent()
    make = agent.register.intake
    agent.register.intake = lambda count: make(count).model_copy(  # type: ignore[method-assign]  # its one answer
        update={"paused": "No space left on device"}
    )

    async def body(scene: Scene) -> None:
        await scene.until_text("! Paused, nothing is taken in: the disk is full", "! branch is not watched")

    on_intake(body, agent=agent)


def test_an_event_brings_the_present_state() -> None:
    async def body(scene: Scene) -> None:
        scene.agent.quarantine_size = 13
        scene.agent.happen("intake")
        await scene.until_text("Quarantine: 13 files")
        await scene.until(lambda: scene.screen.table.count == 13)

    on_intake(body)


@pytest.mark.parametrize("console", [False, True])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_a_scan_that_runs_is_shown_as_a_bar(size: tuple[int, int], console: bool) -> None:
    agent = FakeAgent()
    agent.register.scan = agent.register.running_scan(410)

    async def body(scene: Scene) -> None:
        await scene.until_text("Scan: 410 of 1,000 files · 410.0 MB of 1.0 GB · 1 min left", "41 %  5.0/s")
        assert_golden(scene.app, f"intake-scan-{size[0]}x{size[1]}" + ("-console" if console else ""))
        if console:
            assert {glyph for glyph in scene.text if not glyph.isascii()} <= CONSOLE_GLYPHS

    on_intake(body, agent=agent, size=size, console=console)


def test_the_bar_goes_on_with_the_events_and_leaves_with_the_scan() -> None:
    async def body(scene: Scene) -> None:
        assert "Scan:" not in scene.text
        for taken_in in (10, 990):
            scene.agent.register.scan = scene.agent.register.running_scan(taken_in)
            scene.agent.happen("intake")
            await scene.until_text(f"Scan: {taken_in} of 1,000 files")
        scene.agent.register.scan = None
        scene.agent.happen("intake")
        await scene.until(lambda: "Scan:" not in scene.text)

    on_intake(body)


def test_a_retry_is_asked_about_with_its_id_and_then_done() -> None:
    async def body(scene: Scene) -> None:
        await scene.press("j", "R")
        await scene.until_text("Take q0001 in once more?", "broken-1.wav", "It is empty.")
        assert_golden(scene.app, "retry-80x24")
        await scene.press("enter")
        await scene.until_text("q0001 is read once more")
        assert scene.agent.retried == ["q0001"]

    on_intake(body)


def test_esc_leaves_the_file_where_it_is() -> None:
    async def body(scene: Scene) -> None:
        await scene.press("R")
        await scene.until(lambda: isinstance(scene.screen, AskRetry))
        await scene.press("escape")
        await scene.until(lambda: isinstance(scene.screen, IntakeScreen))
        assert scene.agent.retried == []

    on_intake(body)


def test_a_file_that_still_is_no_recording_is_said() -> None:
    async def body(scene: Scene) -> None:
        scene.agent.fail("/quarantine/q0000/retry", Conflict(what="the file is still no recording (not-audio)"))
        await scene.press("R")
        await scene.until(lambda: isinstance(scene.screen, AskRetry))
        await scene.press("enter")
        await scene.until_text("This is not possible now")

    on_intake(body)


def test_the_selected_file_is_shown_in_full() -> None:
    async def body(scene: Scene) -> None:
        await scene.press("j", "j")
        await scene.until_text("q0002  broken-2.wav: It is no plain file", "in spool")

    on_intake(body, size=(120, 40))


def test_a_refusal_is_said_in_place_of_the_state() -> None:
    agent = FakeAgent()
    agent.fail("/intake", NotPermitted(capability="intake.read"))

    async def body(scene: Scene) -> None:
        await scene.until_text("! Not known: Your role does not permit this (intake.read)")

    on_place("3", body, user="maintenance", agent=agent)


def test_hostile_names_stay_harmless() -> None:
    async def body(scene: Scene) -> None:
        for _row in range(8):
            await scene.press("j", "R")
            await scene.until(lambda: isinstance(scene.screen, AskRetry))
            assert not any(attack in scene.text.encode() for attack in ATTACK_BYTES)
            await scene.press("escape", "enter")
            await scene.until(lambda: isinstance(scene.screen, QuarantinedScreen))
            assert not any(attack in scene.text.encode() for attack in ATTACK_BYTES)
            await scene.press("escape")
            await scene.until(lambda: isinstance(scene.screen, IntakeScreen))
        assert "[red]bold[/red].wav" in scene.text

    on_intake(body, agent=FakeAgent(hostile=True), size=(120, 40))


def test_enter_tells_everything_of_a_file_and_what_can_be_done() -> None:
    async def body(scene: Scene) -> None:
        await scene.press("enter")
        await scene.until_text("Quarantined file q0000", "It is no sound file.", "its vendor can say", "SHA-256")
        assert_golden(scene.app, "quarantined-80x24")
        await scene.press("R")
        await scene.until_text("Take q0000 in once more?")
        await scene.press("enter")
        await scene.until(lambda: scene.agent.retried == ["q0000"])

    on_intake(body)


def test_a_file_without_a_seal_cannot_be_exported_and_it_is_said_why() -> None:
    async def body(scene: Scene) -> None:
        await scene.press("j", "j", "E")
        await scene.until_text("left in its spool: nothing is sealed")
        await scene.press("enter")
        await scene.until(lambda: isinstance(scene.screen, QuarantinedScreen))
        await scene.press("E")
        await scene.pilot.pause()
        assert isinstance(scene.screen, QuarantinedScreen)
        assert scene.asked("/file") == []

    on_intake(body, user="administrator")


def test_maintenance_may_export_a_sealed_file() -> None:
    async def body(scene: Scene) -> None:
        await scene.press("E")
        await scene.until_text("Export the untouched file")

    on_intake(body)


def test_without_an_agreement_the_key_says_that_it_is_missing() -> None:
    agent = FakeAgent()
    agent.agreement_missing = True

    async def body(scene: Scene) -> None:
        await scene.press("E")
        await scene.until_text("There is no valid secrecy agreement")
        assert scene.asked("/file") == []

    on_intake(body, agent=agent)


def test_whoever_only_reads_the_intake_may_not_export() -> None:
    async def body(scene: Scene) -> None:
        await scene.press("E")
        await scene.until_text("Your role does not permit this", "(quarantine.export)")
        assert scene.asked("/file") == []

    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(CAPABILITIES, Role.MAINTENANCE, [Capability.INTAKE_READ])
        on_intake(body)


def agent_with_standing(*sources: str) -> FakeAgent:
    agent = FakeAgent()
    for number, source in enumerate(sources):
        agent.register.standing[source] = wire.Standing(changed=number, vanished=3 - number, newest_seq=40 + number)
    return agent


@pytest.mark.parametrize("key", ["A", "a"])
def test_what_became_of_recordings_in_place_is_acknowledged_with_a_reason(key: str) -> None:
    agent = agent_with_standing("pbx")

    async def body(scene: Scene) -> None:
        await scene.until_text("! pbx: 3 recordings in place are gone.", "! in trouble")
        await scene.press(key)
        await scene.until_text("What is known about it?", "pbx: 3 recordings in place are gone.")
        assert_golden(scene.app, "acknowledge-standing-80x24")
        await scene.press(*"asked", "enter")
        await scene.until_text("Acknowledged. It stands in the log")
        await scene.until(lambda: "in place are gone" not in scene.text)
        assert agent.acknowledged == [("pbx", "asked")]

    on_intake(body, agent=agent)


def test_of_several_sources_it_is_asked_which() -> None:
    agent = agent_with_standing("pbx", "branch")

    async def body(scene: Scene) -> None:
        await scene.press("A")
        await scene.until_text("Acknowledge of which source?", "pbx: 0 changed, 3 gone", "branch: 1 changed, 2 gone")
        assert_golden(scene.app, "acknowledge-which-80x24")
        await scene.press("down", "enter")
        await scene.until_text("What is known about it?", "branch: 1 recording in place was changed")
        await scene.press(*"asked", "enter")
        await scene.until(lambda: "! branch: " not in scene.text)
        assert agent.acknowledged == [("branch", "asked")]
        assert "! pbx: 3 recordings in place are gone." in scene.text

    on_intake(body, agent=agent)


def test_without_a_reason_or_a_source_nothing_is_acknowledged() -> None:
    agent = agent_with_standing("pbx", "branch")

    async def body(scene: Scene) -> None:
        await scene.press("A")
        await scene.until(lambda: isinstance(scene.screen, ChooseSource))
        await scene.press("escape")
        await scene.until(lambda: isinstance(scene.screen, IntakeScreen))
        await scene.press("A")
        await scene.until(lambda: isinstance(scene.screen, ChooseSource))
        await scene.press("enter")
        await scene.until(lambda: isinstance(scene.screen, AskWhatIsKnown))
        await scene.press("space", "enter")
        await scene.until_text("Say in a few words what is known about it.")
        await scene.press("escape")
        await scene.until(lambda: isinstance(scene.screen, IntakeScreen))
        assert scene.asked("acknowledge") == []

    on_intake(body, agent=agent)


def test_what_has_changed_since_is_said_and_read_again() -> None:
    agent = agent_with_standing("pbx")

    async def body(scene: Scene) -> None:
        await scene.press("A")
        await scene.until(lambda: isinstance(scene.screen, AskWhatIsKnown))
        agent.register.standing["pbx"] = wire.Standing(changed=0, vanished=4, newest_seq=50)
        await scene.press(*"asked", "enter")
        await scene.until_text("This is not possible now", "! pbx: 4 recordings in place are gone.")
        assert agent.acknowledged == []

    on_intake(body, agent=agent)


def test_with_nothing_to_acknowledge_the_key_says_so() -> None:
    async def body(scene: Scene) -> None:
        await scene.press("a")
        await scene.until_text("Nothing is to be acknowledged")
        assert isinstance(scene.screen, IntakeScreen)

    on_intake(body)


def test_whoever_only_reads_the_intake_may_not_acknowledge() -> None:
    async def body(scene: Scene) -> None:
        await scene.press("a")
        await scene.until_text("Your role does not permit this", "(source.acknowledge)")
        assert scene.asked("acknowledge") == []

    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(CAPABILITIES, Role.MAINTENANCE, [Capability.INTAKE_READ])
        on_intake(body, agent=agent_with_standing("pbx"))


def test_a_connection_that_is_lost_says_of_when_the_figures_are_and_comes_back() -> None:
    async def body(scene: Scene) -> None:
        scene.agent.lose()
        scene.screen._read()
        await scene.until_text("! Not known: The agent does not answer", "What stands below was so at 2026-11-23")
        assert "pbx" in scene.text
        scene.agent.find()
        scene.screen._read()
        await scene.until_text("● The other sources are taken in.")

    on_intake(body)


def test_until_the_state_is_there_it_is_said_that_it_is_read() -> None:
    agent = FakeAgent()
    agent.hold("/intake")

    async def body(scene: Scene) -> None:
        await scene.until_text("Intake", "Reading …")
        agent.release()
        await scene.until_text("Intake: 2 waiting, 1 in work")

    on_place("3", body, user="maintenance", agent=agent)


def test_an_empty_quarantine_and_no_source_are_said() -> None:
    agent = FakeAgent()
    agent.quarantine_size = 0
    make = agent.register.intake
    agent.register.intake = lambda count: make(count).model_copy(  # type: ignore[method-assign]  # its one answer
        update={"sources": [], "by_minute": [0] * 60}
    )

    async def body(scene: Scene) -> None:
        await scene.until_text("No source is configured.", "Nothing lies in quarantine", "Quarantine: 0 files")
        assert_golden(scene.app, "intake-empty-80x24")

    on_place("3", body, user="maintenance", agent=agent)


def test_the_help_says_what_every_key_does() -> None:
    async def body(scene: Scene) -> None:
        await scene.press("question_mark")
        await scene.until_text("Read the quarantined file once more", "vendor", "Calls without a recording")

    on_intake(body, size=(120, 40))
