from __future__ import annotations

import os
from io import StringIO
from types import SimpleNamespace

import pytest

from tui import environment
from tui.environment import scrub, why_no_screen


class _Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def _attach(monkeypatch: pytest.MonkeyPatch, stdin: StringIO, stdout: StringIO) -> None:
    monkeypatch.setattr(environment, "sys", SimpleNamespace(stdin=stdin, stdout=stdout))


def test_every_variable_of_textual_is_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TEXTUAL", "TEXTUAL_DRIVER", "TEXTUAL_LOG", "TEXTUAL_SCREENSHOT"):
        monkeypatch.setenv(name, "evil:code")
    monkeypatch.setenv("NOT_TEXTUAL", "kept")
    scrub()
    assert not [name for name in os.environ if name.startswith("TEXTUAL")]
    assert os.environ["NOT_TEXTUAL"] == "kept"


def test_an_ordinary_terminal_is_good(monkeypatch: pytest.MonkeyPatch) -> None:
    _attach(monkeypatch, _Terminal(), _Terminal())
    monkeypatch.setenv("TERM", "xterm-256color")
    assert why_no_screen() is None


@pytest.mark.parametrize("term", ["dumb", "", "unknown"])
def test_a_terminal_without_a_screen_is_refused_with_the_commands_to_use(
    monkeypatch: pytest.MonkeyPatch, term: str
) -> None:
    _attach(monkeypatch, _Terminal(), _Terminal())
    monkeypatch.setenv("TERM", term)
    reason = why_no_screen()
    assert reason is not None
    for command in ("earwitness search", "show", "play", "audit"):
        assert command in reason


@pytest.mark.parametrize(("stdin", "stdout"), [(StringIO(), _Terminal()), (_Terminal(), StringIO())])
def test_a_pipe_is_refused(monkeypatch: pytest.MonkeyPatch, stdin: StringIO, stdout: StringIO) -> None:
    _attach(monkeypatch, stdin, stdout)
    monkeypatch.setenv("TERM", "xterm-256color")
    reason = why_no_screen()
    assert reason is not None
    assert "no terminal" in reason
