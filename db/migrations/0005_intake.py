"""What the intake remembers of what came lately, and the history of what later arrivals changed."""

from __future__ import annotations

from typing import Any

from peewee import AutoField, BigIntegerField, BlobField, CharField, ForeignKeyField, Model
from playhouse.migrate import SchemaMigrator


class Contact(Model):
    """Only what is pointed at."""

    seq = AutoField()

    class Meta:
        table_name = "contact"


class Recording(Model):
    """Only what is pointed at."""

    id = CharField(primary_key=True)

    class Meta:
        table_name = "recording"


class Arrival(Model):
    id = AutoField()
    recording = ForeignKeyField(Recording, on_delete="CASCADE", on_update="CASCADE")
    at_ms = BigIntegerField(index=True)
    name_digest = CharField(index=True)
    suffix = CharField()
    written_at_ms = BigIntegerField()
    call_digest = CharField(null=True, index=True)

    class Meta:
        table_name = "arrival"


class CallLeg(Model):
    recording = ForeignKeyField(Recording, primary_key=True, on_delete="CASCADE")
    leg = CharField()

    class Meta:
        table_name = "call_leg"


class ContactChange(Model):
    id = AutoField()
    contact = ForeignKeyField(Contact, on_delete="CASCADE")
    at_ms = BigIntegerField()
    field = CharField()
    old = BlobField(null=True)
    new = BlobField(null=True)
    read_from = CharField()

    class Meta:
        table_name = "contact_change"


TABLES: tuple[type[Model], ...] = (Arrival, CallLeg, ContactChange)


def up(migrator: SchemaMigrator, db: Any) -> None:
    """Make the tables."""
    with db.bind_ctx((*TABLES, Contact, Recording)):
        db.create_tables(TABLES)


def down(migrator: SchemaMigrator, db: Any) -> None:
    """Drop them, and all that they hold."""
    with db.bind_ctx((*TABLES, Contact, Recording)):
        db.drop_tables(TABLES)
