"""Appointing people: accounts, roles, agreements. For commands on the server; each act is an entry."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, time, timedelta

from agent.access.passwords import PasswordUnfit, hash_password, require_fit
from agent.audit.entry import Actor
from agent.errors import Conflict, NotFound, WrongUse
from agent.services.caller import new_request_id
from agent.services.gate import Access, Gate
from agent.wire import Role
from db.queries import accounts
from db.records import AccountRecord

USER_NAME = re.compile(r"[a-z][a-z0-9._-]{1,31}")


class Appointments:
    """See the module.

    Args:
        gate: The way to the register and the log.
        actor: Who does it.
    """

    def __init__(self, gate: Gate, actor: Actor) -> None:
        self._gate = gate
        self._house = gate.house
        self._actor = actor

    def add(self, user: str, *, display_name: str, roles: Iterable[Role], password: str) -> None:
        """Make a personal account.

        Raises:
            WrongUse: the name or the password is not fit.
            Conflict: there is such an account, also a disabled one: names are never used again.
        """
        require_fit_account(user, display_name, password)
        stored, granted = hash_password(password), list(roles)
        with self._acting("account.add", user) as access:
            access.detail["roles"] = " ".join(granted)
            if self._find(user) is not None:
                raise Conflict(what=f"there is an account {user} already")
            now_ms = self._house.now_ms()

            def job() -> None:
                accounts.add(user, display_name=display_name.strip(), password=stored, now_ms=now_ms)
                for role in granted:
                    accounts.grant_role(user, role.value, now_ms)

            access.commit(job)

    def set_password(self, user: str, password: str) -> None:
        """Give a new password; the sessions of the account end."""
        _require_fit_password(password, user)
        stored = hash_password(password)

        def job() -> None:
            accounts.set_password(user, stored)
            accounts.clear_failures(user)
            accounts.end_sessions_of(user, self._house.now_ms())

        self._change("account.password", user, job)

    def disable(self, user: str) -> None:
        """Shut an account; its sessions end at once."""

        def job() -> None:
            accounts.disable(user, self._house.now_ms())
            accounts.end_sessions_of(user, self._house.now_ms())

        self._change("account.disable", user, job)

    def enable(self, user: str) -> None:
        self._change("account.enable", user, lambda: accounts.enable(user))

    def grant(self, user: str, role: Role) -> None:
        now_ms = self._house.now_ms()
        self._change("account.grant", user, lambda: accounts.grant_role(user, role.value, now_ms), role=role.value)

    def revoke(self, user: str, role: Role) -> None:
        now_ms = self._house.now_ms()
        self._change("account.revoke", user, lambda: accounts.revoke_role(user, role.value, now_ms), role=role.value)

    def file_agreement(self, user: str, *, reference: str, first_day: date, last_day: date) -> None:
        """Put a secrecy agreement on file, valid on these days (UTC)."""
        if last_day < first_day:
            raise WrongUse(what="the agreement ends before it begins")
        from_ms, until_ms = _midnight_ms(first_day), _midnight_ms(last_day + timedelta(days=1))
        self._change(
            "account.agreement",
            user,
            lambda: accounts.add_agreement(user, reference, from_ms, until_ms),
            reference=reference,
            until=last_day.isoformat(),
        )

    def everybody(self) -> list[AccountRecord]:
        with self._gate.reading():
            return accounts.all_accounts(now_ms=self._house.now_ms())

    def _change(self, action: str, user: str, job: Callable[[], object], **detail: str) -> None:
        with self._acting(action, user) as access:
            access.detail.update(detail)
            if self._find(user) is None:
                access.target = self._house.log.digest("user", user.casefold())
                raise NotFound(kind="account", id=user)
            access.commit(job)

    def _acting(self, action: str, user: str) -> AbstractContextManager[Access]:
        return self._gate.attempt(self._actor, action, new_request_id(), user)

    def _find(self, user: str) -> AccountRecord | None:
        with self._gate.reading():
            return accounts.by_user(user, now_ms=self._house.now_ms())


def require_fit_account(user: str, display_name: str, password: str) -> None:
    """Check what a new account is to be made of.

    Raises:
        WrongUse: a part of it is not fit.
    """
    if not USER_NAME.fullmatch(user):
        raise WrongUse(what="a user name has 2 to 32 small letters, digits, dots, dashes, and begins with a letter")
    if not display_name.strip():
        raise WrongUse(what="give the person's name: log and screens show it")
    _require_fit_password(password, user)


def _require_fit_password(password: str, user: str) -> None:
    try:
        require_fit(password, user)
    except PasswordUnfit as error:
        raise WrongUse(what=str(error)) from error


def _midnight_ms(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp() * 1000)
