from __future__ import annotations

import pytest

from agent.wire import Purpose
from tests.tui.screen_text import assert_golden
from tests.tui.screens.contact_scene import with_contact
from tui.screens.purpose import AskPurpose, PurposeStated


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch):
    monkeypatch.setattr(AskPurpose, "_last", None)


def answered(*keys, before=()):
    """What the dialog returns after these keys."""
    answers = []

    async def body(scene):
        for earlier in before:
            scene.app.push_screen(AskPurpose(), lambda answer: None)
            await scene.press(*earlier)
        scene.app.push_screen(AskPurpose(), answers.append)
        await scene.press(*keys)
        await scene.until(lambda: answers)

    with_contact(body, user="maintenance")
    return answers[0]


def test_enter_takes_the_chosen_purpose():
    assert answered("down", "enter") == PurposeStated(Purpose.COMPLAINT, None)


def test_a_case_may_be_named():
    stated = answered("down", "tab", *"C-118", "enter")
    assert stated == PurposeStated(Purpose.COMPLAINT, "C-118")
    assert stated.in_words() == "complaint C-118"


def test_escape_changes_nothing():
    assert answered("escape") is None


def test_the_last_answer_is_offered_again():
    earlier = ("down", "down", "tab", *"Q/7", "enter")
    assert answered("enter", before=[earlier]) == PurposeStated(Purpose.QUALITY, "Q/7")


def test_the_last_answer_ends_with_the_sign_in():
    answered("down", "enter")
    assert answered("enter") == PurposeStated(Purpose.COMMISSION, None)


@pytest.mark.parametrize("console", [False, True])
def test_the_dialog_looks_like_this(console):
    async def body(scene):
        await scene.until_text("Facts")
        await scene.until(lambda: "Loading" not in scene.text)
        scene.app.push_screen(AskPurpose())
        await scene.until_text("What is this recording opened for?")
        assert_golden(scene.app, "purpose-80x24" + ("-console" if console else ""))

    with_contact(body, console=console)
