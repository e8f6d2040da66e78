"""What becomes of an open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.sentry.judgement import Judgement, judged
from agent.sentry.plan import Rule
from agent.sentry.process import Who

RECORDER = Who(10, 1, uid=500, euid=500, exe="/usr/sbin/recorder", exe_inode=(1, 77))
PROGRAMS = {"/usr/sbin/recorder": (1, 77), "/usr/bin/cat": (1, 78)}


def _judged(who: Who, place: str, *, deny: tuple[Rule, ...] = (), expected: tuple[Rule, ...] = ()) -> Judgement:
    return judged(who, place, deny=deny, expected=expected, inode_of=PROGRAMS.get)


SPOOL = ("spool:pbx",)


def test_nobody_is_expected_without_a_rule() -> None:
    assert _judged(RECORDER, "spool:pbx") is Judgement.ENTERED


@pytest.mark.parametrize(
    "rule",
    [Rule(SPOOL, exe="/usr/sbin/recorder"), Rule(SPOOL, uid=500), Rule(SPOOL, exe="/usr/sbin/recorder", uid=500)],
)
def test_a_recorder_is_expected_in_its_spool(rule: Rule) -> None:
    assert _judged(RECORDER, "spool:pbx", expected=(rule,)) is Judgement.EXPECTED


@pytest.mark.parametrize(
    ("who", "rule"),
    [
        (replace(RECORDER, exe_inode=(1, 99)), Rule(SPOOL, exe="/usr/sbin/recorder")),
        (replace(RECORDER, exe_inode=None), Rule(SPOOL, exe="/not/there")),
        (replace(RECORDER, euid=0), Rule(SPOOL, uid=500)),
        (replace(RECORDER, euid=501), Rule(SPOOL, exe="/usr/sbin/recorder", uid=500)),
        (replace(RECORDER, is_certain=False), Rule(SPOOL, exe="/usr/sbin/recorder")),
        (RECORDER, Rule(("spool:other",), uid=500)),
    ],
    ids=["another file of that name", "no program", "under root's rights", "one of two", "gone", "another spool"],
)
def test_a_rule_that_does_not_hold_whole_makes_nobody_expected(who: Who, rule: Rule) -> None:
    assert _judged(who, "spool:pbx", expected=(rule,)) is Judgement.ENTERED


@pytest.mark.parametrize("place", ["vault", "keys", "state", "elsewhere"])
def test_nobody_is_ever_expected_but_in_a_spool(place: str) -> None:
    rule = Rule((place,), uid=500)
    assert _judged(RECORDER, place, expected=(rule,)) is Judgement.ENTERED


def test_what_is_denied_is_refused_even_if_it_is_expected() -> None:
    rule = Rule(SPOOL, uid=500)
    assert _judged(RECORDER, "spool:pbx", deny=(rule,), expected=(rule,)) is Judgement.REFUSED
