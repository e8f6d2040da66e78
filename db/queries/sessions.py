"""Sessions: who is signed in. Of a token only its digest is kept."""

from __future__ import annotations

from db.models import Session
from db.queries.reading import asked
from db.records import SessionRecord

_OPEN_SESSION = (
    "SELECT id, account_id, uid, via, created_at_ms, expires_at_ms FROM session"
    " WHERE token_sha256 = ? AND ended_at_ms IS NULL"
)


def begin_session(
    id: str,
    *,
    user: str,
    token_sha256: bytes,
    uid: int,
    via: str,
    created_at_ms: int,
    expires_at_ms: int,
) -> None:
    """Remember a session.

    Raises:
        peewee.IntegrityError: there is no such account, or the id or the token is taken.
    """
    Session.insert(
        id=id,
        account=user,
        token_sha256=token_sha256,
        uid=uid,
        via=via,
        created_at_ms=created_at_ms,
        expires_at_ms=expires_at_ms,
    ).execute()


def session_by_token(token_sha256: bytes) -> SessionRecord | None:
    """The session of a token, unless it was ended. Whether it has expired is the caller's to judge."""
    rows = asked(_OPEN_SESSION, token_sha256)
    return SessionRecord(*rows[0]) if rows else None


def end_session(id: str, now_ms: int) -> None:
    """End a session; one that has ended stays as it ended."""
    Session.update(ended_at_ms=now_ms).where(Session.id == id, Session.ended_at_ms.is_null()).execute()


def end_sessions_of(user: str, now_ms: int) -> None:
    """End every session of an account."""
    Session.update(ended_at_ms=now_ms).where(Session.account == user, Session.ended_at_ms.is_null()).execute()
