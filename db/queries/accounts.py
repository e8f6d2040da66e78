"""Personal logins, the roles and agreements they hold, and their failed attempts. Sessions: `sessions`."""

from __future__ import annotations

from typing import Any

from db.models import Account, Agreement, RoleGrant
from db.queries.reading import asked
from db.queries.sessions import begin_session, end_session, end_sessions_of, session_by_token
from db.records import AccountRecord

__all__ = [
    "add",
    "add_agreement",
    "all_accounts",
    "begin_session",
    "by_user",
    "clear_failures",
    "disable",
    "enable",
    "end_session",
    "end_sessions_of",
    "grant_role",
    "note_failure",
    "revoke_role",
    "session_by_token",
    "set_password",
]

_ACCOUNTS = "SELECT user, display_name, password, disabled_at_ms, failures, locked_until_ms FROM account"
_ROLES = "SELECT DISTINCT role FROM role_grant WHERE account_id = ? AND revoked_at_ms IS NULL ORDER BY role"
_AGREED_UNTIL = (
    "SELECT MAX(valid_until_ms) FROM agreement WHERE account_id = ? AND valid_from_ms <= ? AND valid_until_ms > ?"
)


def by_user(user: str, *, now_ms: int) -> AccountRecord | None:
    """An account with the roles that are not revoked and the agreement that is valid now."""
    rows = asked(f"{_ACCOUNTS} WHERE user = ?", user)
    return _record(rows[0], now_ms) if rows else None


def all_accounts(*, now_ms: int) -> list[AccountRecord]:
    """Every account, disabled ones too, by user name."""
    return [_record(row, now_ms) for row in asked(f"{_ACCOUNTS} ORDER BY user")]


def _record(row: tuple[Any, ...], now_ms: int) -> AccountRecord:
    user, display_name, password, disabled_at_ms, failures, locked_until_ms = row
    [(agreement_until_ms,)] = asked(_AGREED_UNTIL, user, now_ms, now_ms)
    roles = tuple(role for (role,) in asked(_ROLES, user))
    return AccountRecord(
        user=user,
        display_name=display_name,
        password=password,
        disabled_at_ms=disabled_at_ms,
        failures=failures,
        locked_until_ms=locked_until_ms,
        roles=roles,
        agreement_until_ms=agreement_until_ms,
    )


def add(user: str, *, display_name: str, password: str, now_ms: int) -> None:
    """Make an account.

    Raises:
        peewee.IntegrityError: there is, or has been, one of that name.
    """
    Account.insert(user=user, display_name=display_name, password=password, created_at_ms=now_ms).execute()


def set_password(user: str, password: str) -> None:
    Account.update(password=password).where(Account.user == user).execute()


def disable(user: str, now_ms: int) -> bool:
    """Disable an account; False when it is disabled or not known."""
    return bool(
        Account.update(disabled_at_ms=now_ms).where(Account.user == user, Account.disabled_at_ms.is_null()).execute()
    )


def enable(user: str) -> bool:
    """Enable a disabled account; False when it is not disabled or not known."""
    return bool(
        Account.update(disabled_at_ms=None).where(Account.user == user, Account.disabled_at_ms.is_null(False)).execute()
    )


def grant_role(user: str, role: str, now_ms: int) -> None:
    """Give a role; one that the account holds is not given twice.

    Raises:
        peewee.IntegrityError: there is no such account.
    """
    if not RoleGrant.select().where(_held(user, role)).exists():
        RoleGrant.insert(account=user, role=role, granted_at_ms=now_ms).execute()


def revoke_role(user: str, role: str, now_ms: int) -> bool:
    """Take a role away; False when the account does not hold it."""
    return bool(RoleGrant.update(revoked_at_ms=now_ms).where(_held(user, role)).execute())


def _held(user: str, role: str) -> object:
    return (RoleGrant.account == user) & (RoleGrant.role == role) & RoleGrant.revoked_at_ms.is_null()


def add_agreement(user: str, reference: str, valid_from_ms: int, valid_until_ms: int) -> None:
    """Put a secrecy agreement on file, valid from the one instant up to the other.

    Raises:
        peewee.IntegrityError: there is no such account.
    """
    Agreement.insert(
        account=user, reference=reference, valid_from_ms=valid_from_ms, valid_until_ms=valid_until_ms
    ).execute()


def note_failure(user: str, *, failures: int, locked_until_ms: int | None) -> None:
    """Remember how many wrong passwords there were in a row, and until when the account is locked."""
    Account.update(failures=failures, locked_until_ms=locked_until_ms).where(Account.user == user).execute()


def clear_failures(user: str) -> None:
    note_failure(user, failures=0, locked_until_ms=None)
