from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tui import crash

NUMBER = "+46701740605"


def _fail_with(number: str) -> None:
    secret = f"call from {number}"
    raise ValueError(secret)


def _caught() -> BaseException:
    try:
        try:
            _fail_with(NUMBER)
        except ValueError as error:
            raise RuntimeError(NUMBER) from error
    except RuntimeError as error:
        return error


def test_the_record_names_types_and_places_and_nothing_of_what_was_shown() -> None:
    text = crash.redacted(_caught(), "abcd1234")
    assert "builtins.ValueError" in text
    assert "builtins.RuntimeError" in text
    assert "test_crash.py" in text
    assert "_fail_with" in text
    assert NUMBER not in text
    assert "secret" not in text
    assert text.index("ValueError") < text.index("RuntimeError")


def test_the_record_is_its_owners_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    incident = crash.record(_caught())
    file = tmp_path / "earwitness" / f"crash-{incident}.txt"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert incident in file.read_text("utf-8")


def test_a_record_that_cannot_be_written_still_gives_an_incident(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "earwitness").write_text("a file where the folder should be")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert len(crash.record(_caught())) == 8


def test_a_relative_state_home_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "here")
    assert crash.state_folder() == Path.home() / ".local" / "state" / "earwitness"
