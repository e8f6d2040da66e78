"""The units ask for what the code needs, and for no more."""

from __future__ import annotations

import re
from pathlib import Path

from agent.sentry.capabilities import AUDITING, MARKING
from agent.settings.sentry import Sentry

UNITS = Path(__file__).parents[2] / "packaging" / "systemd"


def _settings(unit: str) -> dict[str, str]:
    text = (UNITS / unit).read_text("utf-8")
    return dict(re.findall(r"^(\w+)=(.*)$", text, re.M))


def test_the_sentry_has_the_capabilities_that_it_needs_and_no_others() -> None:
    unit = _settings("earwitness-sentry.service")
    needed = {f"CAP_{one.name}" for one in MARKING}
    assert set(unit["CapabilityBoundingSet"].split()) == needed
    assert set(unit["AmbientCapabilities"].split()) == needed
    comment = (UNITS / "earwitness-sentry.service").read_text("utf-8")
    assert all(f"CAP_{one.name}" in comment for one in AUDITING)


def test_the_sentry_sees_the_file_systems_as_everybody_does() -> None:
    makes_a_namespace = {"ProtectSystem", "ProtectHome", "PrivateTmp", "PrivateDevices", "ReadOnlyPaths", "ProtectProc"}
    assert not makes_a_namespace & _settings("earwitness-sentry.service").keys()


def test_the_sentry_is_killed_when_it_stands_still_and_comes_back() -> None:
    unit = _settings("earwitness-sentry.service")
    assert (unit["Type"], unit["Restart"], unit["WatchdogSignal"]) == ("notify", "always", "SIGKILL")
    assert 0 < int(unit["WatchdogSec"]) <= 10


def test_units_and_settings_name_the_same_users_and_folders() -> None:
    unit, sentry = _settings("earwitness-sentry.service"), Sentry()
    assert unit["User"] == sentry.user
    assert f"/run/{unit['RuntimeDirectory']}" == str(sentry.run_dir)
    users = (UNITS / "earwitness.sysusers").read_text("utf-8")
    assert {line.split()[1] for line in users.splitlines() if line.startswith("u ")} == {
        unit["User"],
        _settings("earwitness-agent.service")["User"],
    }


def test_the_agent_may_ask_who_writes_and_nothing_else_and_its_peers_keep_their_numbers() -> None:
    unit = _settings("earwitness-agent.service")
    assert (unit["CapabilityBoundingSet"], unit["AmbientCapabilities"]) == ("CAP_LEASE", "CAP_LEASE")
    assert unit["PrivateUsers"] == "no"
    assert unit["LimitCORE"] == "0"
