"""What the intake must remember: quarantined files, sources still to be removed, what may still belong to what came."""

from __future__ import annotations

from peewee import AutoField, BigIntegerField, BlobField, CharField, ForeignKeyField, Model, TextField

from db.engine import database
from db.models.contact import Contact, Recording


class Quarantine(Model):
    """A file that could not be taken in. Sealed under its own id when `wrapped_key` is set, else left in the spool."""

    id = CharField(primary_key=True)
    at_ms = BigIntegerField()
    source = CharField()
    path = BlobField()
    """Relative to the spool, as the operating system has it."""
    reason = CharField()
    detail = TextField()
    size_bytes = BigIntegerField()
    identity = CharField(index=True)
    """Device, inode, size and change time of a file left in the spool: unchanged, it is not tried again."""
    sha256 = BlobField(null=True)
    wrapped_key = BlobField(null=True)
    sidecar = BlobField(null=True)
    ended_at_ms = BigIntegerField(null=True)
    """When it was taken in after all, or vanished from the spool."""

    class Meta:
        database = database
        table_name = "quarantine"


class Removal(Model):
    """A source file whose sealed copy is durable, still to be removed from its spool."""

    id = CharField(primary_key=True)
    """Of the recording or quarantined file that was made from it."""
    source = CharField()
    path = BlobField()
    device = BigIntegerField()
    inode = BigIntegerField()
    size_bytes = BigIntegerField()
    mtime_ns = BigIntegerField()
    """These four together say that it is still the file that was sealed."""

    class Meta:
        database = database
        table_name = "removal"


class Arrival(Model):
    """A recording that came not long ago: what comes after it may belong to it. Forgotten after some weeks."""

    id = AutoField()
    recording = ForeignKeyField(Recording, on_delete="CASCADE", on_update="CASCADE")
    at_ms = BigIntegerField(index=True)
    name_digest = CharField(index=True)
    """HMAC of source and name without its suffix: a sidecar that comes late has the same."""
    suffix = CharField()
    """What the name had behind that, `.wav`."""
    written_at_ms = BigIntegerField()
    """When the file was last written."""
    call_digest = CharField(null=True, index=True)
    """HMAC of source and call, for files that are one call together."""

    class Meta:
        database = database
        table_name = "arrival"


class CallLeg(Model):
    """Which leg of its call a recording is; there is none for a mix and for a file that is the whole call."""

    recording = ForeignKeyField(Recording, primary_key=True, on_delete="CASCADE")
    leg = CharField()

    class Meta:
        database = database
        table_name = "call_leg"


class ContactChange(Model):
    """A field of a contact that was changed by what came after it."""

    id = AutoField()
    contact = ForeignKeyField(Contact, on_delete="CASCADE")
    at_ms = BigIntegerField()
    field = CharField()
    old = BlobField(null=True)
    new = BlobField(null=True)
    """Texts in UTF-8; of a sidecar its bytes."""
    read_from = CharField()

    class Meta:
        database = database
        table_name = "contact_change"


class InPlace(Model):
    """A recording that is not sealed, since its recorder needs it where it lies. Its `wrapped_key` is empty."""

    recording = ForeignKeyField(Recording, primary_key=True, on_delete="CASCADE")
    source = CharField()
    path = BlobField()
    """Relative to the spool, as the operating system has it."""
    identity = CharField()
    """Device, inode, size, times of writing and of change, when it was looked at last."""
    state = CharField()
    """`present`, `changed`, `vanished`."""
    noted_seq = BigIntegerField(null=True)
    """The entry that tells that it was changed or is gone, until somebody acknowledges it: so long it stands open."""

    class Meta:
        database = database
        table_name = "in_place"
        indexes = ((("source", "path"), False), (("source", "noted_seq", "state"), False))
