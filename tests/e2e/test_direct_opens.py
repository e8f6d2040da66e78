"""Whoever opens a file on the server is named, by whichever way, and none is lost."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from agent.audit.entry import read_leaf
from agent.installation import open_installation
from agent.settings import load
from db.queries import log as stored
from tests.agent.running import Running, command, eventually, started
from tests.agent.sentry.scene import USERS, Scene, mounted, needs_root, openers, scene, sentry, watching
from tests.system_programs import needs

EACH = 200
"""Openers of each user by each way: 3 · 5 · 200 are three thousand."""
CANARY = "0046701740605"
"""From a range that is kept free for fiction; see tests/agent/calls.py."""
RECORDING = f"in-3201-{CANARY}-20261123-140500-1795442700.1.txt"

pytestmark = [needs_root, needs("gcc", "mount", "umount", "unshare")]


@pytest.fixture
def house_of_its_own() -> Iterator[Scene]:
    with scene(own_spool=True) as made:
        file = made.spool / RECORDING
        file.write_text("not a recording")
        (made.spool / "sub").mkdir()
        (made.spool / "sub" / RECORDING).write_text("not a recording")
        os.link(file, made.spool / "sub" / "another-name.txt")
        (made.folder / "link.txt").symlink_to(file)
        yield made


def _all_entries(made: Scene) -> list[dict[str, Any]]:
    house = open_installation(load(made.config))
    try:
        with house.register.read():
            return [read_leaf(record.leaf) for record in stored.stream()]
    finally:
        house.close()


def _by_openers(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [entry for entry in entries if entry["action"] == "file.open" and entry["actor"]["uid"] in USERS]


def _opened_by_everybody(program: Path, file: Path, *, before: tuple[str | Path, ...] = ()) -> None:
    running = [
        subprocess.Popen([*before, program, str(user), str(EACH), file], stdout=subprocess.PIPE, text=True)
        for user in USERS
    ]
    assert [process.communicate()[0].strip() for process in running] == [str(EACH)] * len(USERS)


def test_three_thousand_short_lived_openers_by_five_ways_are_all_named(house_of_its_own: Scene) -> None:
    made = house_of_its_own
    program = openers(made.folder)
    file = made.spool / RECORDING
    inodes = {file.stat().st_ino, (made.spool / "sub" / RECORDING).stat().st_ino}
    with ExitStack() as stack:
        bound = made.folder / "bound"
        bound.mkdir()
        stack.callback(subprocess.run, ["umount", bound], check=True)
        subprocess.run(["mount", "--bind", made.spool, bound], check=True)
        running = stack.enter_context(started(made.config))
        stack.enter_context(sentry(made.config))
        eventually(lambda: watching(running))
        _opened_by_everybody(program, made.folder / "link.txt")
        _opened_by_everybody(program, made.spool / "sub" / RECORDING)
        _opened_by_everybody(program, bound / RECORDING)
        _opened_by_everybody(program, made.spool / "sub" / "another-name.txt")
        hidden = made.folder / "hidden"
        hidden.mkdir()
        script = f'mount --bind {made.spool} {hidden} && exec "$0" "$@"'
        _opened_by_everybody(program, hidden / RECORDING, before=("unshare", "-m", "sh", "-c", script))
    opens = _by_openers(_all_entries(made))
    assert len(opens) == 5 * len(USERS) * EACH
    assert Counter(entry["actor"]["uid"] for entry in opens) == dict.fromkeys(USERS, 5 * EACH)
    assert len({entry["detail"]["pid"] for entry in opens}) > 1
    for entry in opens:
        detail = entry["detail"]
        assert "uncertain" not in detail
        assert detail["place"] == entry["target"] == "spool:pbx"
        assert detail["inode"] in inodes
        assert detail["exe"].startswith("hmac:")
        assert detail["file"].startswith("hmac:")
        assert detail["euid"] == entry["actor"]["uid"]
    assert sum("late" in entry["detail"] for entry in opens) == 0


def test_a_killed_sentry_leaves_a_gap_and_lets_opens_go_on(house_of_its_own: Scene) -> None:
    made = house_of_its_own
    program, file = openers(made.folder), made.spool / RECORDING
    with started(made.config) as running:
        with sentry(made.config) as first:
            eventually(lambda: watching(running))
            opening = subprocess.Popen([program, str(USERS[0]), "2000", file], stdout=subprocess.PIPE, text=True)
            eventually(lambda: _opens(running, 20))
            first.kill()
            assert opening.communicate(timeout=60)[0].strip() == "2000"
        [stop] = eventually(lambda: running.log("action:sentry.stop"))
        assert stop["outcome"] == "failed"
        with sentry(made.config):
            [gap] = eventually(lambda: running.log("action:sentry.gap"))
    assert gap["detail"]["why"] == "the sentry died"
    assert gap["detail"]["since"] <= stop["at"] < gap["detail"]["until"]


def _opens(running: Running, most: int) -> bool:
    found = running.log(f"action:file.open uid:{USERS[0]}")
    return len(found) >= most


def test_neither_number_nor_command_line_is_in_leaves_or_journals(house_of_its_own: Scene) -> None:
    made = house_of_its_own
    with started(made.config) as running, sentry(made.config) as seeing:
        eventually(lambda: watching(running))
        subprocess.run(["cat", made.spool / RECORDING], check=True, capture_output=True)
        [entry] = eventually(lambda: [one for one in _spool_opens(running) if one["detail"]["exe"] == "/usr/bin/cat"])
        assert CANARY in entry["reason"], "the words of the command line stand beside the log"
        assert running.stop() == 0
        subprocess.run(["cat", made.spool / RECORDING], check=True, capture_output=True)
        kept = eventually((made.folder / "run-sentry" / "journal").read_text)
        assert "spool:pbx" in kept
        assert CANARY not in kept
        assert seeing.stop() == 0
    entries = _all_entries(made)
    assert [one for one in entries if one["action"] == "file.open"]
    assert CANARY not in str(entries)
    assert CANARY not in "".join(seeing.said)


def _spool_opens(running: Running) -> list[dict[str, Any]]:
    return running.log("action:file.open target:spool:pbx")


def test_without_a_file_system_of_its_own_every_folder_is_watched_also_a_new_one() -> None:
    with scene() as made, started(made.config) as running, sentry(made.config):
        eventually(lambda: watching(running))
        program = openers(made.folder)
        folder = made.spool / "2026" / "11"
        folder.mkdir(parents=True)
        file = folder / RECORDING
        file.write_text("not a recording")

        def is_seen() -> list[dict[str, Any]]:
            subprocess.run([program, str(USERS[0]), "1", file], check=True, capture_output=True)
            return running.log(f"uid:{USERS[0]} target:spool:pbx")

        assert eventually(is_seen)
        with mounted(made.folder / "elsewhere") as elsewhere:
            subprocess.run(["mount", "--bind", folder, elsewhere], check=True)
            subprocess.run([program, str(USERS[1]), "1", elsewhere / RECORDING], check=True, capture_output=True)
            subprocess.run(["umount", elsewhere], check=True)
        [elsewhere_entry] = eventually(lambda: running.log(f"uid:{USERS[1]} target:spool:pbx"))
        here_entry = is_seen()[0]
    assert elsewhere_entry["detail"]["file"] == here_entry["detail"]["file"], "one file has one name, whatever the way"


def _as_its_own_user(uid: int, *capabilities: str) -> tuple[str, ...]:
    kept = "".join(f",+{name}" for name in capabilities)
    who = f"--reuid={uid}", f"--regid={uid}", "--clear-groups"
    return "setpriv", *who, f"--inh-caps=-all{kept}", f"--ambient-caps=-all{kept}"


@needs("setpriv")
def test_it_runs_as_a_user_of_its_own_with_three_capabilities_and_keeps_two() -> None:
    uid = 61_009
    with scene(own_spool=True, sentry=f'user = "{uid}"\n') as made:
        file = made.spool / RECORDING
        file.write_text("not a recording")
        (made.folder / "run-sentry").mkdir()
        os.chown(made.folder / "run-sentry", uid, uid)
        user = _as_its_own_user(uid, "sys_admin", "sys_ptrace", "dac_read_search")
        with started(made.config) as running, sentry(made.config, as_user=user) as seeing:
            eventually(lambda: watching(running))
            status = Path(f"/proc/{seeing.pid}/status").read_text()
            assert f"Uid:\t{uid}\t{uid}" in status
            assert "CapEff:\t0000000000080004" in status
            assert "CapPrm:\t0000000000080004" in status
            assert "NoNewPrivs:\t1" in status
            subprocess.run([openers(made.folder), str(USERS[0]), "5", file], check=True, capture_output=True)
            opens = eventually(lambda: found if len(found := running.log(f"uid:{USERS[0]}")) == 5 else None)
            assert all("uncertain" not in entry["detail"] for entry in opens)


@needs("setpriv")
def test_without_the_capability_it_says_what_is_missing(tmp_path: Path) -> None:
    with scene() as made:
        started_as = [*_as_its_own_user(0), *command("sentry", "--config", made.config)]
        ended = subprocess.run([*started_as[:1], "--bounding-set=-sys_admin", *started_as[1:]], capture_output=True)
    assert ended.returncode == 1
    assert b"CAP_SYS_ADMIN is missing" in ended.stderr
    assert b"doctor" in ended.stderr
