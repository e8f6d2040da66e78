"""One audit record, and the bytes that stand for it in the tree.

Leaf, version 1: a JSON object in UTF-8 without blanks, keys sorted, so that an auditor reads it with any tool and the
same entry always has the same bytes.

    key      type            meaning
    ───────  ──────────────  ───────────────────────────────────────────────────────────────
    v        1               version of this format
    seq      integer         the leaf's index in the tree, from 0
    at       string          RFC 3339, UTC, milliseconds
    actor    object          account (string|null), uid (integer|null), via (string), session (string|null)
    action   string          what was asked, `contact.listen`
    outcome  string          `allowed`, `refused` or `failed`
    target   string|null     id of a contact, account, recording, …
    purpose  string|null     from the notice's list
    case     string|null     case reference
    reason   string|null     code of a refusal, or the digest of the words that were given
    detail   object          string = string|integer|null, what the action names
    request  string          id of the request

No customer data: contacts are named by id, and what people typed (numbers, search words, reasons) by its digest, an
HMAC under a key of the log (`agent.audit.digest`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from agent import wire

VERSION = 1
_INSTANT_LENGTH = len("2026-11-23T14:05:00.123Z")


class LeafInvalid(Exception):
    """Stored bytes are not a leaf of a version that is known here."""


@dataclass(frozen=True, slots=True)
class Actor:
    account: str | None = None
    uid: int | None = None
    via: str = "agent"
    session: str | None = None


AGENT = Actor()
"""The agent itself, on nobody's behalf."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it has its place in the log."""

    actor: Actor
    action: str
    outcome: wire.Outcome
    target: str | None = None
    purpose: str | None = None
    case: str | None = None
    reason: str | None = None
    detail: Mapping[str, str | int | None] = field(default_factory=dict)
    request_id: str = ""


def leaf_of(draft: Draft, seq: int, at_ms: int) -> bytes:
    """The canonical bytes of an entry at its place."""
    actor = draft.actor
    return json.dumps(
        {
            "v": VERSION,
            "seq": seq,
            "at": rfc3339(at_ms),
            "actor": {"account": actor.account, "uid": actor.uid, "via": actor.via, "session": actor.session},
            "action": draft.action,
            "outcome": draft.outcome.value,
            "target": draft.target,
            "purpose": draft.purpose,
            "case": draft.case,
            "reason": draft.reason,
            "detail": dict(draft.detail),
            "request": draft.request_id,
        },
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    ).encode("utf-8")


def columns_of(draft: Draft, at_ms: int) -> dict[str, str | int | None]:
    """The copies that searches use."""
    return {
        "at_ms": at_ms,
        "account": draft.actor.account,
        "uid": draft.actor.uid,
        "action": draft.action,
        "outcome": draft.outcome.value,
        "target": draft.target,
        "purpose": draft.purpose,
    }


def read_leaf(leaf: bytes) -> dict[str, Any]:
    """Decode stored bytes.

    Raises:
        LeafInvalid: see there.
    """
    try:
        fields = json.loads(leaf)
        if fields["v"] != VERSION:
            raise LeafInvalid(f"leaf version {fields['v']!r}")
        fields["at_ms"] = _milliseconds(fields["at"])
        fields["actor"] = dict(fields["actor"])
    except (ValueError, KeyError, TypeError) as error:
        raise LeafInvalid("not a leaf") from error
    return dict(fields)


def columns_of_leaf(fields: Mapping[str, Any]) -> dict[str, str | int | None]:
    """What the copied columns must be, by the leaf."""
    return {
        "at_ms": fields["at_ms"],
        "account": fields["actor"].get("account"),
        "uid": fields["actor"].get("uid"),
        "action": fields.get("action"),
        "outcome": fields.get("outcome"),
        "target": fields.get("target"),
        "purpose": fields.get("purpose"),
    }


def rfc3339(at_ms: int) -> str:
    seconds, milliseconds = divmod(at_ms, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{milliseconds:03d}Z"


def _milliseconds(text: str) -> int:
    at = datetime.fromisoformat(text)
    if len(text) != _INSTANT_LENGTH or at.tzinfo is not UTC:
        raise ValueError("not an instant as it is written here")
    return int(at.timestamp()) * 1000 + at.microsecond // 1000
