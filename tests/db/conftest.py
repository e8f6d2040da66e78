"""A fresh register for each test, and contacts to put into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from db.engine import Register
from db.migrations import bring_up_to_date
from db.queries import contacts
from db.records import ContactRecord, RecordingRecord

KEY = bytes(range(32))
MakeContact = Callable[..., ContactRecord]


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    opened = Register(tmp_path / "register.db", KEY, create=True)
    bring_up_to_date(opened)
    yield opened
    opened.close()


def recording_of(contact_id: str, **changed: Any) -> RecordingRecord:
    values: dict[str, Any] = {
        "id": f"r-{contact_id}",
        "contact_id": contact_id,
        "sha256": bytes(32),
        "size_bytes": 1644,
        "encoding": "alaw",
        "rate_hz": 8000,
        "channels": 1,
        "bits": 8,
        "duration_ms": 200,
        "interrupted": False,
        "source_name": "in-600-+46701740605.wav",
        "data_offset": 44,
        "data_bytes": 1600,
        "block_bytes": 1,
        "block_frames": 1,
        "wrapped_key": b"wrapped",
    }
    return RecordingRecord(**{**values, **changed})


def contact(contact_id: str, **changed: Any) -> ContactRecord:
    values: dict[str, Any] = {
        "seq": 0,
        "id": contact_id,
        "medium": "call",
        "started_at_ms": 1_760_000_000_000,
        "duration_ms": 61_000,
        "direction": "in",
        "number": "+46701740605",
        "withheld": False,
        "adviser": "Anna Berg",
        "adviser_account": "anna.berg",
        "service": "Vatten",
        "extension": "3201",
        "source": "pbx",
        "zone": "Europe/Helsinki",
        "taken_in_at_ms": 1_760_000_100_000,
        "attention": None,
        "provenance": "{}",
        "recordings": (recording_of(contact_id),),
    }
    return ContactRecord(**{**values, **changed})


@pytest.fixture
def add_contact(register: Register) -> MakeContact:
    """Add a contact that differs in what is given; return it as it was stored."""
    numbers = count(1)

    def add(**changed: Any) -> ContactRecord:
        contact_id = changed.pop("id", f"c{next(numbers):03}")

        def job() -> ContactRecord:
            contacts.add(contact(contact_id, **changed))
            stored = contacts.by_id(contact_id)
            assert stored is not None
            return stored

        return register.write(job)

    return add
