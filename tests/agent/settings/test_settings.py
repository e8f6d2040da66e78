"""A configuration is checked whole, and what is wrong with it is said with a way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.errors import SettingsInvalid
from agent.settings import load

GOOD = """
state_dir = "/var/lib/earwitness"
socket = "/run/earwitness/agent.sock"

[[source]]
name = "pbx"
spool = "/var/spool/monitor"
zone = "Europe/Helsinki"

[[adviser]]
extension = "3201"
name = "Anna Berg"

[services]
600 = "Vatten"
"""


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "agent.toml"
    file.write_text(text, "utf-8")
    return file


def test_a_good_configuration_loads_with_its_defaults(tmp_path: Path) -> None:
    settings = load(written(tmp_path, GOOD))
    assert settings.keys == Path("/var/lib/earwitness/keys")
    assert settings.source[0].convention == "freepbx"
    assert settings.services == {"600": "Vatten"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (GOOD.replace("zone =", "zome ="), "did you mean zone"),
        (GOOD.replace("state_dir =", "statedir ="), "did you mean state_dir"),
        (GOOD.replace("Europe/Helsinki", "Europe/Helsingfors"), "is no time zone"),
        (GOOD.replace("/run/earwitness/agent.sock", "/run/" + "x" * 110), "longer than 107 bytes"),
        (GOOD.replace("/var/spool/monitor", "/var/lib/earwitness/spool"), "must not lie inside state_dir"),
        (GOOD.replace("[services]", '[[source]]\nname = "pbx"\nspool = "/b"\n[services]'), "same name"),
        ("lockout_failures = 0\n" + GOOD, "lockout_failures"),
        ("= no toml", "agent.toml"),
        ("", "state_dir"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, wrong: str, said: str) -> None:
    with pytest.raises(SettingsInvalid, match=said):
        load(written(tmp_path, wrong))


def test_a_file_that_is_not_there_is_said_too(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="No such file"):
        load(tmp_path / "nowhere.toml")
