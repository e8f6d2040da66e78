"""Fanotify's bytes, as the kernel writes and expects them."""

from __future__ import annotations

import struct

import pytest

from agent.sentry.events import ALLOW, DENY, OPEN_PERM, QUEUE_OVERFLOW, Event, EventsUnreadable, answer, events

# As read from this kernel: an open of descriptor 7 by process 4711 whose pidfd is 9.
GOLDEN = bytes.fromhex("20000000 03 00 1800 0000010000000000 07000000 67120000 04 00 0800 09000000".replace(" ", ""))


def test_an_event_with_its_pidfd_is_read() -> None:
    assert list(events(GOLDEN)) == [Event(OPEN_PERM, 7, 4711, 9)]


def test_several_events_of_one_read_come_in_order() -> None:
    assert [event.fd for event in events(GOLDEN + GOLDEN.replace(b"\x07", b"\x08", 1))] == [7, 8]


def test_an_overflow_has_no_descriptor_and_no_pidfd() -> None:
    [event] = events(struct.pack("=IBBHQii", 24, 3, 0, 24, QUEUE_OVERFLOW, -1, 0))
    assert event.is_overflow
    assert (event.fd, event.pidfd) == (-1, -1)


def test_a_process_that_has_gone_has_no_pidfd() -> None:
    [event] = events(GOLDEN[:-4] + struct.pack("=i", -3))
    assert event.pidfd == -1


def test_unknown_information_records_are_passed_over() -> None:
    unknown = struct.pack("=BBHq", 99, 0, 12, 0)
    read = struct.pack("=I", 44) + GOLDEN[4:24] + unknown + GOLDEN[24:]
    assert list(events(read)) == [Event(OPEN_PERM, 7, 4711, 9)]


@pytest.mark.parametrize(
    "read",
    [
        GOLDEN[:20],
        GOLDEN[:30],
        GOLDEN[:4] + b"\x04" + GOLDEN[5:],
        b"\x10" + GOLDEN[1:],
        GOLDEN[:6] + b"\x40" + GOLDEN[7:],
        GOLDEN[:26] + b"\xff" + GOLDEN[27:],
        GOLDEN[:26] + b"\x00" + GOLDEN[27:],
    ],
    ids=[
        "cut in its head",
        "cut in its record",
        "version 4",
        "too short",
        "head too long",
        "record too long",
        "no record",
    ],
)
def test_what_is_not_fanotifys_is_refused(read: bytes) -> None:
    with pytest.raises(EventsUnreadable):
        list(events(read))


def test_answers_are_eight_bytes() -> None:
    assert answer(7, ALLOW).hex() == "0700000001000000"
    assert answer(7, DENY).hex() == "0700000002000000"
