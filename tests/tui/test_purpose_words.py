from __future__ import annotations

from agent.wire import Purpose
from tui.purpose_words import purpose_word, purpose_words


def test_every_purpose_has_its_words():
    assert len({purpose_words(purpose) for purpose in Purpose}) == len(Purpose)
    assert len({purpose_word(purpose.value) for purpose in Purpose}) == len(Purpose)


def test_a_purpose_that_is_not_known_stands_as_it_is():
    assert purpose_word("of a newer agent") == "of a newer agent"
