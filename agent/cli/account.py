"""`account …`: appointing people. Every act is an entry in the log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click

from agent.cli.passwords import new_password, stdin_option
from agent.cli.program import config_option, opened
from agent.cli.text import _
from agent.services.accounts import Appointments
from agent.services.caller import server_actor
from agent.services.desk import Desk
from agent.settings import Settings
from agent.wire import Role

ROLES = click.Choice([role.value for role in Role])
DAY = click.DateTime(["%Y-%m-%d"])


@click.group(help=_("Accounts, roles and secrecy agreements of the people who use the register."))
def account() -> None:
    pass


@contextmanager
def appointments(settings: Settings) -> Iterator[Appointments]:
    with opened(settings) as house:
        yield Appointments(Desk(house).gate, server_actor())


@account.command(help=_("Make a personal account. A user name is never used again for somebody else."))
@config_option
@click.argument("user")
@click.option("--name", "display_name", required=True, help=_("The person's name, as log and screens show it."))
@click.option("--role", "roles", type=ROLES, multiple=True, required=True, help=_("May be given several times."))
@stdin_option
def add(settings: Settings, user: str, display_name: str, roles: tuple[str, ...], password_stdin: bool) -> None:
    password = new_password(user, from_stdin=password_stdin)
    with appointments(settings) as desk:
        desk.add(user, display_name=display_name, roles=[Role(role) for role in roles], password=password)


@account.command(name="list", help=_("Everybody, with roles and agreements."))
@config_option
def list_accounts(settings: Settings) -> None:
    with appointments(settings) as desk:
        for person in desk.everybody():
            state = _("disabled") if person.disabled_at_ms is not None else ""
            until_ms = person.agreement_until_ms
            agreement = (
                _("agreement until {day}").format(day=datetime.fromtimestamp(until_ms / 1000, UTC).date())
                if until_ms
                else ""
            )
            words = (person.user, person.display_name, " ".join(person.roles), agreement, state)
            click.echo("  ".join(word for word in words if word))


@account.command(help=_("Shut an account. Its sessions end at once; what it did stays in the log."))
@config_option
@click.argument("user")
def disable(settings: Settings, user: str) -> None:
    with appointments(settings) as desk:
        desk.disable(user)


@account.command(help=_("Open a disabled account again."))
@config_option
@click.argument("user")
def enable(settings: Settings, user: str) -> None:
    with appointments(settings) as desk:
        desk.enable(user)


@account.command(help=_("Give an account a new password. Its sessions end, and a lock is lifted."))
@config_option
@click.argument("user")
@stdin_option
def password(settings: Settings, user: str, password_stdin: bool) -> None:
    chosen = new_password(user, from_stdin=password_stdin)
    with appointments(settings) as desk:
        desk.set_password(user, chosen)


@account.command(help=_("Give an account one more role."))
@config_option
@click.argument("user")
@click.argument("role", type=ROLES)
def grant(settings: Settings, user: str, role: str) -> None:
    with appointments(settings) as desk:
        desk.grant(user, Role(role))


@account.command(help=_("Take a role from an account."))
@config_option
@click.argument("user")
@click.argument("role", type=ROLES)
def revoke(settings: Settings, user: str, role: str) -> None:
    with appointments(settings) as desk:
        desk.revoke(user, Role(role))


@account.command(help=_("Put a secrecy agreement on file: without a valid one maintenance hears nothing."))
@config_option
@click.argument("user")
@click.option("--reference", required=True, help=_("Where the signed paper is found."))
@click.option("--from", "first_day", type=DAY, required=True, help=_("First day, YYYY-MM-DD."))
@click.option("--until", "last_day", type=DAY, required=True, help=_("Last day, YYYY-MM-DD."))
def agreement(settings: Settings, user: str, reference: str, first_day: datetime, last_day: datetime) -> None:
    with appointments(settings) as desk:
        desk.file_agreement(user, reference=reference, first_day=first_day.date(), last_day=last_day.date())
