"""What a source and a directory of advisers can be told, and what is refused when the settings are read."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from agent.errors import SettingsInvalid
from agent.settings import Adviser, Directory, Settings, load

START = """
state_dir = "/var/lib/earwitness"
socket = "/run/earwitness/agent.sock"

[[source]]
name = "pbx"
spool = "/var/spool/monitor"
"""


def loaded(tmp_path: Path, text: str) -> Settings:
    file = tmp_path / "agent.toml"
    file.write_text(text, "utf-8")
    return load(file)


def test_a_source_says_everything_about_its_recorder(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        START
        + r"""
convention = "pattern"
name_pattern = '{start:YYYYMMDD_HHMMSS}_{direction}_{extension}_{number}[_{leg}]'
mode = "sealed"
office_hours = "mon-fri 08:00-15:00"
silent_after_h = 3
legs = ["caller", "adviser"]
sidecar_map = "genesys"
sidecar = { number = "caller.phone", queue = "queue.id" }
withheld = ["hemligt"]
missing = ["saknas"]
directions = { inkommande = "in", "utgående" = "out" }

[[source.adviser]]
extension = "3201"
name = "Anna Berg"
account = "anna.berg"
until = 2026-05-01

[[source.adviser]]
extension = "3201"
name = "Erik Sund"
from = 2026-05-01T12:00:00

[source.services]
600 = "Vatten"
601 = [{ service = "Avlopp", until = 2026-05-01 }, { service = "Avfall", from = 2026-05-01 }]
""",
    )
    source = settings.source[0]
    assert (source.mode, source.legs, source.sidecar_of) == ("sealed", ["caller", "adviser"], "genesys")
    who = {
        day: adviser.name if (adviser := source.directory.adviser("3201", datetime.fromisoformat(day))) else None
        for day in ("2026-04-30T23:59:59", "2026-05-01T00:00:00", "2026-05-01T12:00:00")
    }
    assert list(who.values()) == ["Anna Berg", None, "Erik Sund"]
    assert source.directory.service("601", datetime.fromisoformat("2026-04-30")) == "Avlopp"
    assert source.directory.service("601", datetime.fromisoformat("2026-05-01")) == "Avfall"
    assert source.directory.service("600", datetime.fromisoformat("1999-01-01")) == "Vatten"


def test_a_puzzel_source_has_puzzels_sidecars_unless_it_says_otherwise(tmp_path: Path) -> None:
    assert loaded(tmp_path, START + 'convention = "puzzel"').source[0].sidecar_of == "puzzel"
    assert loaded(tmp_path, START + 'convention = "puzzel"\nsidecar_map = "own"').source[0].sidecar_of == "own"
    assert loaded(tmp_path, START).source[0].sidecar_of == "own"


ANNA = '[[{0}adviser]]\nextension = "3201"\nname = "Anna Berg"\n'
ERIK = '[[{0}adviser]]\nextension = "3201"\nname = "Erik Sund"\n'


@pytest.mark.parametrize("where", ["", "source."])
@pytest.mark.parametrize(
    ("anna", "erik"),
    [
        ("", ""),
        ("until = 2026-05-02", "from = 2026-05-01"),
        ("until = 2026-05-01T00:00:01", "from = 2026-05-01"),
        ("from = 2026-05-01", "until = 2027-01-01"),
        ("from = 2026-01-01\nuntil = 2026-06-01", "from = 2026-02-01\nuntil = 2026-03-01"),
    ],
)
def test_an_extension_of_two_advisers_at_one_time_is_refused(tmp_path: Path, where: str, anna: str, erik: str) -> None:
    text = START + ANNA.format(where) + anna + "\n" + ERIK.format(where) + erik
    with pytest.raises(SettingsInvalid, match="extension 3201 belongs to two advisers at the same time"):
        loaded(tmp_path, text)


def test_one_after_the_other_and_the_same_in_source_and_installation_are_no_overlap(tmp_path: Path) -> None:
    text = START + ANNA.format("") + "until = 2026-05-01\n" + ERIK.format("") + "from = 2026-05-01\n"
    assert len(loaded(tmp_path, text + ANNA.format("source.")).adviser) == 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('convention = "freepxb"', "convention"),
        ('convention = "pattern"', "name_pattern says how"),
        ('convention = "pattern"\nname_pattern = "{nummer}"', "there is no field {nummer}"),
        ('name_pattern = "{number}"', "choose pattern"),
        ('mode = "inplace"', "mode"),
        ('office_hours = "always"', "mon-fri 08:00-16:00"),
        ("silent_after_h = 0", "silent_after_h"),
        ('legs = ["agent"]', "legs"),
        ('sidecar = { nummer = "x" }', "sidecar"),
        ('sidecar_map = "puzzle"', "sidecar_map"),
        ('directions = { in = "inward" }', "directions"),
        ('[source.services]\n600 = [{ service = "A" }, { service = "B" }]', "600 has two services at the same time"),
        ('[source.services]\n600 = ""', "600 has no service"),
        ("[source.services]\n600 = []", "600 has no service"),
        (ANNA.format("source.") + "from = 2026-05-01\nuntil = 2026-05-01", "until must come after from"),
        (ANNA.format("source.") + "from = 2026-05-01T00:00:00Z", "without a zone"),
        (ANNA.format("source.") + 'from = "soon"', "from"),
        (ANNA.format("source.") + "form = 2026-05-01", "did you mean from"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_named(tmp_path: Path, wrong: str, said: str) -> None:
    with pytest.raises(SettingsInvalid, match=said):
        loaded(tmp_path, START + wrong)


def test_an_adviser_is_found_by_account_name_or_extension_without_regard_to_case() -> None:
    directory = Directory([Adviser(extension="3201", name="Anna Berg", account="anna.berg")], {})
    now = datetime.fromisoformat("2026-05-01")
    for word in ("ANNA.BERG", "anna berg", "3201"):
        assert [adviser.account for adviser in directory.called(word, now)] == ["anna.berg"]
    assert directory.called("Anna", now) == []


def test_a_copy_of_settings_forgets_what_was_worked_out_from_the_old_ones(tmp_path: Path) -> None:
    settings = loaded(tmp_path, START + ANNA.format(""))
    now = datetime.fromisoformat("2026-05-01")
    assert settings.directory.adviser("3201", now)
    assert settings.model_copy(update={"adviser": []}).directory.adviser("3201", now) is None
