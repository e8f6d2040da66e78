"""What the settings make the sentry do."""

from __future__ import annotations

import os

import pytest
from pydantic import ValidationError

from agent.direct_opens.planned import plan_of
from agent.errors import NotFound, SettingsInvalid
from agent.installation import Installation
from agent.sentry.plan import Place, Rule
from agent.settings import Settings
from agent.settings.sentry import Denied, Expected, Sentry


def test_every_place_of_an_installation_is_watched(house: Installation, settings: Settings) -> None:
    state = settings.state_dir.resolve()
    plan = plan_of(settings)
    assert plan.agent_uid == os.geteuid()
    assert plan.places == (
        Place("state", str(state), is_recursive=False),
        Place("vault", str(state / "vault")),
        Place("keys", str(state / "keys"), is_recursive=False),
        Place("spool:pbx", str(settings.source[0].spool.resolve())),
    )


def test_rules_name_users_by_number(house: Installation, settings: Settings) -> None:
    sentry = Sentry.model_validate(
        {
            "expected": [{"place": "spool:pbx", "user": "root", "exe": "/usr/sbin/asterisk"}],
            "deny": [{"places": ["vault", "keys"], "user": "4711"}],
        }
    )
    plan = plan_of(settings.model_copy(update={"sentry": sentry}))
    assert plan.expected == (Rule(("spool:pbx",), exe="/usr/sbin/asterisk", uid=0),)
    assert plan.deny == (Rule(("vault", "keys"), uid=4711),)


def test_a_user_who_is_not_there_is_said(house: Installation, settings: Settings) -> None:
    sentry = Sentry(deny=[Denied(places=["vault"], user="nobody-of-that-name")])
    with pytest.raises(SettingsInvalid, match="nobody-of-that-name"):
        plan_of(settings.model_copy(update={"sentry": sentry}))


def test_without_an_installation_there_is_nothing_to_watch(settings: Settings) -> None:
    with pytest.raises(NotFound):
        plan_of(settings)


@pytest.mark.parametrize("place", ["vault", "keys", "state", "spool:", "spool:../x"])
def test_nobody_can_be_expected_but_in_a_spool(place: str) -> None:
    with pytest.raises(ValidationError):
        Expected(place=place, user="asterisk")


@pytest.mark.parametrize(
    "rule", [{"place": "spool:pbx"}, {"place": "spool:pbx", "exe": "asterisk"}, {"place": "spool:pbx", "user": "a b"}]
)
def test_a_rule_says_who(rule: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Expected.model_validate(rule)


def test_a_rule_for_a_source_that_is_not_there_is_refused(settings: Settings) -> None:
    values = settings.model_dump() | {"sentry": {"expected": [{"place": "spool:other", "user": "asterisk"}]}}
    with pytest.raises(ValidationError, match="there is no source other"):
        Settings.model_validate(values)
