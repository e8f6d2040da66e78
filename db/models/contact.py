"""Contacts, the facets that they share, their recordings."""

from __future__ import annotations

from peewee import (
    AutoField,
    BigIntegerField,
    BlobField,
    BooleanField,
    CharField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)
from playhouse.sqlite_ext import AutoIncrementField

from db.engine import database


class Facet(Model):
    """One combination of those of a contact's fields that take few values.

    A million contacts share some hundred of these. What is asked about them is answered here, in a table of a
    few pages; the contacts are then found by one small number, which every index of theirs holds.
    """

    id = AutoField()
    medium = CharField()
    direction = CharField(null=True)
    withheld = BooleanField()
    adviser = CharField(null=True)
    adviser_account = CharField(null=True)
    """The personal user name whose own calls these are."""
    service = CharField(null=True)
    extension = CharField(null=True)
    source = CharField()
    zone = CharField()
    attention = BooleanField()
    """Whether the contact says why somebody should look at it."""
    noted = BooleanField()
    """Whether the contact has a note."""
    adviser_key = CharField(null=True)
    """As `db.queries.words.folded` makes it, for comparing and sorting."""
    account_key = CharField(null=True)
    service_key = CharField(null=True)
    contacts = BigIntegerField(default=0)
    """How many contacts have it."""

    class Meta:
        database = database
        table_name = "facet"
        indexes = (
            (("adviser", "service", "direction", "extension", "source"), False),
            (("adviser_account",), False),
        )


class Contact(Model):
    """One conversation with a customer: the row that is searched.

    The words of its notes and tags stand in the full-text table `contact_text` under the same rowid.
    """

    seq = AutoIncrementField()
    """Order of arrival, never used twice: a snapshot is "up to this one"."""
    id = CharField(unique=True)
    facet = ForeignKeyField(Facet, on_delete="RESTRICT", index=False)
    started_at_ms = BigIntegerField()
    duration_ms = BigIntegerField()
    number = CharField(null=True, index=True)
    """E.164."""
    number_reversed = CharField(null=True, index=True)
    """For searches by the last digits."""
    taken_in_at_ms = BigIntegerField()
    attention = TextField(null=True)
    provenance = TextField()
    """JSON: field = {read_from, said, problem}."""

    class Meta:
        database = database
        table_name = "contact"
        # Each holds all that a filter asks, so that searching and counting never read the rows themselves.
        indexes = (
            (("started_at_ms", "seq", "facet", "duration_ms"), False),
            (("duration_ms", "seq", "facet", "started_at_ms"), False),
            (("facet", "started_at_ms", "seq", "duration_ms"), False),
        )


class Recording(Model):
    """The sealed file of a contact."""

    id = CharField(primary_key=True)
    contact = ForeignKeyField(Contact, backref="recordings", on_delete="RESTRICT")
    sha256 = BlobField(index=True)
    size_bytes = BigIntegerField()
    encoding = CharField()
    rate_hz = IntegerField()
    channels = IntegerField()
    bits = IntegerField()
    duration_ms = BigIntegerField()
    interrupted = BooleanField()
    source_name = TextField()
    data_offset = BigIntegerField()
    data_bytes = BigIntegerField()
    block_bytes = IntegerField()
    block_frames = IntegerField()
    wrapped_key = BlobField()
    """The recording's own key, wrapped; without it the sealed file is noise."""
    sidecar = BlobField(null=True)
    """The metadata file that lay beside it, as it was."""

    class Meta:
        database = database
        table_name = "recording"
