from __future__ import annotations

from agent.intake.metadata.name import NameFacts
from agent.intake.metadata.plain import read_name


def test_nothing_is_read_from_a_plain_name_and_nothing_is_wrong_with_it() -> None:
    assert read_name("in-3201-0701740605-20261123-140502-1795435500.265.wav", lambda party: True) == NameFacts()
