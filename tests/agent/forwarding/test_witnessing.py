"""The agent hands its heads to witnesses, keeps what they cosign, and says loudly when one refuses."""

from __future__ import annotations

import shutil
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from agent.audit.cosignature import COSIGNATURE, check_cosigned
from agent.audit.note import Note, VerifierKey, check_signed, read_note
from agent.errors import WrongUse
from agent.forwarding import delivery
from agent.forwarding.outside import Outside
from agent.installation import Installation, checkpoint_file, database_file, open_installation
from agent.witness.memory import Memory
from db.queries import witness as witnessed
from tests.agent.forwarding.conftest import (
    WithSettings,
    carrying,
    cosigned_size,
    listening,
    log_size,
    pin,
    wait_until_cosigned,
    write,
)
from tests.agent.log_reading import entries
from tests.agent.running import short_folder
from tests.agent.stored import findings
from tests.agent.waiting import until


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "FIRST_PAUSE_S", 0.05)
    monkeypatch.setattr(delivery, "LONGEST_PAUSE_S", 0.2)
    monkeypatch.setattr(delivery, "LEAVE_S", 0.5)


def settings_of(memory: Memory, path: Path, **more: object) -> list[dict[str, object]]:
    vkey = memory.cosigner.verifier.vkey
    return [{"name": "w1", "vkey": vkey, "socket": path, "interval_s": 0.01, "timeout_s": 5, **more}]


def alarms(house: Installation) -> list[dict[str, object]]:
    return [entry for entry in entries(house) if entry["action"] == "log.witness"]


def test_every_head_comes_back_cosigned(with_settings: WithSettings, witness: Memory) -> None:
    with listening(witness) as path:
        house = with_settings(witness=settings_of(witness, path))
        pin(witness, house)
        with carrying(house) as outside:
            for count in (1, 1, 5, 30):
                write(house, count)
                size = wait_until_cosigned(house, outside)
            with house.register.read():
                kept = witnessed.newest_cosignature("w1")
            assert kept is not None
            note = read_note(kept.note + kept.line)
            check_signed(note, VerifierKey.read(house.log.signer.verifier.vkey))
            check_cosigned(note, witness.cosigner.verifier)
            assert outside.troubles() == []
    assert witness.watched(house.log.signer.verifier.origin).seen_size == size == 37
    assert alarms(house) == []
    assert log_size(house) == 37, "a cosignature must not call for the next one"
    assert findings(house) == []


def test_it_goes_on_where_it_was_after_a_restart(with_settings: WithSettings, witness: Memory) -> None:
    with listening(witness) as path:
        house = with_settings(witness=settings_of(witness, path))
        pin(witness, house)
        for _start in range(3):
            write(house, 4)
            with carrying(house) as outside:
                wait_until_cosigned(house, outside)


def test_an_answer_that_was_lost_is_asked_for_again(with_settings: WithSettings, witness: Memory) -> None:
    """The witness kept the head and this side did not: it names its size, and the proof starts there."""
    with listening(witness) as path:
        house = with_settings(witness=settings_of(witness, path))
        pin(witness, house)
        write(house, 3)
        with carrying(house) as outside:
            wait_until_cosigned(house, outside)
        house.register.write(lambda: witnessed.Cosignature.delete().execute())
        write(house, 2)
        with carrying(house) as outside:
            wait_until_cosigned(house, outside)
    assert alarms(house) == []


def test_a_log_that_was_rolled_back_is_an_alarm_written_once(
    with_settings: WithSettings, witness: Memory, tmp_path: Path
) -> None:
    with listening(witness) as path:
        house = with_settings(witness=settings_of(witness, path))
        pin(witness, house)
        write(house, 3)
        house.close()  # so that everything stands in the one file
        shutil.copy(database_file(house.settings), tmp_path / "older")
        house = open_installation(house.settings)
        with carrying(house) as outside:
            write(house, 6)
            wait_until_cosigned(house, outside)
        house.close()
        for leftover in house.settings.state_dir.glob("register.db*"):
            leftover.unlink()
        checkpoint_file(house.settings).unlink()
        shutil.copy(tmp_path / "older", database_file(house.settings))
        again = open_installation(house.settings)
        try:
            with carrying(again) as outside:
                until(lambda: alarms(again))
                assert "has seen 9 entries" in until(outside.troubles)[0]
                time.sleep(0.3)
                [alarm] = alarms(again)
                assert (alarm["outcome"], alarm["reason"]) == ("failed", "shrank")
                assert alarm["detail"] == {"witness": "w1", "seen": 9, "size": 3}
            write(again, 8)
            for _start in range(2):
                with carrying(again) as outside:
                    until(lambda: len(alarms(again)) == 2)
                    assert alarms(again)[1]["reason"] == "inconsistent"
                    assert "not the beginning" in until(outside.troubles)[0]
            assert len(alarms(again)) == 2
        finally:
            again.close()
    assert witness.watched(house.log.signer.verifier.origin).seen_size == 9


def test_a_witness_that_has_seen_another_head_of_the_same_size_is_an_alarm(
    with_settings: WithSettings, witness: Memory
) -> None:
    """Whoever holds the log's key has shown the witness another log."""
    with listening(witness) as path:
        house = with_settings(witness=settings_of(witness, path))
        pin(witness, house)
        write(house, 2)
        other = read_note(house.log.signer.sign(2, bytes(32)))
        key = VerifierKey.read(house.log.signer.verifier.vkey)
        line = witness.cosigner.sign(other.text, 1)
        witness.keep(key, Note(other.text, (*other.signatures, line)))
        with carrying(house) as outside:
            until(lambda: alarms(house))
            assert alarms(house)[0]["reason"] == "forked"
            assert "ALARM" in until(outside.troubles)[0]


def test_a_log_that_is_not_pinned_is_trouble_with_a_way_out(with_settings: WithSettings, witness: Memory) -> None:
    with listening(witness) as path:
        house = with_settings(witness=settings_of(witness, path))
        write(house)
        with carrying(house) as outside:
            assert "add-log" in until(outside.troubles)[0]
            pin(witness, house)
            wait_until_cosigned(house, outside)
            until(lambda: outside.troubles() == [])
    assert alarms(house) == []


def test_a_cosignature_by_another_key_is_not_kept(with_settings: WithSettings, witness: Memory, tmp_path: Path) -> None:
    pinned = Memory.create(tmp_path / "pinned", "witness.example/w1")
    with listening(witness) as path:
        house = with_settings(witness=settings_of(pinned, path))
        pin(witness, house)
        write(house)
        with carrying(house) as outside:
            assert "its key has not made" in until(outside.troubles)[0]
            assert cosigned_size(house, outside) is None


def test_a_vkey_that_is_none_is_said_before_anything_starts(with_settings: WithSettings, witness: Memory) -> None:
    as_log = VerifierKey("w", b"\x01", witness.cosigner.verifier.public)
    assert witness.cosigner.verifier.type == COSIGNATURE
    house = with_settings(witness=settings_of(witness, Path("/nowhere"), vkey=as_log.vkey))
    with pytest.raises(WrongUse, match="witness w1: vkey"):
        Outside(house)


@contextmanager
def silent() -> Iterator[Path]:
    """Somebody who takes connections and never says anything."""
    taken: list[socket.socket] = []
    with short_folder() as folder, socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "socket"))
        listening.listen(64)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    taken.append(listening.accept()[0])

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield folder / "socket"
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()
            for connection in taken:
                connection.close()


def test_a_witness_that_never_answers_slows_no_entry(with_settings: WithSettings, witness: Memory) -> None:
    with silent() as path:
        house = with_settings(witness=settings_of(witness, path, timeout_s=0.3))

        def took_s() -> float:
            began_s = time.monotonic()
            write(house, 100)
            return time.monotonic() - began_s

        took_s()
        alone_s = took_s()
        with carrying(house) as outside:
            assert "does not answer within" in until(outside.troubles)[0]
            beside_s = took_s()
    assert beside_s < alone_s * 3 + 0.5


@pytest.mark.parametrize(
    "says",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
        b"nonsense\r\n\r\n" * 10,
        b"HTTP/1.1 200 OK\r\n\r\n" + b"A" * 100_000,
        b"HTTP/1.1 409 Conflict\r\nContent-Length: 3\r\nConnection: close\r\n\r\n-1\n",
        b"HTTP/1.1 500 \x1b[31mred\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_whatever_a_witness_says_is_trouble_and_nothing_worse(
    with_settings: WithSettings, witness: Memory, says: bytes
) -> None:
    program = f"import sys; sys.stdin.buffer.read(); sys.stdout.buffer.write({says!r})"
    command = [sys.executable, "-c", program]
    house = with_settings(witness=settings_of(witness, Path(), socket=None, command=command))
    write(house)
    with carrying(house) as outside:
        [trouble] = until(outside.troubles)
        assert trouble.isprintable()
        assert "mistake" not in trouble
        assert cosigned_size(house, outside) is None


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["/nonexistent/witness"], "cannot be started"),
        ([sys.executable, "-c", "raise SystemExit(255)"], "exit code 255"),
        ([sys.executable, "-c", "import time; time.sleep(600)"], "does not answer within"),
        ([sys.executable, "-c", "while True: print('A' * 1000)"], "no end"),
    ],
)
def test_a_command_that_is_no_witness_is_trouble(
    with_settings: WithSettings, witness: Memory, command: list[str], said: str
) -> None:
    house = with_settings(witness=settings_of(witness, Path(), socket=None, command=command, timeout_s=0.5))
    write(house)
    with carrying(house) as outside:
        assert said in until(outside.troubles)[0]


def test_two_witnesses_do_not_wait_for_each_other(with_settings: WithSettings, witness: Memory, tmp_path: Path) -> None:
    with silent() as deaf, listening(witness) as path:
        hanging = settings_of(witness, deaf)[0] | {"name": "hanging", "timeout_s": 60}
        house = with_settings(witness=[settings_of(witness, path)[0], hanging])
        pin(witness, house)
        with carrying(house) as outside:
            write(house, 3)
            wait_until_cosigned(house, outside)
