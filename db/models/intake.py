"""What the intake must remember across a crash: quarantined files, and sources still to be removed."""

from __future__ import annotations

from peewee import BigIntegerField, BlobField, CharField, Model, TextField

from db.engine import database


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
