"""Sessions: a random token for a person, bound to the OS user that asked for it.

The register keeps the token's hash only. A session ends when it is ended, after `session_hours`, or after
`session_idle_minutes` without a request; idleness is counted in memory, from the agent's start at the earliest.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from agent.access.policy import Rights, rights_of
from agent.errors import NotSignedIn
from agent.wire import Role
from db.queries import accounts
from db.records import AccountRecord, SessionRecord

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person behind a valid session, as the register knows them at this request."""

    session: SessionRecord
    account: AccountRecord
    rights: Rights


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


class Sessions:
    """Tells who is behind a token."""

    def __init__(self, *, idle_ms: int, now_ms: Callable[[], int]) -> None:
        self._idle_ms = idle_ms
        self._now_ms = now_ms
        self._started_at_ms = now_ms()
        self._used_at_ms: dict[str, int] = {}

    def person(self, token: str | None, uid: int | None, *, is_use: bool = True) -> SignedIn:
        """The person behind a token, when `uid` is the OS user at the other end. Inside a read of the register.

        Args:
            token: As it came with the request.
            uid: Of whoever sent it.
            is_use: Whether a person does something; a connection that is only held open does not.

        Raises:
            NotSignedIn: no such session, ended, idle for too long, somebody else's, or its account is disabled.
        """
        session = accounts.session_by_token(token_hash(token)) if token else None
        if session is None or session.uid != uid:
            raise NotSignedIn
        now_ms = self._now_ms()
        last_used = max(session.created_at_ms, self._used_at_ms.get(session.id, self._started_at_ms))
        if now_ms >= session.expires_at_ms or now_ms - last_used >= self._idle_ms:
            self._used_at_ms.pop(session.id, None)
            raise NotSignedIn
        account = accounts.by_user(session.user, now_ms=now_ms)
        if account is None or account.disabled_at_ms is not None:
            raise NotSignedIn
        if is_use:
            self._used_at_ms[session.id] = now_ms
        return SignedIn(session, account, rights_of_account(account))

    def forget(self, session_id: str) -> None:
        self._used_at_ms.pop(session_id, None)


def rights_of_account(account: AccountRecord) -> Rights:
    roles = [Role(role) for role in account.roles]
    return rights_of(roles, has_agreement=account.agreement_until_ms is not None)
