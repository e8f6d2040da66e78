"""Whatever fails on the way of a file into the register: it is there, once, or lies where it lay."""

from __future__ import annotations

import hashlib
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
from tests.faults.house import FILES, SIDECAR, WITH_SIDECAR, Template, made_with_one, opened, settings_in, take_in
from tests.faults.injected import Fault, each, faults, forks_of, injected
from tests.faults.traced import traced
from tests.system_programs import needs

pytestmark = needs("strace")

CONTENT = FILES[WITH_SIDECAR]
SHA256 = hashlib.sha256(CONTENT).digest()
one_at_a_time = threading.Lock()
"""A process has one register open."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return made_with_one(tmp_path_factory.mktemp("template") / "house")


def complaint(folder: Path, _said: list[str] | None = None) -> str | None:
    """What is not as it should be after a restart, before and after the file is taken in."""
    try:
        with opened(settings_in(folder)) as house:
            found = _lost(house)
            if found is None:
                take_in(house, Pipeline(house))
                found = _not_whole(house)
        return found
    except (EarwitnessError, RegisterError, OSError) as error:
        return f"does not start again: {error}"


def _lost(house: Installation) -> str | None:
    held = stored(house)
    lying = {file.read_bytes() for file in spool_files(house.settings.source[0].spool)}
    sidecars = {contact.recordings[0].sidecar for contact in held.contacts}
    if held.sha256s not in ([], [SHA256]):
        return f"taken in {len(held.sha256s)} times"
    if not held.sha256s and CONTENT not in lying:
        return "the recording is lost"
    if SIDECAR not in lying | sidecars:
        return "the sidecar is lost"
    broken = findings(house)
    return f"broken: {broken}" if broken else None


def _not_whole(house: Installation) -> str | None:
    held = stored(house)
    left = [file.read_bytes() for file in spool_files(house.settings.source[0].spool)]
    if held.sha256s != [SHA256] or len(held.contacts) != 1:
        return f"in the end there are {len(held.contacts)} contacts and {len(held.quarantined)} in the quarantine"
    if [held.contacts[0].recordings[0].sidecar, *left] not in ([SIDECAR], [None, SIDECAR]):
        return f"in the end {len(left)} files lie in the spool, and the sidecar is not with its recording"
    if held.removals:
        return f"in the end {len(held.removals)} removals are open"
    if {file.stem for file in vault_files(house)} != held.sealed_ids:
        return f"in the end there are {len(vault_files(house))} files in the vault"
    broken = findings(house)
    return f"broken in the end: {broken}" if broken else None


def test_whatever_call_fails_or_is_the_last_the_file_is_there_once(template: Template, place: Path) -> None:
    def one(forking: Forking, fault: Fault, folder: Path) -> str | None:
        template.copy(folder)
        injected(forking, folder, fault)
        with one_at_a_time:
            return complaint(folder)

    with forks_of("taking_in") as forks:
        template.copy(place / "traced")
        trace = traced(forks.mine(), place / "traced")
        assert trace.ended.how == "exited 0", trace.ended.said
        with opened(settings_in(place / "traced")) as house:
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
    with forks_of("taking_in") as forks:
        trace = traced(forks.mine(), folder)
    states = disk_states(template.folder, trace.calls)
    complaints, count = every(states, template.folder, place, complaint, originals)
    assert complaints == []
    assert count > 150
