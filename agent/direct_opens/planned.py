"""What the settings make the sentry do: the plan that it is handed."""

from __future__ import annotations

import pwd
from pathlib import Path

from agent.errors import NotFound, SettingsInvalid
from agent.sentry.plan import Place, Plan, Rule
from agent.settings import Settings
from agent.settings.sentry import Denied, Expected


def plan_of(settings: Settings) -> Plan:
    """The plan of an installation that has been made.

    Raises:
        NotFound: there is none.
        SettingsInvalid: a rule names an OS user who is not there.
    """
    wanted = settings.sentry
    try:
        agent_uid = settings.state_dir.stat().st_uid
    except FileNotFoundError as error:
        raise NotFound(kind="installation", id=str(settings.state_dir)) from error
    return Plan(
        socket=str(settings.sentry_socket),
        agent_uid=agent_uid,
        run_dir=str(wanted.run_dir),
        answer_within_ms=wanted.answer_within_ms,
        audit=wanted.audit,
        places=places(settings),
        expected=tuple(_rule(rule, (rule.place,)) for rule in wanted.expected),
        deny=tuple(_rule(rule, tuple(rule.places)) for rule in wanted.deny),
    )


def places(settings: Settings) -> tuple[Place, ...]:
    """What is watched; the state folder first, since the others may lie in it."""
    return (
        Place("state", _real(settings.state_dir), is_recursive=False),
        Place("vault", _real(settings.state_dir / "vault")),
        Place("keys", _real(settings.keys), is_recursive=False),
        *(Place(f"spool:{source.name}", _real(source.spool)) for source in settings.source),
    )


def _real(path: Path) -> str:
    return str(path.resolve())


def _rule(rule: Expected | Denied, where: tuple[str, ...]) -> Rule:
    return Rule(where, None if rule.exe is None else str(rule.exe), None if rule.user is None else _uid(rule.user))


def _uid(user: str) -> int:
    try:
        return int(user) if user.isdigit() else pwd.getpwnam(user).pw_uid
    except KeyError as error:
        raise SettingsInvalid(file="sentry", what=f"there is no OS user {user}") from error
