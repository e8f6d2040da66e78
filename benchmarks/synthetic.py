"""Contacts as a customer service of some years has them, without recordings behind them; always the same ones.

Numbers come from the ranges that are set apart for fiction: +46 70 174 06 05-99, +46 8 465 004 00-99,
+44 7700 900000-900999. There are 1,195 of them, so a number has more contacts than it would in life, which makes
searches for one no easier.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from db.records import ContactRecord, RecordingRecord

SERVICES = {"Vatten": 30, "Fakturering": 28, "Avlopp": 17, "Avfall": 19, "Jour": 6}
"""Service = its share of the calls in percent."""
FIRST_NAMES = ("Anna", "Mikko", "Sara", "Juha", "Linda", "Henrik", "Maria", "Petri", "Oskar", "Elina")
LAST_NAMES = ("Berg", "Laine", "Holm", "Niemi")
NUMBERS = tuple(
    [f"+467017406{last:02}" for last in range(5, 100)]
    + [f"+468465004{last:02}" for last in range(100)]
    + [f"+447700900{last:03}" for last in range(1000)]
)
TAGS = ("complaint", "callback", "vip", "stängning", "läcka")
ADVISER = "anna.berg"
"""Somebody whose own calls these are in part."""
YEARS = 3
NEWEST_AT = datetime(2026, 11, 1, 15, 0, tzinfo=UTC)
TALK_S = 190.0
ALAW_STEREO_BYTES_A_S = 16_000
DAY_S = 86_400


def contacts(count: int, seed: int = 600) -> Iterator[ContactRecord]:
    """`count` contacts in the order of their arrival, oldest first."""
    lot = random.Random(seed)
    services, shares = list(SERVICES), list(SERVICES.values())
    advisers = [(first, last) for last in LAST_NAMES for first in FIRST_NAMES]
    oldest_at = NEWEST_AT - timedelta(days=365 * YEARS)
    step_s = 365 * YEARS * DAY_S / max(1, count)
    for number in range(count):
        first, last = lot.choice(advisers)
        [service] = lot.choices(services, shares)
        started_at = oldest_at + timedelta(seconds=number * step_s + lot.uniform(0, step_s))
        yield _contact(lot, number, started_at, f"{first} {last}", f"{first}.{last}".lower(), service)


def _contact(
    lot: random.Random, sequence: int, started_at: datetime, adviser: str, account: str, service: str
) -> ContactRecord:
    started_at_ms = round(started_at.timestamp() * 1000)
    is_out = lot.random() < 0.22
    is_withheld = not is_out and lot.random() < 0.06
    number = None if is_withheld else lot.choice(NUMBERS)
    duration_ms = round(min(3600.0, lot.lognormvariate(0, 0.9) * TALK_S) * 1000) + 1000
    extension = str(3200 + sum(map(ord, account)) % 100)
    dialled = "anonymous" if number is None else number.replace("+", "00", 1)
    ends = f"out-{dialled}-{extension}" if is_out else f"in-{extension}-{dialled}"
    name = f"{ends}-{started_at:%Y%m%d-%H%M%S}-{started_at_ms // 1000}.{sequence}.wav"
    contact = ContactRecord(
        seq=0,
        id=f"{sequence:012x}",
        medium="call",
        started_at_ms=started_at_ms,
        duration_ms=duration_ms,
        direction="out" if is_out else "in",
        number=number,
        withheld=is_withheld,
        adviser=adviser,
        adviser_account=account,
        service=service,
        extension=extension,
        source="pbx",
        zone="Europe/Helsinki",
        taken_in_at_ms=started_at_ms + duration_ms + 300,
        attention="not known: service" if lot.random() < 0.004 else None,
        provenance=_provenance(dialled, extension),
        tags=(lot.choice(TAGS),) if lot.random() < 0.03 else (),
        cases=(f"C-{lot.randrange(2000)}",) if lot.random() < 0.01 else (),
    )
    return replace(contact, recordings=(_recording(sequence, duration_ms, name),))


def _recording(sequence: int, duration_ms: int, name: str) -> RecordingRecord:
    data_bytes = duration_ms * ALAW_STEREO_BYTES_A_S // 1000
    return RecordingRecord(
        id=f"{sequence:032x}",
        contact_id="",
        sha256=hashlib.sha256(name.encode()).digest(),
        size_bytes=data_bytes + 58,
        encoding="alaw",
        rate_hz=8000,
        channels=2,
        bits=8,
        duration_ms=duration_ms,
        interrupted=False,
        source_name=name,
        data_offset=58,
        data_bytes=data_bytes,
        block_bytes=2,
        block_frames=1,
        wrapped_key=bytes(60),
    )


def _provenance(dialled: str, extension: str) -> str:
    said = {"started_at": "", "duration": "", "number": dialled, "direction": "", "extension": extension}
    origins = {name: {"read_from": "file name", "said": text, "problem": ""} for name, text in said.items()}
    origins["adviser"] = origins["service"] = {"read_from": "settings", "said": extension, "problem": ""}
    return json.dumps(origins)
