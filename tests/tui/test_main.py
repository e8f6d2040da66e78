from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tui.__main__ import asked_language

ROOT = Path(__file__).parents[2]
FAILING = """
import sys
from tui import __main__
from tui.cli.program import Program
def fail(self, ctx):
    number = "+46701740605"
    raise LookupError(number)
Program.invoke = fail
sys.argv = ["earwitness", "search"]
__main__.main()
"""


@pytest.mark.parametrize(
    ("arguments", "language"),
    [
        ([], None),
        (["search", "--lang", "sv"], "sv"),
        (["--lang=fi", "search"], "fi"),
        (["--lang", "sv", "search", "--lang", "fi"], "fi"),
        (["search", "--", "--lang", "sv"], None),
        (["--lang"], None),
    ],
)
def test_the_language_is_found_wherever_it_stands(arguments: list[str], language: str | None) -> None:
    assert asked_language(arguments) == language


def test_an_unforeseen_error_says_where_and_never_with_which_values() -> None:
    failed = subprocess.run([sys.executable, "-c", FAILING], cwd=ROOT, capture_output=True, text=True)
    assert failed.returncode == 1
    assert "LookupError" in failed.stderr
    assert "46701740605" not in failed.stderr
    assert "Traceback" not in failed.stderr


def test_the_help_imports_nothing_of_the_screens_and_of_the_sound() -> None:
    heavy = "{'textual', 'miniaudio', 'numpy', 'soundfile', 'fastapi'}"
    program = f"import sys, tui.cli.program; sys.exit(str({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert found.stderr.strip() == "set()"
