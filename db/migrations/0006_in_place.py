"""Recordings that are not sealed, since their recorder needs them where they lie."""

from __future__ import annotations

from typing import Any

from peewee import BlobField, CharField, ForeignKeyField, Model
from playhouse.migrate import SchemaMigrator


class Recording(Model):
    """Only what is pointed at."""

    id = CharField(primary_key=True)

    class Meta:
        table_name = "recording"


class InPlace(Model):
    recording = ForeignKeyField(Recording, primary_key=True, on_delete="CASCADE")
    source = CharField()
    path = BlobField()
    identity = CharField()
    state = CharField()

    class Meta:
        table_name = "in_place"
        indexes = ((("source", "path"), False), (("source", "state"), False))


def up(migrator: SchemaMigrator, db: Any) -> None:
    """Make the table."""
    with db.bind_ctx((InPlace, Recording)):
        db.create_tables((InPlace,))


def down(migrator: SchemaMigrator, db: Any) -> None:
    """Drop it, and all that it holds."""
    with db.bind_ctx((InPlace, Recording)):
        db.drop_tables((InPlace,))
