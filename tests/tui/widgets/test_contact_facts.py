from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agent import wire
from tests.tui.fake_register import FakeRegister
from tui.widgets.contact_facts import fact_lines, headline, note_lines, recording_lines

CONTACT = FakeRegister().shown(4992)


def texts(lines):
    return [tuple(words.text for words in line) for line in lines]


def changed(**facts):
    return CONTACT.model_copy(update=facts)


def test_the_headline_names_the_sides_in_the_call_s_direction():
    facts = {"adviser": "Anna Berg", "number": None, "withheld": True}
    assert "Anna Berg → withheld" in headline(changed(direction=wire.Direction.OUT, **facts))
    assert "withheld → Anna Berg" in headline(changed(direction=wire.Direction.IN, **facts))


def test_a_fact_says_what_it_was_read_from_what_it_said_and_what_is_odd():
    source = wire.Provenance(read_from="sidecar", said="2104", problem="no such extension")
    lines = texts(fact_lines(changed(adviser=None, provenance={"adviser": source})))
    assert ("adviser", "(nobody matched)", "sidecar “2104”") in lines
    assert ("", "", "odd: no such extension") in lines


def test_the_file_name_is_not_repeated_for_each_fact():
    assert ("start", "2026-11-23 13:15:24 (+02:00)", "file name") in texts(fact_lines(CONTACT))
    name = CONTACT.recordings[0].source_name
    assert ("file name", name) in texts(recording_lines(CONTACT, None))


def test_every_source_of_a_fact_is_shown_even_an_unknown_one():
    for read_from in (
        "file name",
        "sidecar",
        "call record",
        "samples",
        "header",
        "file time",
        "settings",
        "tag",
        "a star",
    ):
        contact = changed(provenance={"direction": wire.Provenance(read_from=read_from)})
        assert read_from in [line[2] for line in texts(fact_lines(contact))]


def test_a_contact_that_needs_attention_says_why():
    assert ("look at it", "", "number could not be read") in texts(
        fact_lines(changed(attention="number could not be read"))
    )


def test_an_interrupted_recording_says_so():
    recording = CONTACT.recordings[0].model_copy(update={"interrupted": True})
    assert any("interrupted" in line[1] for line in texts(recording_lines(changed(recordings=[recording]), None)))


def test_the_recording_that_is_heard_is_marked_among_several():
    first, second = CONTACT.recordings[0], CONTACT.recordings[0].model_copy(update={"id": "r2"})
    lines = texts(recording_lines(changed(recordings=[first, second]), second))
    assert [line[0] for line in lines if "recording" in line[0]] == ["recording", "> recording"]


@pytest.mark.parametrize(("position_s", "moment"), [(72.4, "● 1:12"), (None, "")])
def test_a_note_tells_its_moment_and_its_author(position_s, moment):
    at = datetime(2026, 3, 9, 9, 32, tzinfo=UTC)
    note = wire.Note(id=1, at=at, author="anna.berg", text="price agreed", position_s=position_s)
    lines = texts(note_lines(changed(noted=[note], tags=["complaint", "price"], cases=["C-118"])))
    assert lines == [
        (moment, "anna.berg 2026-03-09 11:32", "price agreed"),
        ("tags", "", "complaint, price"),
        ("cases", "", "C-118"),
    ]
