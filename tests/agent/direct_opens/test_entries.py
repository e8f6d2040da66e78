"""What stands in the leaf of a direct open, and what never does."""

from __future__ import annotations

from typing import Any

import pytest

from agent.audit.digest import digest
from agent.audit.entry import leaf_of
from agent.direct_opens.entries import Entering, clean, entering, is_system_path, target, unit
from agent.direct_opens.reports import report
from tests.agent.direct_opens.told import CANARY, RUN, opened, who

RECORDING = "7c" + "0" * 30


def _digest(kind: str, said: str) -> str:
    return digest(bytes(32), kind, said)


def _entering(message: dict[str, Any], *, is_late: bool = False) -> Entering:
    return entering(report.validate_python(message), RUN, _digest, is_late=is_late)


def _leaf(message: dict[str, Any], *, is_late: bool = False) -> str:
    return leaf_of(_entering(message, is_late=is_late).draft, 7, 1_795_442_700_123).decode()


def test_the_leaf_of_an_open_byte_for_byte() -> None:
    assert _leaf(opened()) == (
        '{"action":"file.open","actor":{"account":null,"session":null,"uid":1000,"via":"sentry"},'
        '"at":"2026-11-23T14:05:00.123Z","case":null,"detail":{"cgroup":"/user.slice/user-1000.slice/session-3.scope",'
        f'"command":"{_digest("command", f"cat {chr(39)}in {CANARY}.wav{chr(39)}")}","device":40,"euid":0,'
        f'"exe":"/usr/bin/cat","file":"{_digest("file", f"in-3201-{CANARY}.wav")}","inode":4,"login_uid":1000,'
        '"os_session":3,"pid":4711,"place":"spool:pbx","seen_by":"fanotify","started":99},"outcome":"allowed",'
        f'"purpose":null,"reason":null,"request":"{RUN}/1","seq":7,"target":"spool:pbx","v":1}}'
    )


def test_a_customers_number_is_in_no_leaf_wherever_the_opener_puts_it() -> None:
    hostile = who(
        exe=f"/home/x/{CANARY}",
        comm=CANARY,
        command=[CANARY, f"--number={CANARY}"],
        parents=[{"pid": 1, "exe": f"/tmp/{CANARY}"}],
        cgroup=f"/user.slice/user-1000.slice/user@1000.service/app.slice/{CANARY}.service",
    )
    assert CANARY not in _leaf(opened(who=hostile))
    assert CANARY not in _leaf(opened(who=who(exe=f"/usr/bin/{CANARY}", is_exe_roots=False)))


def test_the_words_stand_beside_the_log_without_the_files_name() -> None:
    words = _entering(opened(who=who(command=["less", "x"]))).words
    assert words == (
        "less x [cat] /usr/bin/cat < /usr/bin/bash (4000) < /usr/lib/systemd/systemd (1);"
        " /user.slice/user-1000.slice/session-3.scope"
    )


def test_a_sealed_recording_is_named_by_its_id() -> None:
    draft = _entering(opened(place="vault", name=f"7c/{RECORDING}.sealed")).draft
    assert draft.target == RECORDING


@pytest.mark.parametrize(
    ("place", "name"), [("vault", "../x"), ("vault", None), ("vault", f"7c/{CANARY}.sealed"), ("spool:pbx", RECORDING)]
)
def test_anything_else_is_named_by_its_place(place: str, name: str | None) -> None:
    assert target(place, name) == place


def test_what_went_on_before_its_entry_says_so_and_when() -> None:
    detail = _entering(opened(), is_late=True).draft.detail
    assert (detail["late"], detail["opened_at"]) == (1, "2026-11-23T14:05:00.000Z")


def test_a_process_that_had_gone_is_uncertain() -> None:
    gone = who(uid=None, euid=None, exe="", command=[], comm="", is_certain=False)
    made = _entering(opened(who=gone))
    assert made.draft.detail["uncertain"] == 1
    assert made.words is None


@pytest.mark.parametrize("name", ["\udcff\udcfe.wav", "a\0b", "[red]x[/red]", "\x1b[2J", "\ud800"])
def test_outside_text_of_any_kind_makes_a_leaf(name: str) -> None:
    leaf = _leaf(opened(name=name, who=who(command=[name], exe=name, comm=name, cgroup=name)))
    assert clean(name) not in leaf


@pytest.mark.parametrize(
    ("path", "is_system"),
    [
        ("/usr/bin/cat", True),
        ("/opt/earwitness/bin/python3.11", True),
        ("/usr/bin/cat (deleted)", False),
        ("/usr/../home/x", False),
        ("/home/x/cat", False),
        ("/usr/bin/\x1b[2J", False),
        ("", False),
    ],
)
def test_which_programs_paths_are_the_systems(path: str, is_system: bool) -> None:
    assert is_system_path(path) is is_system


@pytest.mark.parametrize(
    ("cgroup", "kept"),
    [
        ("/system.slice/cron.service", "/system.slice/cron.service"),
        ("/user.slice/user-1000.slice/user@1000.service/app.slice/x.scope", None),
        ("/a b.service", None),
        ("/", None),
        ("", None),
    ],
)
def test_a_control_group_is_kept_as_far_as_the_system_named_it(cgroup: str, kept: str | None) -> None:
    expected = "/user.slice/user-1000.slice/user@1000.service" if "user@" in cgroup else kept
    assert unit(cgroup) == expected


@pytest.mark.parametrize(
    ("message", "action", "outcome"),
    [
        ({"what": "gap", "why": "overflow", "since_ms": 1, "until_ms": 2, "lost": 3}, "sentry.gap", "failed"),
        ({"what": "late", "first": 3, "last": 9, "count": 7}, "sentry.late", "failed"),
        (
            {"what": "counted", "place": "spool:pbx", "exe": "/x", "uid": 5, "count": 9, "since_ms": 1, "until_ms": 2},
            "sentry.counted",
            "allowed",
        ),
        (
            {
                "what": "difference",
                "missed_by": "fanotify",
                "at_ms": 1,
                "pid": 2,
                "uid": 3,
                "login_uid": None,
                "exe": "/x",
                "device": 4,
                "inode": 5,
            },
            "sentry.difference",
            "failed",
        ),
    ],
)
def test_other_reports_become_entries_of_their_own(message: dict[str, Any], action: str, outcome: str) -> None:
    draft = _entering({"kind": "report", "n": 4, "of": "fedcba9876543210/12", **message}).draft
    assert (draft.action, draft.outcome.value, draft.request_id) == (action, outcome, "fedcba9876543210/12")
