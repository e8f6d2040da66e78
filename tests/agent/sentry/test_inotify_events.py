"""Inotify's bytes."""

from __future__ import annotations

import pytest

from agent.sentry.inotify_events import CREATE, IS_FOLDER, FolderEvent, folder_events

GOLDEN = bytes.fromhex("01000000 00010040 00000000 10000000".replace(" ", "")) + b"2026".ljust(16, b"\0")


def test_a_new_folder_is_read() -> None:
    assert list(folder_events(GOLDEN)) == [FolderEvent(1, CREATE | IS_FOLDER, b"2026")]


def test_events_without_a_name_and_several_are_read() -> None:
    nameless = bytes(12) + bytes(4)
    assert [event.name for event in folder_events(nameless + GOLDEN)] == [b"", b"2026"]


@pytest.mark.parametrize("read", [GOLDEN[:10], GOLDEN[:20]], ids=["in its head", "in its name"])
def test_an_event_that_is_cut_off_is_refused(read: bytes) -> None:
    with pytest.raises(ValueError, match="cut off"):
        list(folder_events(read))
