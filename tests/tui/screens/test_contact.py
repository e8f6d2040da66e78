from __future__ import annotations

from contextlib import suppress

import pytest

from agent.errors import CannotLog, IntegrityBroken, NotFound, OutOfScope, Undecodable
from tests.tui.fake_agent import FakeAgent
from tests.tui.hostile import ATTACK_BYTES
from tests.tui.screen_text import assert_golden
from tests.tui.screens.contact_scene import CONTACT_ID, agent_with_entries, shorten, with_contact
from tui.player.legs import Legs
from tui.player.player import State
from tui.screens.contact import ContactScreen
from tui.screens.contacts import ContactsScreen
from tui.screens.purpose import AskPurpose
from tui.theme import CONSOLE_GLYPHS
from tui.widgets.listening import Listening
from tui.widgets.waveform import GUTTER_CELLS, Waveform


@pytest.fixture(autouse=True)
def inaudible(monkeypatch):
    monkeypatch.setattr(Listening, "device", "null")
    monkeypatch.setattr(AskPurpose, "_last", None)


async def loaded(scene):
    await scene.until_text("not yet opened")
    await scene.until(lambda: "Loading" not in scene.text)


async def playing(scene):
    await loaded(scene)
    await scene.press("space", "enter")
    await scene.until_at(0.05)


def player_of(scene):
    return scene.listening._player


# --- pictures ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("console", [False, True])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_contact_looks_like_this(size, console):
    async def body(scene):
        await loaded(scene)
        await scene.until(lambda: scene.screen.query_one("#heard-by")._lines)
        await scene.press("3")
        await scene.until_text("3:49 / 12:44")
        name = f"contact-{size[0]}x{size[1]}" + ("-console" if console else "")
        assert_golden(scene.app, name)
        if console:
            assert {glyph for glyph in scene.text if not glyph.isascii()} <= CONSOLE_GLYPHS

    with_contact(body, user="controller", size=size, console=console, agent=agent_with_entries())


def test_loading_looks_like_this():
    agent = FakeAgent()
    agent.hold(f"/contacts/{CONTACT_ID}")

    async def body(scene):
        await scene.until_text("Loading the contact")
        assert_golden(scene.app, "contact-loading-80x24")
        agent.release()
        await loaded(scene)

    with_contact(body, agent=agent)


@pytest.mark.parametrize("error", [OutOfScope(), NotFound(kind="contact", id=CONTACT_ID)])
def test_a_refused_or_erased_contact_is_said_in_words(error):
    agent = FakeAgent()
    agent.fail(f"/contacts/{CONTACT_ID}", error)

    async def body(scene):
        await scene.until_text(error.in_english()[:40])
        assert_golden(scene.app, f"contact-{error.code}-80x24")
        await scene.press("space", "n")
        assert scene.asked("/audio") == []
        await scene.press("escape")
        assert isinstance(scene.app.screen, ContactsScreen)

    with_contact(body, agent=agent)


def test_hostile_text_reaches_no_terminal_and_is_no_markup():
    async def body(scene):
        await scene.until_text("not yet opened")
        await scene.press("pagedown")
        assert not any(attack in scene.text.encode() for attack in ATTACK_BYTES)

    for size in ((80, 24), (120, 40)):
        with_contact(body, agent=FakeAgent(hostile=True), size=size, user="controller")


# --- listening -----------------------------------------------------------------------------------------------


def test_nothing_is_fetched_before_a_purpose_was_stated():
    async def body(scene):
        await loaded(scene)
        await scene.press("space")
        assert isinstance(scene.app.screen, AskPurpose)
        await scene.press("escape")
        assert isinstance(scene.app.screen, ContactScreen)
        assert scene.asked("/audio") == []
        assert scene.listening.stated is None

    with_contact(body)


def test_space_asks_the_purpose_plays_and_pauses():
    async def body(scene):
        await loaded(scene)
        await scene.press("space", "down", "tab", *"C-118", "enter")
        await scene.until_at(0.05)
        assert "purpose: complaint C-118" in scene.text
        assert "playing" in scene.text
        assert "No sound device here" in scene.text
        assert all("purpose=complaint&case=C-118" in asked for asked in scene.asked("/audio"))
        await scene.press("space")
        await scene.until_text("paused")
        stopped_s = scene.listening.position_s
        await scene.press("space")
        await scene.until_at(stopped_s + 0.05)

    with_contact(body)


def test_the_arrows_the_ends_and_the_digits_move_the_position():
    async def body(scene):
        await loaded(scene)
        for key, position in (
            ("5", "6:22"),
            ("right", "6:27"),
            ("left", "6:22"),
            ("full_stop", "6:52"),
            ("shift+left", "6:22"),
            ("home", "0:00"),
            ("left", "0:00"),
            ("end", "12:39"),
        ):
            await scene.press(key)
            await scene.until_text(f"{position} / 12:44")
        assert scene.asked("/audio") == []

    with_contact(body)


def test_pointing_at_the_waveform_seeks_there():
    async def body(scene):
        await loaded(scene)
        await scene.pilot.click(Waveform, offset=(GUTTER_CELLS + 34, 1))
        await scene.until_text("6:22 / 12:44")

    with_contact(body)


def test_the_legs_are_heard_each_alone():
    async def body(scene):
        await loaded(scene)
        for words, legs in (
            ("the adviser alone", Legs.ADVISER),
            ("the caller alone", Legs.CALLER),
            ("both legs", Legs.BOTH),
        ):
            await scene.press("l")
            await scene.until_text(words)
            assert player_of(scene).legs is legs

    with_contact(body)


def test_one_channel_has_no_legs_and_the_key_says_why():
    agent = FakeAgent()
    agent.register.recording = lambda *_: mono

    mono = FakeAgent().register.recording(CONTACT_ID, 20.0, 4992)
    mono = mono.model_copy(update={"channels": 1, "block_bytes": 2})

    async def body(scene):
        await loaded(scene)
        assert "both legs" not in scene.text
        await scene.press("l")
        await scene.until_text("both sides in one channel")

    with_contact(body, agent=agent)


def test_a_recording_that_cannot_be_decoded_is_said_and_can_still_be_exported():
    agent = FakeAgent()
    strange = agent.register.recording(CONTACT_ID, 20.0, 4992).model_copy(update={"encoding": "0x0040"})
    agent.register.recording = lambda *_: strange
    agent.fail(f"/contacts/{CONTACT_ID}/waveform", Undecodable(encoding="0x0040"))

    async def body(scene):
        await scene.until_text("No waveform: The encoding 0x0040")
        assert "cannot be played here" in scene.text
        assert scene.listening.position_s is None
        assert_golden(scene.app, "contact-undecodable-80x24")
        await scene.press("space")
        assert isinstance(scene.app.screen, ContactScreen)
        assert scene.screen.why_not_action("export") is None

    with_contact(body, agent=agent)


@pytest.mark.parametrize(
    "error", [IntegrityBroken(what="The recording r004992"), CannotLog(why="disk full"), OutOfScope()]
)
def test_what_the_agent_says_to_a_part_is_said_in_words(error):
    agent = FakeAgent()
    agent.fail(f"/contacts/{CONTACT_ID}/audio", error)

    async def body(scene):
        await loaded(scene)
        await scene.press("space", "enter")
        await scene.until(lambda: player_of(scene).state is State.FAILED)
        await scene.until_text(error.in_english()[:50])
        assert "stopped" in scene.text
        agent.mend()
        await scene.press("space")
        await scene.until_at(0.05)
        assert "stopped" not in scene.text

    with_contact(body, agent=agent)


def test_the_end_of_the_sound_s_process_is_said_and_space_starts_another():
    async def body(scene):
        await playing(scene)
        with suppress(ProcessLookupError):  # where it was starved it has been taken for lost already
            player_of(scene)._speaker._process.kill()
        await scene.until_text("The sound output stopped")
        stopped_s = scene.listening.position_s
        await scene.press("space")
        await scene.until_at(stopped_s + 0.05)

    with_contact(body)


def test_leaving_the_contact_ends_the_sound_s_process():
    async def body(scene):
        await playing(scene)
        process = player_of(scene)._speaker._process
        await scene.press("escape")
        await scene.until(lambda: process.returncode is not None)
        assert isinstance(scene.app.screen, ContactsScreen)

    with_contact(body)


def test_whoever_may_not_listen_is_told_why_and_no_process_starts():
    agent = FakeAgent()
    agent.agreement_missing = True

    async def body(scene):
        await scene.until_text("There is no valid secrecy agreement")
        await scene.press("space")
        assert player_of(scene) is None
        assert isinstance(scene.app.screen, ContactScreen)

    with_contact(body, agent=agent, user="maintenance")


def test_an_ended_session_leads_back_to_the_sign_in():
    async def body(scene):
        await loaded(scene)
        scene.agent.end_session()
        await scene.press("space", "enter")
        await scene.until(lambda: scene.app.live.me is None)

    with_contact(body)


# --- several recordings --------------------------------------------------------------------------------------


def test_the_next_recording_is_taken_up():
    agent = FakeAgent()
    shown = agent.register.shown(4992)
    second = shown.recordings[0].model_copy(update={"id": "r2", "data_bytes": 32_000 * 10})
    both = shown.model_copy(update={"recordings": [shown.recordings[0], second]})
    agent.register.shown = lambda *_: both

    async def body(scene):
        await loaded(scene)
        await scene.press("v")
        await scene.until_text("0:00 / 0:10")
        await scene.until(lambda: scene.asked("waveform?recording=r2"))
        await scene.press("v")
        await scene.until_text("0:00 / 12:44")

    with_contact(body, agent=agent)


def test_a_single_recording_has_no_next_one_and_the_key_says_so():
    async def body(scene):
        await loaded(scene)
        await scene.press("v")
        await scene.until_text("no other recording")

    with_contact(body)


def test_a_contact_without_a_recording_says_so():
    agent = FakeAgent()
    empty = agent.register.shown(4992).model_copy(update={"recordings": []})
    agent.register.shown = lambda *_: empty

    async def body(scene):
        await scene.until_text("This contact has no recording.")
        await scene.press("space", "l")
        assert scene.asked("/audio") == []

    with_contact(body, agent=agent)


# --- notes, tags, log ----------------------------------------------------------------------------------------


def test_a_note_is_kept_with_the_moment_it_is_about():
    async def body(scene):
        await loaded(scene)
        await scene.press("5", "n")
        await scene.until_text("A note at 6:22")
        await scene.press(*"agreed", "enter")
        await scene.until(lambda: CONTACT_ID in scene.agent.register.notes)
        note = scene.agent.register.notes[CONTACT_ID][0]
        assert note.text == "agreed"
        assert note.position_s == pytest.approx(382.42)
        await scene.until_text("● 6:22")
        assert scene.listening.position_s == pytest.approx(382.42)

    with_contact(body, size=(120, 40))


def test_a_tag_is_added_and_taken_off():
    async def body(scene):
        await loaded(scene)
        await scene.press("t", *"price", "enter")
        await scene.until_text("price")
        assert scene.agent.register.tags[CONTACT_ID] == ["price"]
        await scene.press("t", *"price", "enter")
        await scene.until(lambda: scene.agent.register.tags[CONTACT_ID] == [])

    with_contact(body, size=(120, 40))


def test_whoever_may_not_annotate_or_export_is_told_why():
    async def body(scene):
        await loaded(scene)
        await scene.press("n")
        await scene.until_text("Your role does not permit this (contact.annotate)")
        await scene.press("E")
        await scene.until_text("Your role does not permit this (contact.export)")

    with_contact(body, user="maintenance")


def test_who_heard_it_is_for_those_who_read_the_log():
    async def body(scene):
        await loaded(scene)
        assert scene.asked("/audit") == []
        assert "Who heard it" not in scene.text

    with_contact(body, user="anna.berg", size=(120, 40))

    async def of_the_controller(scene):
        await scene.until_text("heard 0:00–1:30, complaint")
        assert "refused, show" in scene.text
        assert scene.asked("/audit")[0].startswith(f"GET /audit?query=contact%3A{CONTACT_ID}")

    with_contact(of_the_controller, user="controller", size=(120, 40), agent=agent_with_entries())


def test_a_log_that_cannot_be_read_is_said_where_it_would_stand():
    agent = FakeAgent()
    agent.fail("/audit", CannotLog(why="disk full"))

    async def body(scene):
        await scene.until_text("The access log cannot be written")
        await loaded(scene)

    with_contact(body, agent=agent, user="controller", size=(120, 40))


def test_reading_again_shows_what_has_changed_and_keeps_the_position():
    async def body(scene):
        await loaded(scene)
        await scene.press("5")
        scene.agent.register.tags[CONTACT_ID] = ["urgent"]
        await scene.press("r")
        await scene.until_text("urgent")
        assert "6:22 / 12:44" in scene.text

    with_contact(body, size=(120, 40))


def test_the_details_scroll_on_a_small_screen():
    async def body(scene):
        await loaded(scene)
        assert "SHA-256" not in scene.text
        await scene.press("pagedown", "down")
        await scene.until_text("SHA-256")

    with_contact(body)


# --- export --------------------------------------------------------------------------------------------------


def test_the_export_asks_the_purpose_writes_the_file_and_says_where(tmp_path):
    agent = FakeAgent()
    recording = shorten(agent, 2.0)
    agent.register.recording = lambda *_: recording

    async def body(scene):
        await loaded(scene)
        await scene.press("E", "enter")
        await scene.until_text("Export the recording")
        target = tmp_path / "call.wav"
        scene.app.screen.query_one("#path").value = str(target)
        await scene.press(*"asked", "enter")
        await scene.until_text("Exported to")
        assert target.read_bytes() == agent.register.audio(4992, 0, recording.size_bytes)
        assert "reason=asked" in scene.asked("/export")[0]
        assert isinstance(scene.app.screen, ContactScreen)

    with_contact(body, agent=agent)
