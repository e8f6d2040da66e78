from __future__ import annotations

from pathlib import Path

import pytest

from agent.errors import SettingsInvalid
from agent.settings import Settings, load


def written(folder: Path, more: str) -> Settings:
    file = folder / "agent.toml"
    file.write_text(f'state_dir = "{folder}/state"\nsocket = "{folder}/agent.sock"\n{more}', "utf-8")
    return load(file)


def test_every_rule_is_on_with_its_bounds(tmp_path: Path) -> None:
    odd = written(tmp_path, "").odd
    assert all(getattr(odd, name).on for name in type(odd).model_fields if name != "office")
    assert (odd.much_listening.factor, odd.much_listening.least, odd.no_note.hours) == (3.0, 20, 24.0)


def test_a_site_changes_rules_and_office_hours(tmp_path: Path) -> None:
    odd = written(
        tmp_path,
        "[odd.office]\nopens = 06:00:00\ncloses = '22:00'\nweekdays = [1, 2, 3, 4, 5, 6]\n"
        "[odd.at_night]\nleast = 3\n[odd.same_caller]\non = false\n",
    ).odd
    assert (odd.office.opens.hour, odd.office.closes.hour, len(odd.office.weekdays)) == (6, 22, 6)
    assert (odd.at_night.least, odd.at_night.on, odd.same_caller.on) == (3, True, False)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("[odd.office]\nopens = '18:00'\ncloses = '07:00'", "closes before it opens"),
        ("[odd.office]\nopens = '07:00+02:00'\ncloses = '18:00+02:00'", "write 07:00"),
        ("[odd.office]\nweekdays = [0]", "odd.office.weekdays"),
        ("[odd.much_listening]\nfactr = 2", "did you mean factor?"),
        ("[odd.no_note]\nhours = 0", "odd.no_note.hours"),
        ("[odd.refused_in_a_row]\ncount = 1", "odd.refused_in_a_row.count"),
        ("[log]\nwords_days = -1", "log.words_days"),
    ],
)
def test_what_cannot_be_meant_is_said(more: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid) as caught:
        written(tmp_path, more)
    assert said in caught.value.in_english()
