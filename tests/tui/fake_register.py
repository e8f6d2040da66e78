"""Invented contacts, log entries and files: the same each time, thousands of them, made when they are
asked for.

Numbers come from the ranges that PTS and Ofcom keep for fiction.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from agent import wire
from tests.tui.hostile import HOSTILE

NEWEST_AT = datetime(2026, 11, 23, 12, 5, 0, tzinfo=UTC)
ADVISERS = ("Anna Berg", "Erik Sund", None, "Åsa Öberg", "Mika Korhonen")
SERVICES = ("Vatten", "Avlopp", "Fakturering", "Avfall", None)
RATE_HZ = 8000
FRAME_BYTES = 4
HEADER_BYTES = 44


@dataclass
class FakeRegister:
    """What the fake agent holds; `hostile` makes every text from outside an attack."""

    size: int = 5000
    hostile: bool = False
    erased: set[str] = field(default_factory=set)
    notes: dict[str, list[wire.Note]] = field(default_factory=dict)
    tags: dict[str, list[str]] = field(default_factory=dict)
    told: dict[int, dict[str, object]] = field(default_factory=dict)
    """Fields of log entries that are otherwise than `entry` makes them, by number."""
    scan: wire.ScanStatus | None = None
    """One that runs."""
    standing: dict[str, wire.Standing] = field(default_factory=dict)
    """What recordings in place have become, by the name of their source."""

    def contact(self, number: int) -> wire.Contact:
        """The contact with this number; a higher number is newer."""
        behind = self.size_at_start - 1 - number
        contact_id = f"c{number:06d}"
        duration_s = float(20 + (number * 37) % 840) + (number % 50) / 50
        withheld = number % 4 == 1
        known = number % 11 != 7
        return wire.Contact(
            id=contact_id,
            medium=wire.Medium.CALL,
            started_at=NEWEST_AT - timedelta(minutes=7 * behind, seconds=(number * 13) % 60),
            duration_s=duration_s,
            direction=None if number % 23 == 5 else (wire.Direction.OUT if number % 5 == 2 else wire.Direction.IN),
            number=None if withheld or not known else self._number(number),
            withheld=withheld,
            adviser=self._outside(ADVISERS[number % len(ADVISERS)], number),
            service=self._outside(SERVICES[(number // 2) % len(SERVICES)], number + 1),
            attention=self._outside("number could not be read", number + 2) if number % 17 == 3 else None,
            notes=len(self.notes.get(contact_id, [])) or int(number % 6 == 0),
            tags=[self._outside("complaint", number) or "", *self.tags.get(contact_id, [])]
            if number % 9 == 0
            else self.tags.get(contact_id, []),
            cases=["C-118"] if number % 13 == 0 else [],
            recordings=[self.recording(contact_id, duration_s, number)],
        )

    size_at_start: int = 0

    def __post_init__(self) -> None:
        self.size_at_start = self.size

    def recording(self, contact_id: str, duration_s: float, number: int) -> wire.Recording:
        frames = round(duration_s * RATE_HZ)
        name = f"in-600-0701740605-20261123-140500-{number}.wav"
        return wire.Recording(
            id=f"r{contact_id[1:]}",
            sha256=f"{number:064x}",
            size_bytes=HEADER_BYTES + frames * FRAME_BYTES,
            encoding="pcm",
            rate_hz=RATE_HZ,
            channels=2,
            bits=16,
            duration_s=duration_s,
            interrupted=number % 29 == 4,
            source_name=self._outside(name, number) or "",
            data_offset=HEADER_BYTES,
            data_bytes=frames * FRAME_BYTES,
            block_bytes=FRAME_BYTES,
            block_frames=1,
            legs=["adviser", "caller"],
        )

    def shown(self, number: int) -> wire.ShownContact:
        contact = self.contact(number)
        said = contact.recordings[0].source_name
        return wire.ShownContact(
            **contact.model_dump(exclude={"recordings"}),
            recordings=contact.recordings,
            extension="3201",
            provenance={
                "started_at": wire.Provenance(read_from="file name", said=said),
                "number": wire.Provenance(read_from="file name", said=said, problem=contact.attention or ""),
                "duration_s": wire.Provenance(read_from="samples"),
                "adviser": wire.Provenance(read_from="settings", said="3201"),
            },
            zone="Europe/Helsinki",
            taken_in_at=contact.started_at + timedelta(seconds=contact.duration_s + 0.2),
            noted=self.notes.get(contact.id) or self._first_note(contact),
        )

    def _first_note(self, contact: wire.Contact) -> list[wire.Note]:
        if not contact.notes:
            return []
        text = self._outside("price agreed", 1) or ""
        return [wire.Note(id=1, at=contact.started_at, author="anna.berg", text=text, position_s=12.5)]

    def audio(self, number: int, start: int, stop: int) -> bytes:
        """Bytes of the untouched file: a stereo tone of 400 Hz, adviser left, customer right and softer."""
        recording = self.contact(number).recordings[0]
        header = struct.pack(
            "<4sI4s4sIHHIIHH4sI",
            *(b"RIFF", recording.size_bytes - 8, b"WAVE", b"fmt ", 16, 1, 2),
            *(RATE_HZ, RATE_HZ * FRAME_BYTES, FRAME_BYTES, 16, b"data", recording.data_bytes),
        )
        period = b"".join(
            struct.pack("<hh", 800 * (10 - abs(10 - frame)), 400 * (10 - abs(10 - frame))) for frame in range(20)
        )
        stop = min(stop, recording.size_bytes)
        first = max(0, start - HEADER_BYTES)
        last = max(0, stop - HEADER_BYTES)
        skipped = first - first % len(period)
        tone = (period * ((last - skipped) // len(period) + 1))[first - skipped : last - skipped]
        return header[start:stop] + tone

    def entry(self, seq: int) -> wire.Entry:
        """The log entry with this number."""
        made = _entry(seq, self.log_size_at_start, self.size, self.hostile)
        return made.model_copy(update=self.told[seq]) if seq in self.told else made

    log_size_at_start: int = 4000

    def state(self, size: int) -> wire.LogState:
        """The log, whole and watched."""
        return wire.LogState(
            size=size,
            can_log=True,
            checkpoint_size=size,
            checkpoint_at=NEWEST_AT,
            verified_size=size - 40,
            verified_at=NEWEST_AT - timedelta(minutes=5),
            verified_whole=True,
            witnesses=[wire.WitnessState(name="north", size=size - 3, at=NEWEST_AT - timedelta(minutes=4))],
            sentry=wire.SentryState(seeing="attributed", since=NEWEST_AT - timedelta(days=3)),
        )

    def hours(self) -> wire.Hours:
        """28 days of office hours."""
        counts = [
            [(hour * 7 + day * 3) % 23 if 7 <= hour < 17 and day < 5 else 0 for hour in range(24)] for day in range(7)
        ]
        counts[6][3] = 2
        until = NEWEST_AT + timedelta(milliseconds=1)
        return wire.Hours(since=until - timedelta(days=28), until=until, zone="Europe/Helsinki", counts=counts)

    def odd(self) -> list[wire.Odd]:
        """One finding of each rule, newest first."""
        measured: dict[str, dict[str, str | int]] = {
            "much-listening": {"day": "2026-11-23", "count": 61, "usual": 12},
            "refused-in-a-row": {"count": 7, "minutes": 4},
            "at-night": {"day": "2026-11-22", "count": 3, "first": "02:14", "last": "03:40"},
            "same-caller": {"count": 9, "contacts": 5, "days": 7},
            "no-note": {"hours": 24},
            "direct-open": {"day": "2026-11-21", "count": 2},
            "agreement-ending": {"until": "2026-12-05"},
            "sentry-gap": {"day": "2026-11-20", "count": 1},
        }
        return [
            wire.Odd(
                id=f"odd{number}",
                rule=rule,
                at=NEWEST_AT - timedelta(hours=5 * number),
                account=None if rule in ("direct-open", "sentry-gap") else self._outside("mika", number),
                uid=1000 if rule == "direct-open" else None,
                measured={
                    name: self._outside(str(value), number) if name == "last" else value for name, value in said.items()
                },
                query="action:file.open" if rule == "direct-open" else "actor:mika",
            )
            for number, (rule, said) in enumerate(measured.items())
        ]

    def quarantined(self, number: int) -> wire.QuarantineItem:
        reason, detail = (
            ("not-audio", "no RIFF header"),
            ("empty", "no bytes"),
            ("not-a-regular-file", "a symbolic link"),
            ("no-samples", "the data chunk holds no frame"),
        )[number % 4]
        return wire.QuarantineItem(
            id=f"q{number:04d}",
            at=NEWEST_AT - timedelta(minutes=11 * number),
            source="pbx",
            source_name=self._outside(f"broken-{number}.wav", number) or "",
            reason=reason,
            detail=self._outside(detail, number) or "",
            size_bytes=number * 1000,
            sealed=number % 4 != 2,
            sha256=None if number % 4 == 2 else hashlib.sha256(self.quarantined_file(number)).hexdigest(),
        )

    def quarantined_file(self, number: int) -> bytes:
        return bytes([number % 251]) * (number * 1000)

    def unmatched(self) -> wire.Unmatched:
        return wire.Unmatched(
            days=7,
            sources=[
                wire.UnmatchedSource(
                    source="pbx",
                    call_count=203,
                    calls=[
                        wire.CallWithoutRecording(
                            at=NEWEST_AT - timedelta(minutes=47 * number) if number else None,
                            call_id=self._outside(f"1795435{number:03d}.{number}", number) or "",
                            length_s=31 * number,
                        )
                        for number in range(3)
                    ],
                    recording_count=1,
                    recordings=[
                        wire.RecordingWithoutCall(
                            at=NEWEST_AT - timedelta(hours=5),
                            call_id=self._outside("1795435500.9", 4) or "",
                            contact_id="c004711",
                        )
                    ],
                    uncertain=2,
                ),
                wire.UnmatchedSource(
                    source="branch",
                    trouble=self._outside("No such file or directory", 1),
                    call_count=0,
                    calls=[],
                    recording_count=0,
                    recordings=[],
                    uncertain=0,
                ),
                wire.UnmatchedSource(
                    source="night", call_count=0, calls=[], recording_count=0, recordings=[], uncertain=0
                ),
            ],
        )

    def intake(self, quarantined: int) -> wire.IntakeStatus:
        sources = [source.model_copy(update=self._standing_of(source)) for source in self._sources()]
        return wire.IntakeStatus(
            sources=sources,
            by_minute=[(minute * 7) % 13 for minute in range(60)],
            quarantined=quarantined,
            scan=self.scan,
        )

    def _standing_of(self, source: wire.SourceStatus) -> dict[str, object]:
        standing = self.standing.get(source.name)
        if standing is None:
            return {}
        trouble = f"of the recordings in place {standing.changed} were changed and {standing.vanished} are gone"
        return {"standing": standing, "trouble": source.trouble or trouble}

    def _sources(self) -> list[wire.SourceStatus]:
        return [
            wire.SourceStatus(
                name="pbx",
                convention="freepbx",
                watching=True,
                waiting=3,
                in_work=1,
                taken_in=1204,
                last_taken_in_at=NEWEST_AT,
                left_alone=1,
            ),
            wire.SourceStatus(
                name="branch",
                convention="plain",
                watching=False,
                trouble=self._outside("the spool does not exist", 1),
                waiting=0,
                taken_in=0,
                left_alone=0,
            ),
            wire.SourceStatus(
                name="night",
                convention="puzzel",
                watching=True,
                trouble="no file for 3 hours of office time",
                waiting=0,
                taken_in=0,
                left_alone=0,
                silent_since=NEWEST_AT - timedelta(hours=3, minutes=20),
                silent_after_h=3,
            ),
        ]

    def running_scan(self, taken_in: int) -> wire.ScanStatus:
        """A scan of a thousand files of a megabyte each, five of them a second."""
        return wire.ScanStatus(
            began_at=NEWEST_AT - timedelta(seconds=taken_in / 5),
            at=NEWEST_AT,
            files=1000,
            found_bytes=1_000_000_000,
            taken_in=taken_in,
            quarantined=0,
            waiting=0,
            taken_bytes=taken_in * 1_000_000,
            done_bytes=taken_in * 1_000_000,
        )

    def _number(self, number: int) -> str:
        return (
            f"+4670174{605 + number % 95:04d}",
            f"+468465004{number % 100:02d}",
            f"+447700900{number % 1000:03d}",
        )[number % 3]

    def _outside(self, text: str | None, number: int) -> str | None:
        return _outside(text, number, self.hostile)


@lru_cache(20_000)
def _entry(seq: int, log_size: int, contacts: int, hostile: bool) -> wire.Entry:
    """A log entry, made once for all tests: a search looks at thousands of them, and they are frozen."""
    action, outcome, reason = (
        ("contact.search", wire.Outcome.ALLOWED, None),
        ("contact.listen", wire.Outcome.ALLOWED, "what was promised"),
        ("contact.show", wire.Outcome.REFUSED, "out-of-scope"),
        ("session.begin", wire.Outcome.FAILED, "sign-in-failed"),
    )[seq % 4]
    is_listening = action == "contact.listen"
    return wire.Entry(
        seq=seq,
        at=NEWEST_AT - timedelta(minutes=3 * (log_size - 1 - seq)),
        actor=wire.Actor(
            account=None if seq % 4 == 3 else _outside(("anna.berg", "e.sund", "mika")[seq % 3], seq, hostile),
            uid=1000 + seq % 3,
            via="tui",
            session=f"{seq // 40:08x}",
        ),
        action=action,
        outcome=outcome,
        target=f"c{seq % contacts:06d}" if action.startswith("contact.") else None,
        purpose=wire.Purpose.COMPLAINT.value if is_listening else None,
        case="C-118" if is_listening else None,
        reason=_outside(reason, seq, hostile),
        detail={"recording": "r1", "from_ms": 0, "to_ms": 16000} if is_listening else {},
        request_id=f"{seq:08x}",
    )


def _outside(text: str | None, number: int, hostile: bool) -> str | None:
    return HOSTILE[number % len(HOSTILE)] if hostile and text is not None else text
