"""A call between two real SIP agents, one of which records it, is taken in when it ends."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from agent.wire import Role
from tests.agent.running import Running, configuration, eventually, install, short_folder, started
from tests.e2e.sip_call import RATE_HZ, ZONE, SipCall, sip_call
from tests.system_programs import needs

CALL_S = 6.0
KILLED_AFTER_S = 3.0
UNFINISHED_S = 3.0
FOUND_WITHIN_S = 5.0
HEADER_BYTES = 44
SAMPLE_BYTES = 2
BLOCK_S = 0.02
"""What one packet carries."""
EXTENSION = "3201"

pytestmark = needs("baresip")


@dataclass
class Scene:
    running: Running
    call: SipCall
    began_s: float
    leg_files: dict[str, int]
    """The two files, open for reading since the call began: what they hold can be read when they have gone."""

    def found(self) -> list[dict[str, Any]]:
        answer = self.running.ask("GET", "/contacts", role=Role.MANAGER, params={"query": "adviser:anna"})
        items = answer.raise_for_status().json()["items"]
        return [item for item in items if item["recordings"][0]["source_name"].startswith("dump-")]

    def is_left_alone(self, seconds: float) -> None:
        """See for so long that nothing of the call is catalogued, moved or replaced."""
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s:
            time.sleep(0.25)
            assert self.found() == []
            assert [leg.name for leg in self.call.legs()] == list(self.leg_files)
            for leg in self.call.legs():
                there, opened = leg.stat(), os.fstat(self.leg_files[leg.name])
                assert (there.st_ino, there.st_nlink) == (opened.st_ino, 1)

    def contents(self) -> dict[str, bytes]:
        return {name: _content(file) for name, file in self.leg_files.items()}


def _content(file: int) -> bytes:
    return os.pread(file, os.fstat(file).st_size, 0)


def _with_the_recorders_spool(config: Path, spool: Path) -> None:
    """The recorder writes into a folder for each telephone, and names its files by its own clock."""
    source = {
        "name": "sip",
        "spool": str(spool),
        "convention": "pattern",
        "name_pattern": "{extension}/dump-{start:YYYY-MM-DD-HH-MM-SS}-{leg}",
        "zone": ZONE,
        "unfinished_s": UNFINISHED_S,
    }
    lines = ["", "[[source]]", *(f"{name} = {json.dumps(value)}" for name, value in source.items())]
    config.write_text(config.read_text("utf-8") + "\n".join(lines) + "\n", "utf-8")


@contextmanager
def calling() -> Iterator[Scene]:
    """A call into the spool of an agent that runs."""
    with ExitStack() as stack:
        folder = stack.enter_context(short_folder())
        spool = folder / "sip-spool"
        (spool / EXTENSION).mkdir(parents=True)
        config = configuration(folder)
        _with_the_recorders_spool(config, spool)
        install(config)
        running = stack.enter_context(started(config))
        work = folder / "sip"
        work.mkdir()
        call = stack.enter_context(sip_call(work, spool / EXTENSION))
        began_s = time.time()
        files = {leg.name: os.open(leg, os.O_RDONLY) for leg in call.legs()}
        for file in files.values():
            stack.callback(os.close, file)
        yield Scene(running, call, began_s, files)


def _let_it_run(scene: Scene, seconds: float) -> None:
    """See that a call that goes on is left alone."""
    before = {name: os.fstat(file).st_size for name, file in scene.leg_files.items()}
    scene.is_left_alone(seconds)
    for name, content in scene.contents().items():
        assert content[4:8] == b"\x08\0\0\0", "the recorder has not closed it"
        assert content[40:44] == bytes(4)
        grown_s = (len(content) - before[name]) / SAMPLE_BYTES / RATE_HZ
        assert grown_s == pytest.approx(seconds, abs=1.5)
    assert scene.running.log("action:contact.take_in target:source:sip") == []


def _is_there(scene: Scene) -> dict[str, Any]:
    """The contact, once both of its legs are found."""
    [contact] = eventually(lambda: [one for one in scene.found() if len(one["recordings"]) == len(scene.leg_files)])
    return dict(contact)


def _is_right(scene: Scene, contact: dict[str, Any], *, interrupted: bool) -> None:
    """See that a contact is what the recorder wrote: its bytes, its length, its start, whose it is."""
    contents = scene.contents()
    recordings = {recording["source_name"]: recording for recording in contact["recordings"]}
    assert recordings.keys() == contents.keys()
    for name, recording in recordings.items():
        content = contents[name]
        assert recording["sha256"] == hashlib.sha256(content).hexdigest()
        assert recording["size_bytes"] == len(content)
        true_s = (len(content) - HEADER_BYTES) / SAMPLE_BYTES / RATE_HZ
        assert recording["duration_s"] == pytest.approx(true_s, abs=BLOCK_S)
        assert recording["interrupted"] is interrupted
        assert name.endswith(f"-{recording['leg']}.wav")
        assert (recording["encoding"], recording["rate_hz"], recording["channels"]) == ("pcm", RATE_HZ, 1)
    assert datetime.fromisoformat(contact["started_at"]).timestamp() == pytest.approx(scene.began_s, abs=2)
    assert contact["adviser"] == "Anna Berg"
    assert contact["duration_s"] == pytest.approx(max(one["duration_s"] for one in recordings.values()), abs=BLOCK_S)
    assert scene.call.legs() == [], "what is sealed leaves the spool"


def _can_be_heard(scene: Scene, contact: dict[str, Any]) -> None:
    """Listen to a part of each leg, and find it in the log."""
    contents = scene.contents()
    for recording in contact["recordings"]:
        content = contents[recording["source_name"]]
        start, stop = HEADER_BYTES + RATE_HZ, HEADER_BYTES + 3 * RATE_HZ
        answer = scene.running.ask(
            "GET",
            f"/contacts/{contact['id']}/audio",
            role=Role.ADVISER,
            params={"purpose": "quality", "recording": recording["id"]},
            headers={"Range": f"bytes={start}-{stop - 1}"},
        )
        assert (answer.status_code, answer.content) == (206, content[start:stop])
        assert len(set(answer.content)) > 50, "speech, and no silence"


def _is_in_the_log(scene: Scene, contact: dict[str, Any]) -> None:
    def actions() -> list[str]:
        return [entry["action"] for entry in reversed(scene.running.log(f"target:{contact['id']}"))]

    # What went out is an entry of its own, a moment after the last byte.
    eventually(lambda: actions().count("contact.released") == len(contact["recordings"]))
    assert actions()[:2] == ["contact.take_in", "contact.join"]
    assert actions().count("contact.listen") == len(contact["recordings"])


def test_a_call_is_taken_in_when_it_ends_and_not_before() -> None:
    with calling() as scene:
        _let_it_run(scene, CALL_S)
        scene.call.hang_up()
        ended_s = time.monotonic()
        contact = _is_there(scene)
        assert time.monotonic() - ended_s < FOUND_WITHIN_S
        _is_right(scene, contact, interrupted=False)
        _can_be_heard(scene, contact)
        _is_in_the_log(scene, contact)


def test_a_call_in_which_one_side_says_nothing_for_long_is_not_over() -> None:
    with calling() as scene, scene.call.on_hold() as hold:
        said = {name: len(content) for name, content in scene.contents().items()}
        scene.is_left_alone(UNFINISHED_S * 2)
        still = [name for name, content in scene.contents().items() if len(content) == said[name]]
        assert [name.endswith("-dec.wav") for name in still] == [True], "what is heard stands still"
        hold.close()
        eventually(lambda: len(scene.contents()[still[0]]) > said[still[0]] + RATE_HZ * SAMPLE_BYTES)
        scene.call.hang_up()
        _is_right(scene, _is_there(scene), interrupted=False)


def test_a_call_whose_recorder_was_killed_is_taken_in_as_interrupted() -> None:
    with calling() as scene:
        _let_it_run(scene, KILLED_AFTER_S)
        scene.call.kill_recorder()
        killed_s = time.monotonic()
        contact = _is_there(scene)
        assert UNFINISHED_S - 0.5 < time.monotonic() - killed_s < UNFINISHED_S + FOUND_WITHIN_S
        _is_right(scene, contact, interrupted=True)
        _can_be_heard(scene, contact)
        _is_in_the_log(scene, contact)
