from __future__ import annotations

from datetime import timedelta

import pytest

from agent import wire
from tests.tui.fake_register import FakeRegister
from tui.widgets.listening_fold import ONE_GO_S, continues, folded, is_continuation


def part(number: int, **changed: object) -> wire.Entry:
    """The number-th part of 16 seconds of one listening, counted from its beginning."""
    made = FakeRegister().entry(1)
    detail = {"recording": "r1", "from_ms": 16000 * number, "to_ms": 16000 * (number + 1)}
    return made.model_copy(
        update={"seq": number, "at": made.at + timedelta(seconds=16 * number), "detail": detail} | changed
    )


def test_the_newest_part_tells_the_whole_stretch_and_the_others_belong_to_it() -> None:
    rows = dict(enumerate([part(3), part(2), part(1), part(0)]))
    told = folded(0, rows.get)
    assert told is not None
    assert (told.detail["from_ms"], told.detail["to_ms"], told.detail["parts"]) == (0, 64000, 4)
    assert [is_continuation(row, rows.get) for row in range(4)] == [False, True, True, True]


def test_an_entry_by_itself_stays_as_it_is() -> None:
    rows = {0: part(0), 1: part(0, action="contact.search")}
    assert folded(0, rows.get) is rows[0]
    assert folded(1, rows.get) is rows[1]


def test_rows_that_are_not_here_end_a_listening_and_are_no_part_of_one() -> None:
    rows = {4: part(3), 6: part(1)}
    assert folded(4, rows.get) is rows[4]
    assert folded(5, rows.get) is None
    assert not is_continuation(6, rows.get)


@pytest.mark.parametrize(
    "changed",
    [
        {"actor": wire.Actor(account="mika", uid=1001)},
        {"actor": wire.Actor(account="e.sund", uid=7)},
        {"target": "c9"},
        {"outcome": wire.Outcome.REFUSED},
        {"purpose": "quality"},
        {"case": "C-9"},
        {"detail": {"recording": "r2", "from_ms": 0, "to_ms": 16000}},
        {"action": "contact.released"},
        {"at": part(1).at - timedelta(seconds=ONE_GO_S + 1)},
        {"at": part(1).at + timedelta(seconds=1)},
    ],
)
def test_another_person_contact_purpose_recording_or_hour_is_another_listening(changed: dict[str, object]) -> None:
    assert continues(part(1), part(0))
    assert not continues(part(1), part(0, **changed))


def test_only_listening_is_told_as_one() -> None:
    assert not continues(part(1, action="contact.show"), part(0, action="contact.show"))


def test_parts_that_do_not_tell_where_they_are_stay_apart_in_words() -> None:
    rows = {0: part(1, detail={"recording": "r1"}), 1: part(0, detail={"recording": "r1"})}
    assert folded(0, rows.get) is rows[0]
