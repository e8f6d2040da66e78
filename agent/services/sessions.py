"""Signing in and out."""

from __future__ import annotations

from agent import wire
from agent.access.passwords import NOBODYS, is_password
from agent.access.policy import Rights
from agent.access.sessions import new_token, rights_of_account, token_hash
from agent.audit.entry import Actor
from agent.errors import AccountLocked, SignInFailed
from agent.services.bodies import instant
from agent.services.caller import Asking, Caller, new_request_id
from agent.services.gate import Access, Gate
from db.queries import accounts
from db.records import AccountRecord

MINUTE_MS = 60_000


class SessionDesk:
    """Begins and ends sessions. Every attempt is an entry, whatever came of it."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._house = gate.house

    def sign_in(self, asking: Asking, asked: wire.SignIn) -> wire.Session:
        """Begin a session for whoever knows the password.

        Raises:
            SignInFailed: no such user, wrong password, or the account is disabled; not told apart.
            AccountLocked: too many wrong passwords in a row.
        """
        actor = Actor(account=None, uid=asking.uid, via=asked.via)
        with self._gate.attempt(actor, "session.begin", asking.request_id) as access:
            account = self._account(asked.user)
            access.target = account.user if account else self._house.log.digest("user", asked.user.casefold())
            self._require_unlocked(account)
            is_right = is_password(asked.password, account.password if account else NOBODYS)
            if account is None or not is_right or account.disabled_at_ms is not None:
                self._count_failure(account)
                raise SignInFailed
            return self._begin(access, account, asking, asked.via)

    def _account(self, user: str) -> AccountRecord | None:
        with self._gate.reading():
            return accounts.by_user(user, now_ms=self._house.now_ms())

    def _require_unlocked(self, account: AccountRecord | None) -> None:
        locked_until_ms = (account.locked_until_ms or 0) if account else 0
        left_ms = locked_until_ms - self._house.now_ms()
        if left_ms > 0:
            raise AccountLocked(minutes=str(-(-left_ms // MINUTE_MS)))

    def _count_failure(self, account: AccountRecord | None) -> None:
        if account is None:
            return
        settings, user = self._house.settings, account.user

        def job() -> None:
            now_ms = self._house.now_ms()
            current = accounts.by_user(user, now_ms=now_ms)
            if current is None or (current.locked_until_ms or 0) > now_ms:
                return  # locked by others that were under way at the same time; counting on would lift the lock
            failures = current.failures + 1
            is_locked = failures >= settings.lockout_failures
            locked_until_ms = now_ms + round(settings.lockout_minutes * MINUTE_MS) if is_locked else None
            accounts.note_failure(user, failures=0 if is_locked else failures, locked_until_ms=locked_until_ms)

        self._house.register.write(job)

    def _begin(self, access: Access, account: AccountRecord, asking: Asking, via: str) -> wire.Session:
        token, now_ms = new_token(), self._house.now_ms()
        expires_at_ms = now_ms + round(self._house.settings.session_hours * 60 * MINUTE_MS)
        session_id = new_request_id()
        access.actor = Actor(account=account.user, uid=asking.uid, via=via, session=session_id)

        def job() -> None:
            current = accounts.by_user(account.user, now_ms=now_ms)
            if current is None or current.password != account.password or current.disabled_at_ms is not None:
                raise SignInFailed  # changed while the password was being compared
            if current.failures:
                accounts.clear_failures(account.user)
            accounts.begin_session(
                session_id,
                user=account.user,
                token_sha256=token_hash(token),
                uid=-1 if asking.uid is None else asking.uid,
                via=via,
                created_at_ms=now_ms,
                expires_at_ms=expires_at_ms,
            )

        access.commit(job)
        return wire.Session(token=token, me=_me(account, rights_of_account(account), expires_at_ms))

    def me(self, caller: Caller) -> wire.Me:
        """What the person is and may do; it shows nothing that is kept, and writes no entry."""
        person = caller.person
        return _me(person.account, person.rights, person.session.expires_at_ms)

    def sign_out(self, caller: Caller) -> None:
        session_id = caller.person.session.id
        with self._gate.access(caller, "session.end", needs=None) as access:
            access.commit(lambda: accounts.end_session(session_id, self._house.now_ms()))
        self._gate.sessions.forget(session_id)


def _me(account: AccountRecord, rights: Rights, expires_at_ms: int) -> wire.Me:
    until_ms = account.agreement_until_ms
    return wire.Me(
        user=account.user,
        display_name=account.display_name,
        roles=[wire.Role(role) for role in account.roles],
        capabilities=sorted(rights.capabilities),
        scope=rights.scope.word,
        agreement_until=None if until_ms is None else instant(until_ms),
        agreement_missing=rights.agreement_missing,
        expires_at=instant(expires_at_ms),
        purposes=list(wire.Purpose),
    )
