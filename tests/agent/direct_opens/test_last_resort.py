"""Without a sentry: that somebody opened a file, and that nobody knows who."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from agent.daemon import at_work
from agent.direct_opens.service import DirectOpens
from agent.installation import Installation
from agent.settings import Settings
from tests.agent.log_reading import entries
from tests.agent.waiting import until


@pytest.fixture
def sealed(house: Installation, tmp_path: Path) -> Path:
    source = tmp_path / "a.wav"
    source.write_bytes(b"not a recording")
    with source.open("rb") as opened:
        house.vault.seal("ab" * 16, opened)
    return house.settings.state_dir / "vault" / "ab" / f"{'ab' * 16}.sealed"


def _opens(house: Installation) -> list[dict[str, Any]]:
    return [entry for entry in entries(house) if entry["action"] == "file.open"]


def test_a_foreign_open_is_entered_unattributed_and_our_own_is_not(
    house: Installation, sealed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watching = DirectOpens(house, grace_s=0.1)
    with at_work(watching):
        until(lambda: _seeing(watching, house) == "unattributed")
        assert sealed.read_bytes()
        assert (house.settings.keys / "master.key").read_bytes()
        time.sleep(0.1)
        subprocess.run(["cat", sealed], check=True, capture_output=True)
        until(lambda: _opens(house))
    [entry] = _opens(house)
    assert entry["target"] == "ab" * 16
    assert entry["actor"]["uid"] is None
    assert entry["detail"]["seen_by"] == "watchdog"
    assert (entry["detail"]["unattributed"], entry["detail"]["count"]) == (1, 1)


def test_it_can_be_left_out(settings: Settings, house: Installation) -> None:
    nothing = house.settings.sentry.model_copy(update={"last_resort": "none"})
    object.__setattr__(house, "settings", settings.model_copy(update={"sentry": nothing}))
    watching = DirectOpens(house, grace_s=0.1)
    with at_work(watching):
        time.sleep(0.5)
        assert _seeing(watching, house) == "nothing"
    assert watching.troubles() == [], "that there never was a sentry is no trouble of today"


def _seeing(watching: DirectOpens, house: Installation) -> str:
    with house.register.read():
        return watching.state().seeing
