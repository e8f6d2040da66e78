"""Remarks of the intake in a contact's `attention`, beside what its metadata lacks: put there, and taken away again."""

from __future__ import annotations

ONE_LEG = "only one leg of the call has come"
CHANGED = "the recording was changed where it lies"
VANISHED = "the recording is gone from where it lay"
_OWN = frozenset({ONE_LEG, CHANGED, VANISHED})
_BETWEEN = "; "


def repeats(contact_id: str) -> str:
    return f"the same recording as contact {contact_id}"


def with_remark(attention: str | None, remark: str) -> str:
    parts = [part for part in (attention or "").split(_BETWEEN) if part]
    return _BETWEEN.join(parts if remark in parts else [*parts, remark])


def without_remark(attention: str | None, remark: str) -> str | None:
    return _BETWEEN.join(part for part in (attention or "").split(_BETWEEN) if part and part != remark) or None


def own_remarks(attention: str | None) -> list[str]:
    """Those that are no matter of metadata, so that they outlive another reading of it."""
    return [part for part in (attention or "").split(_BETWEEN) if part in _OWN or part.startswith(repeats(""))]
