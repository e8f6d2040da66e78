"""Contacts, their recordings, and what people wrote about them."""

from __future__ import annotations

from pydantic import Field

from agent.wire.body import Asked, Body, Instant
from agent.wire.words import Direction, Medium


class Position(Body):
    """Where a contact stands in a search."""

    offset: int | None
    """None when the search does not hold it."""


class Recording(Body):
    id: str
    sha256: str
    """Of the untouched file, hexadecimal."""
    size_bytes: int
    encoding: str
    """`pcm`, `float` (with `_be` where the most significant byte comes first), `alaw`, `mulaw`, `gsm610`, `ima_adpcm`,
    `ms_adpcm`; `g721`, `g722`, `g723_adpcm`, `g726`, `oki_adpcm`, `mpeg`, `mp3`, which are kept but not played; or
    the WAVE format tag in hexadecimal."""
    rate_hz: int
    channels: int
    bits: int
    duration_s: float
    interrupted: bool = False
    """The recorder did not close the file; the length comes from the bytes that are there."""
    source_name: str
    data_offset: int
    """Where the samples start in the file, in bytes."""
    data_bytes: int
    block_bytes: int
    """Bytes of the smallest part that decodes by itself (a frame of PCM, a block of GSM)."""
    block_frames: int
    """Frames in such a part."""
    leg: str = ""
    """Which leg of the call it is, as the recorder calls it; empty for a mix, and for a file that is the whole call."""
    legs: list[str] = Field(default_factory=list)
    """Whose each channel is, `adviser` or `caller`; empty when nothing says."""


class Contact(Body):
    id: str
    medium: Medium
    started_at: Instant
    duration_s: float
    direction: Direction | None
    number: str | None
    """The customer's, E.164; None when withheld or not known."""
    withheld: bool
    adviser: str | None
    service: str | None
    attention: str | None = None
    """Why somebody should look at it, for instance metadata that could not be read; None when all is well."""
    notes: int = 0
    tags: list[str] = Field(default_factory=list)
    cases: list[str] = Field(default_factory=list)
    recordings: list[Recording]


class Provenance(Body):
    """What a field was read from."""

    read_from: str
    """`file name`, `sidecar`, `call record`, `samples`, `header`, `file time`, `settings`, `tag`."""
    said: str = ""
    """The text as it stood there."""
    problem: str = ""
    """Why it could not be used, or what is odd about it."""


class Note(Body):
    id: int
    at: Instant
    author: str
    text: str
    position_s: float | None = None
    """The moment in the recording that the note is about."""


class Change(Body):
    """A field that was changed by what came after the contact was taken in."""

    at: Instant
    field: str
    old: str | None
    """None also where it is kept only that it changed."""
    new: str | None
    read_from: str
    """`sidecar`, or `another leg`."""


class ShownContact(Contact):
    extension: str | None = None
    provenance: dict[str, Provenance]
    """For each field, what it was read from."""
    zone: str
    """The source's time zone, in which the call began."""
    taken_in_at: Instant
    noted: list[Note] = Field(default_factory=list)
    changes: list[Change] = Field(default_factory=list)
    """What later arrivals changed, oldest first."""


class NewNote(Asked):
    text: str = Field(min_length=1, max_length=4000)
    position_s: float | None = Field(default=None, ge=0)


class NewTag(Asked):
    tag: str = Field(pattern=r"^[\w-]{1,40}$")


class Waveform(Body):
    """Peaks of a recording, one list a channel, each peak 0 to 255 of full scale."""

    duration_s: float
    peaks: list[list[int]]


class SavedSearch(Body):
    name: str
    query: str


class NewSavedSearch(Asked):
    name: str = Field(pattern=r"^[^/\x00-\x1f\x7f-\x9f]{1,60}$")
    query: str = Field(max_length=1000)
