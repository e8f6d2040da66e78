from __future__ import annotations

from datetime import UTC, datetime, timedelta

from agent import wire
from tui.widgets.heard_by import ONE_GO_S, heard_lines

AT = datetime(2026, 3, 9, 9, 32, 3, tzinfo=UTC)


def entry(seq=1, *, seconds=0, action="contact.listen", account="anna.berg", **more):
    return wire.Entry(
        **{
            "seq": seq,
            "at": AT + timedelta(seconds=seconds),
            "actor": wire.Actor(account=account, uid=1000),
            "action": action,
            "outcome": wire.Outcome.ALLOWED,
            "purpose": "complaint",
            "case": "C-118",
            **more,
        }
    )


def told(*entries):
    return [tuple(words.text for words in line) for line in heard_lines(entries)]


def part(from_ms, to_ms):
    return {"recording": "r1", "from_ms": from_ms, "to_ms": to_ms}


def test_the_parts_of_one_listening_are_one_line():
    entries = [
        entry(3, seconds=40, detail=part(60_000, 90_000)),
        entry(2, seconds=20, detail=part(30_000, 60_000)),
        entry(1, detail=part(0, 30_000)),
    ]
    assert told(*entries) == [("2026-03-09 11:32", "anna.berg", "heard 0:00–1:30, complaint C-118")]


def test_another_person_purpose_or_hour_is_another_line():
    assert len(told(entry(seconds=20, account="e.sund"), entry())) == 2
    assert len(told(entry(seconds=20, purpose="quality"), entry())) == 2
    assert len(told(entry(seconds=ONE_GO_S + 1), entry())) == 2
    assert len(told(entry(seconds=ONE_GO_S), entry())) == 1


def test_a_refusal_is_told_with_the_word_and_never_joined():
    refused = entry(action="contact.show", outcome=wire.Outcome.REFUSED, reason="out-of-scope", purpose=None)
    assert told(refused, refused) == [("2026-03-09 11:32", "anna.berg", "refused, show, out-of-scope")] * 2
    assert heard_lines([refused])[0][2].tone == "error"


def test_an_export_is_told():
    assert told(entry(action="contact.export"))[0][2] == "exported, complaint C-118"


def test_looking_at_the_contact_is_not_hearing_it():
    assert told(entry(action="contact.show"), entry(action="contact.waveform")) == []


def test_nobody_signed_in_is_told_by_the_system_user():
    assert told(entry(account=None))[0][1] == "uid 1000"
