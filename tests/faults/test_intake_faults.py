"""Whatever fails on the way of a file into the register: it is there, once, or lies where it lay."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from pathlib import Path

import pytest

from agent.errors import EarwitnessError
from agent.installation import Installation
from agent.intake.pipeline import Pipeline
from db.engine import RegisterError
from tests.agent.stored import findings, spool_files, stored, vault_files
from tests.faults.disk_states import disk_states, every
from tests.faults.forked import Forking
from tests.faults.house import (
    FILES,
    SIDECAR,
    WITH_SIDECAR,
    Mode,
    Template,
    made_with_one,
    opened,
    settings_in,
    take_in,
    take_in_sidecar_that_lies,
)
from tests.faults.injected import Fault, each, faults, forks_of, injected
from tests.faults.traced import traced
from tests.system_programs import needs

pytestmark = needs("strace")

CONTENT = FILES[WITH_SIDECAR]
SHA256 = hashlib.sha256(CONTENT).digest()
one_at_a_time = threading.Lock()
"""A process has one register open."""


SCENARIOS: dict[Mode, str] = {"sealed": "taking_in", "in-place": "taking_in_place"}


@pytest.fixture(scope="module", params=SCENARIOS)
def template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Template:
    return made_with_one(tmp_path_factory.mktemp("template") / "house", request.param)


def complaint(folder: Path, mode: Mode) -> str | None:
    """What is not as it should be after a restart, before and after the file is taken in."""
    try:
        with opened(settings_in(folder, mode)) as house:
            found = _lost(house)
            if found is None:
                pipeline = Pipeline(house)
                take_in(house, pipeline)
                take_in_sidecar_that_lies(house, pipeline)
                found = _not_whole(house)
        return found
    except (EarwitnessError, RegisterError, OSError) as error:
        return f"does not start again: {error}"


def _lost(house: Installation) -> str | None:
    held, stays = stored(house), _stays(house)
    lying = {file.read_bytes() for file in spool_files(house.settings.source[0].spool)}
    sidecars = {contact.recordings[0].sidecar for contact in held.contacts}
    if held.sha256s not in ([], [SHA256]):
        return f"taken in {len(held.sha256s)} times"
    if CONTENT not in lying and (stays or not held.sha256s):
        return "the recording is lost"
    if SIDECAR not in lying and (stays or SIDECAR not in sidecars):
        return "the sidecar is lost"
    broken = findings(house)
    return f"broken: {broken}" if broken else None


def _not_whole(house: Installation) -> str | None:
    held, stays = stored(house), _stays(house)
    if held.sha256s != [SHA256] or len(held.contacts) != 1:
        return f"in the end there are {len(held.contacts)} contacts and {len(held.quarantined)} in the quarantine"
    [contact] = held.contacts
    is_read = json.loads(contact.provenance)["adviser"]["read_from"] == "sidecar"
    if contact.recordings[0].sidecar != SIDECAR or not is_read:
        return "in the end the sidecar is not with its recording"
    left = [file.read_bytes() for file in spool_files(house.settings.source[0].spool)]
    if left != ([CONTENT, SIDECAR] if stays else []):
        return f"in the end {len(left)} files lie in the spool, or others"
    if held.removals:
        return f"in the end {len(held.removals)} removals are open"
    if {file.stem for file in vault_files(house)} != (set() if stays else held.sealed_ids):
        return f"in the end there are {len(vault_files(house))} files in the vault"
    broken = findings(house)
    return f"broken in the end: {broken}" if broken else None


def _stays(house: Installation) -> bool:
    return house.settings.source[0].mode == "in-place"


def test_whatever_call_fails_or_is_the_last_the_file_is_there_once(template: Template, place: Path) -> None:
    def one(forking: Forking, fault: Fault, folder: Path) -> str | None:
        template.copy(folder)
        injected(forking, folder, fault)
        with one_at_a_time:
            return complaint(folder, template.mode)

    with forks_of(SCENARIOS[template.mode]) as forks:
        settings = template.copy(place / "traced")
        trace = traced(forks.mine(), place / "traced")
        assert trace.ended.how == "exited 0", trace.ended.said
        with opened(settings) as house:
            assert _not_whole(house) is None
        wanted = [fault for fault in faults(trace.calls) if fault.call.phase == 1]
        assert len(wanted) > 100
        assert each(forks, place, wanted, one) == []


def test_whatever_a_power_cut_leaves_the_file_is_there_once(template: Template, place: Path) -> None:
    folder, originals = place / "traced", place / "originals"
    template.copy(folder)
    originals.mkdir()
    for file in spool_files(folder / "spool"):
        os.link(file, originals / file.name)
    with forks_of(SCENARIOS[template.mode]) as forks:
        trace = traced(forks.mine(), folder)
    states = disk_states(template.folder, trace.calls)
    complaints, count = every(
        states, template.folder, place, lambda left, _said: complaint(left, template.mode), originals
    )
    assert complaints == []
    assert count > 150
