"""Witnesses, checkpoint sinks and forwarding: what cannot work is said when the configuration is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.errors import SettingsInvalid
from agent.settings import load

BASE = 'state_dir = "/var/lib/earwitness"\nsocket = "/run/earwitness/agent.sock"\n'
VKEY = "w.example+e75f6532+BAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
WITNESS = f'[[witness]]\nname = "other-host"\nvkey = "{VKEY}"\n'
SINK = '[[checkpoint_sink]]\nname = "a"\n'
FORWARD = '[[forward]]\nname = "a"\n'


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "agent.toml"
    file.write_text(BASE + text, "utf-8")
    return file


@pytest.mark.parametrize(
    "good",
    [
        WITNESS + 'command = ["ssh", "-T", "witness@other", "earwitness-witness", "answer"]',
        WITNESS + 'socket = "/run/earwitness-witness/socket"',
        WITNESS + 'url = "https://witness.example/w1/"\ninterval_s = 60',
        SINK + 'kind = "journal"',
        SINK + 'kind = "syslog"',
        SINK + 'kind = "syslog"\naddress = "udp:192.0.2.7:514"',
        FORWARD + 'kind = "syslog"\naddress = "tcp:[2001:db8::7]:601"',
        FORWARD + 'kind = "file"\nfile = "/mnt/other/log"\nsince = "next"',
        FORWARD + 'kind = "command"\ncommand = ["cat"]',
        FORWARD + 'kind = "journal"\n' + SINK + 'kind = "journal"',
    ],
)
def test_what_can_work_is_taken(tmp_path: Path, good: str) -> None:
    load(written(tmp_path, good))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (WITNESS, "one of command, socket and url"),
        (WITNESS + 'socket = "/a"\nurl = "https://b/"', "one of command, socket and url"),
        (WITNESS.replace("+BAO", " BAO") + 'socket = "/a"', "vkey"),
        (WITNESS + 'url = "ftp://witness.example/"', "url"),
        (WITNESS + 'url = "https://witness.example/?a=b"', "url"),
        (WITNESS + 'socket = "/a"\n' + WITNESS + 'socket = "/b"', "witness: two of them have the same name"),
        (SINK + 'kind = "journal"\n' + SINK + 'kind = "syslog"', "checkpoint_sink: two of them"),
        (FORWARD + 'kind = "journal"\n' + FORWARD + 'kind = "syslog"', "forward: two of them"),
        (FORWARD + 'kind = "file"', "kind file needs file"),
        (FORWARD + 'kind = "command"', "command belongs to kind command"),
        (FORWARD + 'kind = "journal"\ncommand = ["cat"]', "command belongs to kind command"),
        (FORWARD + 'kind = "syslog"\naddress = "tcp:host"', "address"),
        (FORWARD + 'kind = "syslog"\naddress = "unix:relative"', "address"),
        (FORWARD + 'kind = "post"', "kind"),
        (FORWARD + 'kind = "journal"\ntimeout_s = 0', "timeout_s"),
        (FORWARD + 'kind = "journal"\nadress = "x"', "did you mean address"),
    ],
)
def test_what_cannot_work_is_said(tmp_path: Path, wrong: str, said: str) -> None:
    with pytest.raises(SettingsInvalid, match=said):
        load(written(tmp_path, wrong))
