"""Programs of the system that only tests need: `.ci/run` brings them, a person's machine may lack them."""

from __future__ import annotations

import os
import shutil

import pytest

_IN_CI = "CI" in os.environ


def needs(*programs: str) -> pytest.MarkDecorator:
    """Mark tests that drive programs of the system. Without them they are skipped, but in CI they fail."""
    missing = [program for program in programs if shutil.which(program) is None]
    return pytest.mark.skipif(bool(missing) and not _IN_CI, reason=f"no {', '.join(missing)} here; CI brings it")
