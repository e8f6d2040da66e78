"""Each mishap of the demo becomes what it is there to show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from agent.demo.mishaps import write_mishaps
from agent.installation import Installation
from tests.agent.intake.taking import spool
from tests.agent.intake.test_loop import started
from tests.agent.stored import spool_files, stored
from tests.agent.waiting import until


def test_three_are_quarantined_one_is_interrupted_and_one_needs_attention(house: Installation) -> None:
    assert write_mishaps(spool(house), datetime.now(UTC) - timedelta(days=1)) == 5
    with started(house):
        until(lambda: spool_files(spool(house)) == [])
    held = stored(house)
    assert sorted(item.reason for item in held.quarantined) == ["empty", "no-samples", "not-audio"]
    assert sorted(contact.recordings[0].interrupted for contact in held.contacts) == [False, True]
    [unnamed] = [contact for contact in held.contacts if not contact.recordings[0].interrupted]
    assert unnamed.number is None
    assert unnamed.attention is not None


def test_they_are_always_the_same(house: Installation) -> None:
    now = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    contents = []
    for _time in range(2):
        write_mishaps(spool(house), now)
        contents.append([(file, file.read_bytes(), file.stat().st_mtime) for file in spool_files(spool(house))])
    assert len(contents[0]) == 5
    assert contents[0] == contents[1]
