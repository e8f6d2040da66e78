"""What the review of the log needs beside it: marks to find entries by, and what was acknowledged."""

from __future__ import annotations

from peewee import AutoField, BigIntegerField, CharField, CompositeKey, Model

from db.engine import database


class EntryMark(Model):
    """Something in an entry's leaf that entries are looked for by: a copy, as the columns of `Entry` are."""

    kind = CharField()
    """`said`: a digest of typed words, without its prefix; `case`: a case reference."""
    value = CharField()
    seq = BigIntegerField()
    """Of the entry."""

    class Meta:
        database = database
        table_name = "entry_mark"
        primary_key = CompositeKey("kind", "value", "seq")
        without_rowid = True


class OddAcknowledgement(Model):
    """Somebody looked into a finding. The words of the remark stand in `Said`."""

    id = AutoField()
    finding = CharField(index=True)
    at_ms = BigIntegerField()
    account = CharField()
    newest_seq = BigIntegerField()
    """The newest entry that the finding rested on; with a newer one it is odd again."""
    remark = CharField()
    """Digest of its words."""

    class Meta:
        database = database
        table_name = "odd_acknowledgement"
