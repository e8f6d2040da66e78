"""A sidecar that cannot be read, or whose recording cannot, holds nothing up, is said, and is tried again."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from agent.installation import Installation
from agent.intake import sidecar_watch
from agent.intake.opened import Opened
from agent.settings import Settings
from tests.agent.calls import put, sound
from tests.agent.intake.test_loop import NAME, Loop, started, with_source
from tests.agent.log_reading import entries, leaves
from tests.agent.stored import findings, spool_files, stored, vault_files
from tests.agent.waiting import until

RECORDING, OTHER = NAME.format(1), NAME.format(2)
SIDECAR = RECORDING + ".json"
SAID = json.dumps({"number": "+447700900123"}).encode()


@pytest.fixture(params=["sealed", "in-place"])
def settings(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    return with_source(settings, mode=request.param)


@pytest.fixture
def running(house: Installation) -> Iterator[Loop]:
    with started(house) as made:
        yield made


@contextmanager
def unreadable(monkeypatch: pytest.MonkeyPatch, error: int) -> Iterator[None]:
    """A disk on which the sidecar cannot be read."""
    reading = Opened.read_at_most

    def failing(opened: Opened, limit_bytes: int) -> bytes:
        if opened.name == SIDECAR:
            raise OSError(error, os.strerror(error))
        return reading(opened, limit_bytes)

    with monkeypatch.context() as patched:
        patched.setattr(Opened, "read_at_most", failing)
        yield


def numbers(running: Loop) -> list[str | None]:
    contacts = stored(running.house).contacts
    return [contact.number for contact in contacts if contact.recordings[0].source_name == RECORDING]


def goes_on(running: Loop) -> None:
    """Another recording is taken in, and nothing is said of the spool or of the whole intake."""
    put(running.spool, OTHER, sound(seed=2))
    until(lambda: OTHER in running.names())
    running.until_rescanned(3)
    assert running.loop.paused is None
    assert running.loop.status()[0].trouble is None


def is_enriched_in_the_end(running: Loop) -> None:
    until(lambda: numbers(running) == ["+447700900123"])
    until(lambda: running.reasons() == [])
    actions = [entry["action"] for entry in entries(running.house)]
    assert actions.count("quarantine.add") == actions.count("quarantine.end") == 1
    assert actions.count("contact.enrich") == 1
    assert b"70174060" not in leaves(running.house)
    stays = running.house.settings.source[0].mode == "in-place"
    until(lambda: len(spool_files(running.spool)) == (3 if stays else 0))
    assert findings(running.house) == []


@pytest.mark.parametrize("is_late", [False, True])
@pytest.mark.parametrize("error", [errno.EIO, errno.EACCES])
def test_one_that_cannot_be_read_is_said_and_taken_in_when_it_can(
    running: Loop, monkeypatch: pytest.MonkeyPatch, is_late: bool, error: int
) -> None:
    with unreadable(monkeypatch, error):
        if not is_late:
            put(running.spool, SIDECAR, SAID)
        put(running.spool, RECORDING, sound(seed=1))
        until(lambda: running.names() == [RECORDING])
        put(running.spool, SIDECAR, SAID)
        until(lambda: running.reasons() == [(SIDECAR, "unreadable")])
        assert stored(running.house).quarantined[0].detail == os.strerror(error)
        goes_on(running)
        assert (running.spool / SIDECAR).read_bytes() == SAID
    is_enriched_in_the_end(running)


@pytest.mark.parametrize("settings", ["sealed"], indirect=True)
@pytest.mark.parametrize("is_late", [False, True])
def test_one_that_cannot_be_removed_is_taken_in_once(
    running: Loop, monkeypatch: pytest.MonkeyPatch, is_late: bool
) -> None:
    def refused(*_arguments: Any) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    with monkeypatch.context() as patched:
        patched.setattr("agent.intake.leaving.remove", refused)
        if not is_late:
            put(running.spool, SIDECAR, SAID)
        put(running.spool, RECORDING, sound(seed=1))
        until(lambda: running.names() == [RECORDING])
        if is_late:
            put(running.spool, SIDECAR, SAID)
        until(lambda: numbers(running) == ["+447700900123"])
        running.until_rescanned(5)
        told = [entry["action"] for entry in entries(running.house)]
        assert told.count("contact.enrich") == is_late
    until(lambda: not spool_files(running.spool))
    assert findings(running.house) == []


def test_one_that_was_alone_and_finds_its_recording_is_said_no_longer(
    running: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sidecar_watch, "ALONE_S", 0.2)
    put(running.spool, SIDECAR, SAID)
    until(lambda: running.reasons() == [(SIDECAR, "sidecar-without-recording")])
    put(running.spool, RECORDING, sound(seed=1))
    until(lambda: numbers(running) == ["+447700900123"])
    until(lambda: running.reasons() == [])


@pytest.mark.parametrize("settings", ["sealed"], indirect=True)
def test_one_whose_recording_is_broken_is_said_and_taken_in_when_that_is_whole(
    running: Loop, caplog: pytest.LogCaptureFixture
) -> None:
    put(running.spool, RECORDING, sound(seed=1))
    until(lambda: running.names() == [RECORDING] and not spool_files(running.spool))
    [file] = vault_files(running.house)
    sealed = file.read_bytes()
    file.chmod(0o600)
    file.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    put(running.spool, SIDECAR, SAID)
    until(lambda: running.reasons() == [(SIDECAR, "recording-unreadable")])
    goes_on(running)
    file.write_bytes(sealed)
    is_enriched_in_the_end(running)
    assert "70174060" not in caplog.text


@pytest.mark.parametrize("settings", ["sealed"], indirect=True)
def test_one_whose_recording_cannot_be_read_waits_for_it(running: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_arguments: Any) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    put(running.spool, RECORDING, sound(seed=1))
    until(lambda: running.names() == [RECORDING] and not spool_files(running.spool))
    with monkeypatch.context() as patched:
        patched.setattr("agent.vault.sealed.SealedReader.read_at", failing)
        put(running.spool, SIDECAR, SAID)
        until(lambda: running.reasons() == [(SIDECAR, "recording-unreadable")])
        running.until_rescanned(3)
        assert running.loop.paused is None
    goes_on(running)
    is_enriched_in_the_end(running)
