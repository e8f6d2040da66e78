"""Cosignatures of the log's heads, refusals by witnesses, and how far forwarding has come."""

from __future__ import annotations

from typing import Any

from peewee import BigIntegerField, CharField, CompositeKey, Model, TextField
from playhouse.migrate import SchemaMigrator


class Cosignature(Model):
    witness = CharField()
    size = BigIntegerField()
    at_ms = BigIntegerField()
    note = TextField()
    line = TextField()

    class Meta:
        table_name = "cosignature"
        primary_key = CompositeKey("witness", "size")


class WitnessRefusal(Model):
    witness = CharField()
    word = CharField()
    size = BigIntegerField()
    at_ms = BigIntegerField()

    class Meta:
        table_name = "witness_refusal"
        primary_key = CompositeKey("witness", "word", "size")


class ForwardPosition(Model):
    name = CharField(primary_key=True)
    next_seq = BigIntegerField()
    at_ms = BigIntegerField()

    class Meta:
        table_name = "forward_position"


TABLES: tuple[type[Model], ...] = (Cosignature, WitnessRefusal, ForwardPosition)


def up(migrator: SchemaMigrator, db: Any) -> None:
    """Make the tables."""
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES)


def down(migrator: SchemaMigrator, db: Any) -> None:
    """Drop them."""
    with db.bind_ctx(TABLES):
        db.drop_tables(TABLES)
