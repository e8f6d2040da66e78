"""The plan that the sentry is handed."""

from __future__ import annotations

import json

import pytest

from agent.sentry.plan import Place, Plan, PlanInvalid, Rule, read, written

PLAN = Plan(
    socket="/run/earwitness/sentry",
    agent_uid=990,
    run_dir="/run/earwitness-sentry",
    answer_within_ms=1000,
    audit=True,
    places=(Place("vault", "/var/lib/earwitness/vault"), Place("keys", "/srv/keys", is_recursive=False)),
    expected=(Rule(("spool:pbx",), exe="/usr/sbin/asterisk"),),
    deny=(Rule(("vault", "keys"), uid=33),),
)


def test_a_plan_is_what_was_handed_over() -> None:
    assert read(written(PLAN)) == PLAN


def test_a_plan_says_its_version() -> None:
    assert json.loads(written(PLAN))["v"] == 1


@pytest.mark.parametrize(
    "text", [b"", b"{}", b"[]", written(PLAN).replace(b'"v": 1', b'"v": 2'), written(PLAN).replace(b"uid", b"gid")]
)
def test_what_is_no_plan_is_refused(text: bytes) -> None:
    with pytest.raises(PlanInvalid):
        read(text)
