"""The fields of a contact that what comes later may change, and the history of such a change. Pure."""

from __future__ import annotations

from dataclasses import replace

from agent.intake.catalogue import started_at_ms
from agent.intake.metadata.facts import CallFacts
from db.records import ChangeRecord, ContactRecord

FIELDS = ("started_at_ms", "direction", "number", "withheld", "adviser", "adviser_account", "service", "extension")
_ORIGIN_OF = {"started_at_ms": "started_at", "withheld": "number", "adviser_account": "adviser"}


def origin_of(field: str) -> str:
    """Under which name a contact's provenance has a field."""
    return _ORIGIN_OF.get(field, field)


def by_facts(contact: ContactRecord, facts: CallFacts) -> ContactRecord:
    """The contact with these fields as facts have them; what is said about them stays."""
    return replace(
        contact,
        started_at_ms=started_at_ms(facts),
        direction=None if facts.direction is None else facts.direction.value,
        number=facts.number,
        withheld=facts.withheld,
        adviser=facts.adviser_name,
        adviser_account=facts.adviser_account,
        service=facts.service,
        extension=facts.extension,
    )


def changed_fields(before: ContactRecord, after: ContactRecord) -> list[str]:
    return [name for name in FIELDS if getattr(before, name) != getattr(after, name)]


def change_of(at_ms: int, name: str, before: ContactRecord, after: ContactRecord, read_from: str) -> ChangeRecord:
    old, new = getattr(before, name), getattr(after, name)
    if name == "number" and after.withheld:
        old = None  # what is withheld is looked up nowhere, its history included
    return ChangeRecord(at_ms, name, _bytes(old), _bytes(new), read_from)


def _bytes(value: object) -> bytes | None:
    return None if value is None else str(value).encode("utf-8", "replace")
