from __future__ import annotations

from tui.player.protocol import Kind, Messages, Report, flush_message, flush_number, message


def test_messages_have_these_bytes():
    assert message(Kind.FEED, b"abc") == b"F\x03\x00\x00\x00abc"
    assert message(Kind.PLAY) == b"P\x00\x00\x00\x00"
    assert flush_message(7) == b"X\x04\x00\x00\x00\x07\x00\x00\x00"


def test_messages_are_found_however_the_stream_is_cut():
    stream = message(Kind.FEED, b"12345678") + message(Kind.HOLD) + flush_message(3)
    messages = Messages()
    found = [said for byte in stream for said in messages.read(bytes([byte]))]
    assert found == [(Kind.FEED, b"12345678"), (Kind.HOLD, b""), (Kind.FLUSH, b"\x03\x00\x00\x00")]
    assert flush_number(found[2][1]) == 3


def test_several_messages_in_one_piece_are_all_found():
    assert len(list(Messages().read(message(Kind.PLAY) * 5))) == 5


def test_a_report_survives_the_pipe():
    report = Report(audible=True, flush=2, played_frames=160, held_frames=80, first_heard_at_s=1.5)
    assert Report.decoded(report.encoded()) == report
