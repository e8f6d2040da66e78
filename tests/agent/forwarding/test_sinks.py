"""Every kind of sink takes records whole, says when it cannot, and never waits without end."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.forwarding.appended_file import AppendedFile
from agent.forwarding.command import CommandForEach, RunningCommand
from agent.forwarding.delivery import NotDelivered, Patience
from agent.forwarding.journal import Journal
from agent.forwarding.sink import Record
from agent.forwarding.syslog import Syslog
from tests.agent.running import short_folder
from tests.agent.waiting import until

AT = "2026-11-23T12:00:00.123Z"


def record(number: int = 0, size: int = 0, **more: object) -> Record:
    line = json.dumps({"seq": number, "å": "x" * size}, ensure_ascii=False).encode()
    return Record("entry", line, AT, line, fields={"SEQ": str(number)}, **more)  # type: ignore[arg-type]


def lines_of(file: Path) -> list[bytes]:
    return file.read_bytes().splitlines() if file.exists() else []


@pytest.fixture
def short() -> Iterator[Path]:
    with short_folder() as folder:
        yield folder


@pytest.fixture
def datagrams(short: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as taking:
        taking.bind(str(short / "s"))
        taking.settimeout(10)
        yield taking


# --- syslog ----------------------------------------------------------------------------------------------------------


def test_a_message_is_that_of_rfc_5424(datagrams: socket.socket, short: Path) -> None:
    sink = Syslog(f"unix:{short / 's'}")
    sink.send([record(7), record(8, is_notable=True)], Patience(5))
    first, second = datagrams.recv(9000), datagrams.recv(9000)
    head, message = first.split(b" - ", 1)
    priority, at, _host, app, pid, kind = head.split(b" ")
    assert (priority, at, app, pid, kind) == (b"<85>1", AT.encode(), b"earwitness", b"%d" % os.getpid(), b"entry")
    assert message == record(7).line
    assert second.startswith(b"<84>1 ")
    sink.close()


def test_a_socket_that_is_not_there_is_trouble_and_comes_back(short: Path) -> None:
    sink = Syslog(f"unix:{short / 's'}")
    with pytest.raises(NotDelivered, match="No such file"):
        sink.send([record()], Patience(1))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as taking:
        taking.bind(str(short / "s"))
        sink.send([record()], Patience(1))
        assert record().line in taking.recv(9000)
    (short / "s").unlink()
    with pytest.raises(NotDelivered):
        sink.send([record()], Patience(1))
    sink.close()


def test_a_full_queue_is_waited_for_but_not_without_end(datagrams: socket.socket, short: Path) -> None:
    sink = Syslog(f"unix:{short / 's'}")
    began_s = time.monotonic()
    with pytest.raises(NotDelivered, match="does not answer within"):
        sink.send([record(number, 4000) for number in range(500)], Patience(0.3))
    assert time.monotonic() - began_s < 5
    sink.close()


def test_a_queue_that_empties_slowly_is_served_to_the_end(datagrams: socket.socket, short: Path) -> None:
    sink = Syslog(f"unix:{short / 's'}")
    taken: list[bytes] = []

    def take() -> None:
        while len(taken) < 200:
            taken.append(datagrams.recv(9000))
            time.sleep(0.002)

    thread = threading.Thread(target=take)
    thread.start()
    sink.send([record(number) for number in range(200)], Patience(2))
    thread.join()
    assert [message.split(b" - ", 1)[1] for message in taken] == [record(number).line for number in range(200)]
    sink.close()


def test_udp_carries_the_same_message() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taking:
        taking.bind(("127.0.0.1", 0))
        taking.settimeout(10)
        sink = Syslog(f"udp:127.0.0.1:{taking.getsockname()[1]}")
        sink.send([record(3)], Patience(5))
        assert taking.recv(9000).endswith(b" entry - " + record(3).line)
        sink.close()


class Receiver:
    """A syslog server over TCP that reads when it is let."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp:127.0.0.1:{self.listening.getsockname()[1]}"
        self.connection: socket.socket | None = None
        self._read = b""

    def accept(self) -> None:
        self.listening.settimeout(10)
        self.connection, _peer = self.listening.accept()
        self.connection.settimeout(10)
        self._read = b""

    def message(self) -> bytes:
        """The next whole one, octets counted."""
        assert self.connection is not None
        while b" " not in self._read or len(self._read.partition(b" ")[2]) < int(self._read.partition(b" ")[0]):
            piece = self.connection.recv(4096)
            assert piece, "hung up in the middle of a message"
            self._read += piece
        length, _, rest = self._read.partition(b" ")
        self._read = rest[int(length) :]
        return rest[: int(length)]

    def hang_up(self) -> None:
        if self.connection is not None:
            self.connection.close()

    def close(self) -> None:
        self.hang_up()
        self.listening.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


def test_over_tcp_octets_are_counted(receiver: Receiver) -> None:
    sink = Syslog(receiver.address)
    sink.send([record(1), record(2)], Patience(5))
    receiver.accept()
    assert [receiver.message().split(b" - ", 1)[1] for _two in range(2)] == [record(1).line, record(2).line]
    sink.close()


def test_a_receiver_that_stops_reading_is_waited_for_but_not_without_end(receiver: Receiver) -> None:
    sink = Syslog(receiver.address)
    with pytest.raises(NotDelivered, match="does not answer within"):
        sink.send([record(number, 100_000) for number in range(200)], Patience(0.5))
    sink.close()


def test_what_the_receiver_had_not_acknowledged_when_it_died_counts_as_not_taken(receiver: Receiver) -> None:
    sink = Syslog(receiver.address)
    sink.send([record(0)], Patience(5))
    receiver.accept()
    receiver.message()
    receiver.hang_up()
    with pytest.raises(NotDelivered):
        sink.send([record(1)], Patience(5))
    sink.send([record(1)], Patience(5))
    receiver.accept()
    assert receiver.message().endswith(record(1).line)
    sink.close()


def test_a_port_where_nobody_listens_is_trouble(receiver: Receiver) -> None:
    receiver.close()
    with pytest.raises(NotDelivered, match="refused"):
        Syslog(receiver.address).send([record()], Patience(1))


# --- journald --------------------------------------------------------------------------------------------------------


def fields(datagram: bytes) -> dict[str, bytes]:
    """Read by the description of the native protocol."""
    found = {}
    while datagram:
        name, newline, rest = datagram.partition(b"\n")
        if b"=" in name:
            key, _, value = name.partition(b"=")
            found[key.decode()], datagram = value, rest
        else:
            assert newline
            length = int.from_bytes(rest[:8], "little")
            found[name.decode()], datagram = rest[8 : 8 + length], rest[8 + length + 1 :]
    return found


def test_journald_gets_fields(datagrams: socket.socket, short: Path) -> None:
    sink = Journal(short / "s")
    note = b"origin\n1\nroot\n\n\xe2\x80\x94 sig\n"
    sink.send([record(4), Record("checkpoint", b"{}", AT, note)], Patience(5))
    entry, head = fields(datagrams.recv(9000)), fields(datagrams.recv(9000))
    assert entry["MESSAGE"] == record(4).line
    assert (entry["EARWITNESS_SEQ"], entry["PRIORITY"], entry["EARWITNESS_KIND"]) == (b"4", b"5", b"entry")
    assert (head["EARWITNESS_CHECKPOINT"], head["EARWITNESS_KIND"]) == (note, b"checkpoint")
    sink.close()


# --- a file ----------------------------------------------------------------------------------------------------------


def test_a_file_grows_by_whole_lines(tmp_path: Path) -> None:
    sink = AppendedFile(tmp_path / "log")
    sink.send([record(0), record(1)], Patience(5))
    with (tmp_path / "log").open("ab") as file:
        file.write(b'{"seq": 2, "cut')
    sink.send([record(2)], Patience(5))
    assert lines_of(tmp_path / "log") == [record(0).line, record(1).line, b'{"seq": 2, "cut', record(2).line]


def test_a_file_that_was_rotated_begins_anew(tmp_path: Path) -> None:
    sink = AppendedFile(tmp_path / "log")
    sink.send([record(0)], Patience(5))
    (tmp_path / "log").rename(tmp_path / "log.1")
    sink.send([record(1)], Patience(5))
    assert lines_of(tmp_path / "log") == [record(1).line]


@pytest.mark.parametrize("kind", ["folder", "link", "fifo", "nowhere"])
def test_what_is_no_file_of_ours_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "log"
    if kind == "folder":
        path.mkdir()
    elif kind == "link":
        path.symlink_to(tmp_path / "elsewhere")
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path = tmp_path / "nowhere" / "log"
    with pytest.raises(NotDelivered):
        AppendedFile(path).send([record()], Patience(5))
    assert not (tmp_path / "elsewhere").exists()


def test_a_device_is_refused() -> None:
    with pytest.raises(NotDelivered, match="no regular file"):
        AppendedFile(Path("/dev/full")).send([record()], Patience(5))


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_line_that_did_not_get_to_the_disk_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def full(*_arguments: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, full)
    with pytest.raises(NotDelivered, match="No space left"):
        AppendedFile(tmp_path / "log").send([record()], Patience(5))


# --- a command -------------------------------------------------------------------------------------------------------


def reading(file: Path, before: str = "") -> list[str]:
    """A program that writes what it reads into a file, line by line."""
    program = f"""
import os, sys, time
out = os.open({str(file)!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
for line in sys.stdin.buffer:
    {before or "pass"}
    os.write(out, line)
"""
    return [sys.executable, "-c", program]


def test_a_command_reads_lines_and_is_kept_running(tmp_path: Path) -> None:
    sink = RunningCommand(reading(tmp_path / "out"))
    sink.send([record(0), record(1)], Patience(10))
    assert sink._process is not None
    pid = sink._process.pid
    sink.send([record(2)], Patience(10))
    assert sink._process.pid == pid
    sink.close()
    assert lines_of(tmp_path / "out") == [record(number).line for number in range(3)]


def test_a_command_that_died_is_started_again_with_whole_lines(tmp_path: Path) -> None:
    sink = RunningCommand(reading(tmp_path / "out"))
    sink.send([record(0)], Patience(10))
    until(lambda: lines_of(tmp_path / "out"))
    assert sink._process is not None
    os.kill(sink._process.pid, signal.SIGKILL)
    until(lambda: sink._process is None or sink._process.poll() is not None)
    sink.send([record(1)], Patience(10))
    sink.close()
    assert lines_of(tmp_path / "out") == [record(0).line, record(1).line]


def test_a_command_that_dies_in_the_middle_has_not_taken_the_page(tmp_path: Path) -> None:
    sink = RunningCommand([sys.executable, "-c", "import os; os.read(0, 1000)"])
    with pytest.raises(NotDelivered, match="has ended"):
        sink.send([record(number, 1000) for number in range(300)], Patience(10))
    sink.close()


def test_a_command_that_does_not_read_is_ended(tmp_path: Path) -> None:
    sink = RunningCommand([sys.executable, "-c", "import time; time.sleep(600)"])
    began_s = time.monotonic()
    with pytest.raises(NotDelivered, match="does not answer within"):
        sink.send([record()], Patience(0.3))
    assert time.monotonic() - began_s < 10
    assert sink._process is None
    assert not children()


def test_a_slow_command_is_served_to_the_end(tmp_path: Path) -> None:
    """It needs longer for a page than the time limit, but gets on."""
    sink = RunningCommand(reading(tmp_path / "out", before="time.sleep(0.004)"))
    sink.send([record(number, 900) for number in range(256)], Patience(0.7))
    sink.close()
    assert lines_of(tmp_path / "out") == [record(number, 900).line for number in range(256)]


def test_a_command_for_each_gets_the_whole_and_must_succeed(tmp_path: Path) -> None:
    sink = CommandForEach(["sh", "-c", f"cat >> {tmp_path / 'out'}"])
    sink.send([Record("checkpoint", b"{}", AT, b"one\ntwo\n")] * 2, Patience(10))
    assert (tmp_path / "out").read_bytes() == b"one\ntwo\n" * 2
    with pytest.raises(NotDelivered, match="exit code 3"):
        CommandForEach(["sh", "-c", "exit 3"]).send([record()], Patience(10))
    with pytest.raises(NotDelivered, match="does not answer within"):
        CommandForEach(["sh", "-c", "sleep 600 & sleep 600"]).send([record()], Patience(0.3))
    assert not children()


def children() -> list[str]:
    """Processes of ours that still run, by their status in /proc (proc(5))."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = stat.read_text().rpartition(")")
        except OSError:
            continue
        state, parent = rest.split()[:2]
        if int(parent) == os.getpid() and state != "Z":
            found.append(name)
    return found
