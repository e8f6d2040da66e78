from __future__ import annotations

from datetime import timedelta

import pytest

from agent import wire
from tests.tui.fake_register import NEWEST_AT, FakeRegister
from tui.widgets.intake_words import (
    ago_words,
    intake_lines,
    intake_title,
    last_words,
    next_step,
    reason_sentence,
    reason_word,
    size_words,
    source_lines,
    standing_words,
    trouble_words,
)

REASONS = (
    "not-audio",
    "empty",
    "no-samples",
    "no-format",
    "impossible-format",
    "not-a-regular-file",
    "unreadable",
    "sidecar-without-recording",
    "recording-unreadable",
)


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_of_the_agent_has_a_sentence_and_a_short_form(reason: str) -> None:
    assert reason_sentence(reason).endswith(".")
    assert reason_word(reason) != reason or reason in ("empty", "unreadable")


def test_a_reason_that_is_not_known_stands_as_it_is() -> None:
    assert reason_sentence("new-code") == reason_word("new-code") == "new-code"


def test_every_reason_of_the_agent_says_what_can_be_done() -> None:
    assert all(next_step(reason).endswith(".") for reason in REASONS)
    assert next_step("new-code") == ""
    assert "agent's user" in next_step("unreadable", "Permission denied")
    assert "disk" in next_step("unreadable", "Input/output error")


def test_what_waits_and_what_is_in_work_is_counted_apart() -> None:
    status = FakeRegister().intake(0)
    assert intake_title(status) == "Intake: 2 waiting, 1 in work"
    _heading, first, *_others = source_lines(status.sources, NEWEST_AT)
    assert [words.text for words in first[1:4]] == ["2", "1", "1,204"]


def test_a_source_says_in_words_how_it_is_and_when_its_last_file_came() -> None:
    _heading, watched, unwatched, silent = source_lines(FakeRegister().intake(0).sources, NEWEST_AT)
    assert (watched[-1].text, watched[-1].tone) == ("● watching · 1 left alone", "success")
    assert (unwatched[-1].text, unwatched[-1].tone) == ("! not watched", "error")
    assert (silent[-1].text, silent[-1].tone) == ("! silent", "error")
    assert [line[-2].text.split(", ")[-1] for line in (watched, unwatched, silent)] == ["just now", "–", "3 h ago"]


def test_each_alarm_has_its_line_the_worst_first() -> None:
    status = FakeRegister().intake(0)
    texts = [line[0].text for line in intake_lines(status.model_copy(update={"paused": "disk full"}))]
    assert [text.split(":")[0] for text in texts] == [
        "! Paused, nothing is taken in",
        "! branch is not watched",
        "! night is silent",
    ]


def test_what_goes_well_is_said_too() -> None:
    status = FakeRegister().intake(0)
    assert intake_lines(status)[-1][0].text == "● The other sources are taken in."
    watched = [
        source.model_copy(update={"watching": True, "silent_since": None, "trouble": None}) for source in status.sources
    ]
    ((only,),) = intake_lines(status.model_copy(update={"sources": watched}))
    assert (only.text, only.tone) == ("● New recordings are taken in.", "success")


@pytest.mark.parametrize("sources", [0, 3])
def test_when_nothing_is_watched_nothing_is_said_to_go_well(sources: int) -> None:
    status = FakeRegister().intake(0)
    unwatched = [source.model_copy(update={"watching": False}) for source in status.sources[:sources]]
    lines = intake_lines(status.model_copy(update={"sources": unwatched}))
    assert lines[0][0].text == "! No source is watched, so nothing is taken in."
    assert all(words.tone == "error" for (words,) in lines)
    assert len(lines) == 1 + sources


def test_a_silence_says_how_long_it_may_be_and_since_when_it_is() -> None:
    silent = FakeRegister().intake(0).sources[2]
    for hours, words in ((3, "for 3 hours"), (1, "for 1 hour of"), (1.5, "for 1.5 hours")):
        status = (
            FakeRegister()
            .intake(0)
            .model_copy(update={"sources": [silent.model_copy(update={"silent_after_h": hours})]})
        )
        assert words in intake_lines(status)[0][0].text
    untold = silent.model_copy(update={"silent_after_h": None})
    status = FakeRegister().intake(0).model_copy(update={"sources": [untold]})
    assert intake_lines(status)[0][0].text == "! night is silent: no file for 3 hours of office time."


@pytest.mark.parametrize("is_silent", [False, True])
def test_what_else_is_wrong_with_a_source_that_is_watched_is_said_beside_its_silence(is_silent: bool) -> None:
    first, _second, silent = FakeRegister().intake(0).sources
    trouble = "the call records cannot be read (it is no file)"
    source = (silent if is_silent else first).model_copy(update={"trouble": trouble})
    lines = intake_lines(FakeRegister().intake(0).model_copy(update={"sources": [source]}))
    texts = [line[0].text for line in lines]
    assert f"! {source.name}: the call records cannot be read: it is no file" in texts
    assert any("is silent: no file for 3 hours" in text for text in texts) is is_silent
    assert source_lines([source], NEWEST_AT)[1][-1].tone == "error"


@pytest.mark.parametrize(
    ("changed", "vanished", "words"),
    [
        (1, 0, "1 recording in place was changed"),
        (0, 1, "1 recording in place is gone"),
        (2, 1234, "2 recordings in place were changed, 1,234 recordings in place are gone"),
    ],
)
def test_what_recordings_in_place_have_become_is_said_in_words(changed: int, vanished: int, words: str) -> None:
    assert standing_words(wire.Standing(changed=changed, vanished=vanished, newest_seq=7)) == words


@pytest.mark.parametrize("name", ["pbx", "night", "branch"])
def test_what_stands_is_an_alarm_once_whatever_else_is_wrong_with_the_source(name: str) -> None:
    register = FakeRegister()
    before = [line[0].text for line in intake_lines(register.intake(0))]
    register.standing[name] = wire.Standing(changed=0, vanished=3, newest_seq=7)
    status = register.intake(0)
    after = [line[0].text for line in intake_lines(status)]
    assert [text for text in after if text not in before] == [f"! {name}: 3 recordings in place are gone."]
    assert len(after) == len(before) + 1
    [line] = [line for line in source_lines(status.sources, NEWEST_AT) if line[0].text == name]
    assert line[-1].tone == "error"


@pytest.mark.parametrize(
    ("since", "words"),
    [
        ({"seconds": -40}, "just now"),
        ({"seconds": 59}, "just now"),
        ({"seconds": 61}, "1 min ago"),
        ({"minutes": 59}, "59 min ago"),
        ({"hours": 1}, "1 h ago"),
        ({"hours": 47}, "47 h ago"),
        ({"hours": 49}, "2 d ago"),
        ({"days": 1500}, "1,500 d ago"),
    ],
)
def test_how_long_ago_is_said_in_one_unit(since: dict[str, float], words: str) -> None:
    assert ago_words(NEWEST_AT - timedelta(**since), NEWEST_AT) == words


def test_a_file_of_another_day_has_its_date() -> None:
    assert last_words(NEWEST_AT - timedelta(days=3), NEWEST_AT) == "2026-11-20, 3 d ago"


def test_what_the_system_says_is_translated_where_it_is_known_and_stands_otherwise() -> None:
    assert trouble_words("No space left on device") == "the disk is full"
    assert (
        trouble_words("the spool cannot be read (Permission denied)") == "the spool cannot be read: it may not be read"
    )
    assert trouble_words("the spool cannot be read (odd)") == "the spool cannot be read: odd"
    assert trouble_words("something new") == "something new"
    assert trouble_words(None) == "?"


@pytest.mark.parametrize(("size", "words"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (2_500_000_000, "2.5 GB")])
def test_sizes_are_said_with_their_unit(size: int, words: str) -> None:
    assert size_words(size) == words
