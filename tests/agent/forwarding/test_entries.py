"""Every entry goes to every place at least once, in order, byte for byte, and one place holds up no other."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from agent.audit.entry import AGENT, Draft
from agent.forwarding import delivery, entries
from agent.forwarding.entries import Entries
from agent.installation import Installation, open_installation
from agent.settings import Forward, load
from agent.wire import Outcome
from db.engine import database
from db.queries import witness as positions
from tests.agent.forwarding.conftest import Patience, Place, WithSettings, carrying, log_size, write
from tests.agent.log_reading import leaves
from tests.agent.running import configuration, install, short_folder
from tests.agent.waiting import until

PATIENCE = Patience(5)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "FIRST_PAUSE_S", 0.05)
    monkeypatch.setattr(delivery, "LONGEST_PAUSE_S", 0.2)
    monkeypatch.setattr(delivery, "LEAVE_S", 0.5)


def to_file(path: Path, **more: object) -> dict[str, object]:
    return {"name": path.name, "kind": "file", "file": path, "interval_s": 0.01, **more}


def carried(house: Installation, place: Place, **settings: object) -> Entries:
    made = Entries(house, Forward.model_validate({"name": "x", "kind": "journal", **settings}), place)
    while made.carry(PATIENCE):
        pass
    return made


def test_a_line_is_the_leaf_itself(house: Installation) -> None:
    write(house, 3)
    place = Place()
    carried(house, place)
    assert b"\n".join(place.lines) == leaves(house)
    assert [json.loads(line)["seq"] for line in place.lines] == [0, 1, 2]


def test_it_goes_on_where_it_was(house: Installation) -> None:
    write(house, 3)
    carried(house, first := Place())
    write(house, 2)
    carried(house, second := Place())
    assert [json.loads(line)["seq"] for line in first.lines + second.lines] == [0, 1, 2, 3, 4]


def test_whoever_wants_only_what_comes_gets_only_that(house: Installation) -> None:
    write(house, 3)
    made = carried(house, place := Place(), since="next")
    write(house)
    made.carry(PATIENCE)
    carried(house, Place(), since="next")
    assert [json.loads(line)["seq"] for line in place.lines] == [3]


def test_what_was_refused_stands_out(house: Installation) -> None:
    for outcome in Outcome:
        house.log.record(Draft(AGENT, "contact.listen", outcome))
    carried(house, place := Place())
    assert [record.is_notable for record in place.taken] == [False, True, True]
    assert place.taken[1].fields == {"SEQ": "1", "ACTION": "contact.listen", "OUTCOME": "refused"}


def test_no_more_than_a_page_is_in_memory(house: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "PAGE", 10)
    write(house, 35)
    sizes = []

    class Counting(Place):
        def send(self, records: object, patience: Patience) -> None:
            sizes.append(len(records))  # type: ignore[arg-type]

    carried(house, Counting())
    assert sizes == [10, 10, 10, 5]


def test_a_page_that_was_not_taken_comes_again_whole(house: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "PAGE", 4)
    write(house, 10)
    place = Place()
    made = Entries(house, Forward(name="x", kind="journal"), place)
    made.carry(PATIENCE)
    place.failing = "full"
    with pytest.raises(delivery.NotDelivered):
        made.carry(PATIENCE)
    place.failing = None
    carried(house, place)
    assert [json.loads(line)["seq"] for line in place.lines] == list(range(10))


def test_stored_bytes_that_are_no_leaf_cannot_pose_as_lines(house: Installation) -> None:
    """Somebody with the database's key has put a newline, and a line of his own, into an entry."""
    write(house, 3)
    false = b'{"v":1,"seq":1}\n{"v":1,"seq":99,"action":"nothing.happened"}'
    house.register.write(lambda: database.execute_sql("UPDATE entry SET leaf = ? WHERE seq = 1", (false,)))
    carried(house, place := Place())
    assert [json.loads(line)["seq"] for line in place.lines] == [0, 1, 2]
    assert base64.b64decode(json.loads(place.lines[1])["unreadable"]) == false


def test_only_what_is_durable_goes_out(house: Installation) -> None:
    seen: list[int] = []

    def look() -> None:
        with house.register.read():
            seen.extend(seq for seq, _leaf in positions.leaves(0, 100))

    def undone() -> None:
        house.log.append(Draft(AGENT, "test.undone", Outcome.ALLOWED))
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        raise LookupError

    write(house)
    with pytest.raises(LookupError):
        house.register.write(undone)
    assert seen == [0]


def test_places_do_not_wait_for_each_other(with_settings: WithSettings, tmp_path: Path) -> None:
    hanging = {"name": "hangs", "kind": "command", "command": ["sleep", "600"], "timeout_s": 60, "interval_s": 0.01}
    broken = to_file(tmp_path / "nowhere" / "broken")
    house = with_settings(forward=[hanging, broken, to_file(tmp_path / "good")])
    with carrying(house) as outside:
        write(house, 50)
        until(lambda: (tmp_path / "good").exists() and (tmp_path / "good").read_bytes() == leaves(house) + b"\n")
        assert "forward broken: the file cannot be written (No such file or directory)" in until(outside.troubles)
        (tmp_path / "nowhere").mkdir()
        until((tmp_path / "nowhere" / "broken").exists)
        until(lambda: outside.troubles() == [])


def test_forwarding_does_not_feed_itself(with_settings: WithSettings, tmp_path: Path) -> None:
    house = with_settings(forward=[to_file(tmp_path / "out")])
    with carrying(house):
        write(house, 5)
        until(lambda: (tmp_path / "out").exists() and len((tmp_path / "out").read_bytes().splitlines()) == 5)
        commits: list[int] = []
        time.sleep(0.2)
        house.register.after_commit.append(lambda: commits.append(1))
        time.sleep(0.5)
    assert commits == []
    assert log_size(house) == 5


def test_a_hanging_place_slows_no_entry(with_settings: WithSettings, tmp_path: Path) -> None:
    hanging = {"kind": "command", "command": ["sleep", "600"], "timeout_s": 60, "interval_s": 0.01}
    sinks = [{**hanging, "name": f"sink{number}"} for number in range(3)]
    house = with_settings(forward=sinks, checkpoint_sink=sinks)

    def took_s() -> float:
        began_s = time.monotonic()
        write(house, 100)
        return time.monotonic() - began_s

    took_s()
    alone_s = took_s()
    with carrying(house):
        beside_s = took_s()
    assert beside_s < alone_s * 3 + 0.5


# --- heads -----------------------------------------------------------------------------------------------------------


def test_the_newest_head_goes_to_every_sink(with_settings: WithSettings, tmp_path: Path) -> None:
    command = ["sh", "-c", f"cat > {tmp_path / 'new'} && mv {tmp_path / 'new'} {tmp_path / 'note'}"]
    with short_folder() as short, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as syslog:
        syslog.bind(str(short / "s"))
        syslog.settimeout(10)
        house = with_settings(
            checkpoint_sink=[
                to_file(tmp_path / "heads"),
                {"name": "c", "kind": "command", "command": command, "interval_s": 0.01},
                {"name": "s", "kind": "syslog", "address": f"unix:{short / 's'}", "interval_s": 0.01},
            ]
        )
        write(house, 2)
        with carrying(house) as outside:
            write(house, 3)
            until(lambda: (tmp_path / "note").exists() and "\n5\n" in (tmp_path / "note").read_text())
            until(lambda: b'"size":5' in (tmp_path / "heads").read_bytes())
            message = b""
            while b'"size":5' not in message:
                message = syslog.recv(9000)
            assert outside.troubles() == []
    note = (tmp_path / "note").read_text()
    assert house.log.signer.verifier.open(note).size == 5
    assert json.loads((tmp_path / "heads").read_text().splitlines()[-1])["checkpoint"] == note
    assert json.loads(message.split(b" checkpoint - ", 1)[1])["checkpoint"] == note


# --- a process that is killed ----------------------------------------------------------------------------------------

WRITING = """
import sys
from pathlib import Path
from agent.audit.entry import AGENT, Draft
from agent.forwarding.outside import Outside
from agent.installation import open_installation
from agent.settings import load
from agent.wire import Outcome

house = open_installation(load(Path(sys.argv[1])))
outside = Outside(house)
outside.start()
while True:
    seq = house.log.record(Draft(AGENT, "test.happened", Outcome.ALLOWED))
    print(seq, flush=True)
"""


def test_killed_again_and_again_nothing_is_lost_and_order_is_kept(tmp_path: Path) -> None:
    with short_folder() as folder:
        config = configuration(folder)
        text = config.read_text() + "".join(
            f'[[forward]]\nname = "{name}"\ninterval_s = 0.01\n{kind}\n'
            for name, kind in (
                ("file", f'kind = "file"\nfile = "{tmp_path / "file"}"'),
                ("command", f'kind = "command"\ncommand = ["sh", "-c", "exec cat >> {tmp_path / "command"}"]'),
            )
        )
        config.write_text(text)
        install(config)
        last = -1
        for round_ in range(6):
            with subprocess.Popen([sys.executable, "-c", WRITING, str(config)], stdout=subprocess.PIPE) as process:
                assert process.stdout is not None
                for _line in range(20 + 13 * round_):
                    last = int(process.stdout.readline())
                os.kill(process.pid, signal.SIGKILL)
        house = open_installation(load(config))
        try:
            size = log_size(house)
            assert size > last
            with carrying(house):
                for name in ("file", "command"):
                    until(lambda name=name: seqs(tmp_path / name)[-1:] == [size - 1])
            for name in ("file", "command"):
                delivered = seqs(tmp_path / name)
                assert sorted(set(delivered)) == list(range(size))
                first_times = sorted(set(delivered), key=delivered.index)
                assert first_times == list(range(size))
        finally:
            house.close()


def seqs(file: Path) -> list[int]:
    """Of every whole line."""
    found = []
    for line in file.read_bytes().split(b"\n") if file.exists() else []:
        try:
            found.append(json.loads(line)["seq"])
        except ValueError:
            continue
    return found
