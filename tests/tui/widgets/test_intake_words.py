from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.tui.fake_register import FakeRegister
from tui.widgets.intake_words import intake_line, reason_sentence, reason_word, size_words, source_lines


@pytest.mark.parametrize(
    "reason",
    [
        "not-audio",
        "empty",
        "no-samples",
        "no-format",
        "impossible-format",
        "not-a-regular-file",
        "unreadable",
        "sidecar-without-recording",
    ],
)
def test_every_reason_of_the_agent_has_a_sentence_and_a_short_form(reason: str) -> None:
    assert reason_sentence(reason).endswith(".")
    assert reason_word(reason) != reason or reason in ("empty", "unreadable")


def test_a_reason_that_is_not_known_stands_as_it_is() -> None:
    assert reason_sentence("new-code") == reason_word("new-code") == "new-code"


def test_a_source_that_is_not_watched_says_why() -> None:
    _heading, watched, other = source_lines(FakeRegister().intake(0).sources)
    assert watched[-1].text == "● watching"
    assert other[-1].text == "! not watched: the folder is not there"
    assert other[-1].tone == "error"


def test_a_recorder_that_is_silent_says_since_when() -> None:
    _heading, watched, _other = source_lines(FakeRegister().intake(0).sources)
    assert watched[-1].tone == "success"
    (source, *_others) = FakeRegister().intake(0).sources
    silent = source.model_copy(update={"silent_since": datetime(2026, 11, 23, 12, 5, tzinfo=UTC)})
    (_heading, line) = source_lines([silent])
    assert line[-1].text.startswith("! silent since ")
    assert line[-1].tone == "error"


def test_what_else_is_wrong_with_a_source_that_is_watched_is_said() -> None:
    (source, *_others) = FakeRegister().intake(0).sources
    troubled = source.model_copy(update={"trouble": "the call records cannot be read (it is no file)"})
    (_heading, line) = source_lines([troubled])
    assert (line[-1].text, line[-1].tone) == ("! the call records cannot be read (it is no file)", "error")


def test_the_worst_is_said_first() -> None:
    status = FakeRegister().intake(0)
    unwatched = [source.model_copy(update={"watching": False}) for source in status.sources]
    watched = [source.model_copy(update={"watching": True}) for source in status.sources]
    assert intake_line(status.model_copy(update={"paused": "disk full"})).text.startswith("! Paused")
    assert intake_line(status.model_copy(update={"sources": unwatched})).tone == "error"
    assert intake_line(status).tone == "warning"
    assert intake_line(status.model_copy(update={"sources": watched})).tone == "success"


@pytest.mark.parametrize(("size", "words"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (2_500_000_000, "2.5 GB")])
def test_sizes_are_said_with_their_unit(size: int, words: str) -> None:
    assert size_words(size) == words
