"""The kernel's audit stream, from bytes as the kernel sent them."""

from __future__ import annotations

import os
import struct

import pytest

from agent.sentry.audit_records import AuditOpen, Events, RecordInvalid, record


def _datagram(kind: int, text: bytes) -> bytes:
    return struct.pack("=IHHII", len(text), kind, 0, 0, 0) + text + b"\0"


STAMP = b"audit(1795629469.747:4): "
CALL = _datagram(
    1300,
    STAMP + b"arch=c000003e syscall=257 success=yes exit=3 a0=ffffff9c a1=7f84 a2=80000 a3=0 items=1 ppid=42 pid=44"
    b" auid=1000 uid=1001 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=(none) ses=1"
    b' comm="cat" exe="/usr/bin/cat" key="earwitness-sentry"',
)
CWD = _datagram(1307, STAMP + b'cwd="/tmp"')
FILE = _datagram(
    1302,
    STAMP + b"item=0 name=612062 inode=2695791 dev=fe:01 mode=0100644 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL",
)
FOLDER = _datagram(1302, STAMP + b'item=0 name="/tmp" inode=2 dev=fe:01 mode=040755 ouid=0 nametype=PARENT')
END = _datagram(1320, STAMP)
OPENED = AuditOpen(
    at_ms=1_795_629_469_747,
    pid=44,
    uid=1001,
    login_uid=1000,
    exe="/usr/bin/cat",
    key="earwitness-sentry",
    has_succeeded=True,
    files=((os.makedev(0xFE, 1), 2_695_791),),
)


def _events(*datagrams: bytes) -> list[AuditOpen]:
    events, found = Events(), []
    for datagram in datagrams:
        one = record(datagram)
        assert one is not None
        found += events.add(one)
    return found


def test_the_records_of_one_call_are_one_event() -> None:
    assert _events(CALL, CWD, FOLDER, FILE, END) == [OPENED]


def test_records_of_several_calls_may_be_mixed() -> None:
    def other(datagram: bytes) -> bytes:
        return datagram.replace(b":4)", b":5)").replace(b" pid=44", b" pid=45")

    assert [one.pid for one in _events(CALL, other(CALL), other(FILE), FILE, END, other(END))] == [44, 45]


def test_a_call_without_a_regular_file_is_no_open() -> None:
    assert _events(CALL, FOLDER, END) == []
    assert _events(FILE, END) == []


def test_nobody_and_no_key_are_none() -> None:
    [found] = _events(
        CALL.replace(b"auid=1000", b"auid=4294967295").replace(b'"earwitness-sentry"', b"(null)"), FILE, END
    )
    assert (found.login_uid, found.key) == (None, "")


def test_text_with_blanks_is_read_from_its_digits() -> None:
    [found] = _events(CALL.replace(b'"/usr/bin/cat"', b"2F612062"), FILE, END)
    assert found.exe == "/a b"


def test_a_name_cannot_pass_for_a_field() -> None:
    hostile = FILE.replace(b"612062", b'"x pid=1 inode=7"')
    assert _events(CALL, hostile, END) == [OPENED]


def test_replies_are_no_records() -> None:
    assert record(_datagram(1000, b"")) is None
    assert record(_datagram(2, bytes(4))) is None


@pytest.mark.parametrize("datagram", [b"", b"\0" * 15, _datagram(1300, b"pid=1"), _datagram(1300, b"audit(1.2:x): ")])
def test_what_is_no_record_is_refused(datagram: bytes) -> None:
    with pytest.raises(RecordInvalid):
        record(datagram)


@pytest.mark.parametrize("broken", [b"dev=fe", b"dev=:", b"mode=9", b"inode=x"])
def test_a_path_that_cannot_be_read_is_left_out(broken: bytes) -> None:
    name = broken.partition(b"=")[0]
    text = FILE[16:].rstrip(b"\0").split(b" ")
    text = [broken if word.startswith(name + b"=") else word for word in text]
    assert _events(CALL, _datagram(1302, b" ".join(text)), END) == []
