from __future__ import annotations

import pytest

from tests.tui.screens.contact_scene import with_contact
from tui.screens.note import AskNote, AskTag


def answered(dialog, *keys, refusal=""):
    answers = []

    async def body(scene):
        scene.app.push_screen(dialog(), answers.append)
        await scene.press(*keys)
        if refusal:
            await scene.until_text(refusal)
            assert answers == []
            await scene.press("escape")
        await scene.until(lambda: answers)

    with_contact(body, user="maintenance")
    return answers[0]


def test_a_note_is_what_was_written_without_blanks_around_it():
    keys = ("space", *"price", "space", *"agreed", "space", "enter")
    assert answered(lambda: AskNote(12.0), *keys) == "price agreed"


def test_an_empty_note_is_not_taken():
    assert answered(lambda: AskNote(None), "space", "enter", "escape") is None


def test_the_moment_of_the_note_stands_above_it():
    async def body(scene):
        scene.app.push_screen(AskNote(161.0))
        await scene.until_text("A note at 2:41")

    with_contact(body)


@pytest.mark.parametrize("tag", ["price", "C-118", "återbud_2"])
def test_a_tag_has_letters_digits_and_dashes(tag):
    assert answered(AskTag, *tag, "enter") == tag


def test_anything_else_is_refused_in_words():
    assert answered(AskTag, *"a", "space", *"b", "enter", refusal="letters, digits and dashes only") is None
