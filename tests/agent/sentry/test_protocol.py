"""Frames between sentry and agent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.sentry.protocol import MESSAGE_BYTES, Frames, ProtocolBroken, frame

ALIVE = bytes.fromhex("00000010") + b'{"kind":"alive"}'


def test_a_frame_is_its_length_and_json() -> None:
    assert frame({"kind": "alive"}) == ALIVE


def test_a_byte_that_is_no_utf_8_goes_through_as_an_escape() -> None:
    sent = frame({"kind": "report", "name": "\udcff.wav"})
    assert b"\\udcff" in sent
    assert list(Frames().received(sent)) == [{"kind": "report", "name": "\udcff.wav"}]


@given(st.lists(st.text(max_size=30), max_size=5), st.integers(1, 40))
def test_messages_come_whole_however_they_are_cut(names: list[str], step: int) -> None:
    sent = b"".join(frame({"kind": "x", "name": name}) for name in names)
    frames, heard = Frames(), []
    for start in range(0, len(sent), step):
        heard += [message["name"] for message in frames.received(sent[start : start + step])]
    assert heard == names


@pytest.mark.parametrize(
    "received",
    [
        bytes(4),
        (MESSAGE_BYTES + 1).to_bytes(4, "big"),
        b"\0\0\0\2[]",
        b"\0\0\0\2{}",
        b"\0\0\0\3{]}",
        b"\0\0\0\2\xff\xff",
        b'\0\0\0\x0a{"kind":1}',
    ],
)
def test_what_is_no_message_breaks_the_conversation(received: bytes) -> None:
    with pytest.raises(ProtocolBroken):
        list(Frames().received(received))


def test_a_message_that_is_too_long_is_not_sent() -> None:
    with pytest.raises(ProtocolBroken):
        frame({"kind": "x", "name": "a" * MESSAGE_BYTES})
