"""What went out of the house about the log: cosignatures that came back, refusals, how far forwarding has come."""

from __future__ import annotations

from peewee import BigIntegerField, CharField, CompositeKey, Model, TextField

from db.engine import database


class Cosignature(Model):
    """That a witness has seen a head of the log and found it to go on from the last one."""

    witness = CharField()
    """Its name in the settings."""
    size = BigIntegerField()
    at_ms = BigIntegerField()
    """By the witness's clock."""
    note = TextField()
    """The head, as the log signed it."""
    line = TextField()
    """The witness's signature line, with its newline."""

    class Meta:
        database = database
        table_name = "cosignature"
        primary_key = CompositeKey("witness", "size")


class WitnessRefusal(Model):
    """A refusal that stands in the log already, so that it is written once and not at every attempt."""

    witness = CharField()
    word = CharField()
    size = BigIntegerField()
    """Of the head that the witness holds."""
    at_ms = BigIntegerField()

    class Meta:
        database = database
        table_name = "witness_refusal"
        primary_key = CompositeKey("witness", "word", "size")


class ForwardPosition(Model):
    """The first entry that was not delivered yet."""

    name = CharField(primary_key=True)
    next_seq = BigIntegerField()
    at_ms = BigIntegerField()

    class Meta:
        database = database
        table_name = "forward_position"
