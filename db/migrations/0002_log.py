"""The log with fewer indexes: `seq` and `size` become row ids, and of outcomes only those that are rare keep one.

Each index is pages that every commit encrypts and syncs; what they held is the same.
"""

from __future__ import annotations

from typing import Any

from peewee import SQL, BigIntegerField, BlobField, CharField, IntegerField, Model, TextField
from playhouse.migrate import SchemaMigrator


class Entry(Model):
    seq = IntegerField(primary_key=True)
    leaf = BlobField()
    at_ms = BigIntegerField(index=True)
    account = CharField(null=True)
    uid = BigIntegerField(null=True)
    action = CharField()
    outcome = CharField()
    target = CharField(null=True)
    purpose = CharField(null=True)

    class Meta:
        table_name = "entry"
        indexes = ((("account",), False), (("action",), False), (("target",), False))


Entry.add_index(Entry.outcome, where=SQL("\"outcome\" <> 'allowed'"), name="entry_not_allowed")


class Checkpoint(Model):
    size = IntegerField(primary_key=True)
    at_ms = BigIntegerField()
    note = TextField()

    class Meta:
        table_name = "checkpoint"


class FormerEntry(Model):
    seq = BigIntegerField(primary_key=True)
    leaf = BlobField()
    at_ms = BigIntegerField(index=True)
    account = CharField(null=True)
    uid = BigIntegerField(null=True)
    action = CharField()
    outcome = CharField()
    target = CharField(null=True)
    purpose = CharField(null=True)

    class Meta:
        table_name = "entry"
        indexes = (
            (("account", "seq"), False),
            (("action", "seq"), False),
            (("outcome", "seq"), False),
            (("target", "seq"), False),
        )


class FormerCheckpoint(Model):
    size = BigIntegerField(primary_key=True)
    at_ms = BigIntegerField()
    note = TextField()

    class Meta:
        table_name = "checkpoint"


def up(migrator: SchemaMigrator, db: Any) -> None:
    """Copy both tables into new ones, row by row as they are."""
    _replace(db, (Entry, Checkpoint))


def down(migrator: SchemaMigrator, db: Any) -> None:
    """The same the other way."""
    _replace(db, (FormerEntry, FormerCheckpoint))


def _replace(db: Any, tables: tuple[type[Model], ...]) -> None:
    for table in tables:
        name = table._meta.table_name
        for (index,) in db.execute_sql(
            "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL", (name,)
        ).fetchall():
            db.execute_sql(f'DROP INDEX "{index}"')
        db.execute_sql(f'ALTER TABLE "{name}" RENAME TO "former_{name}"')
    with db.bind_ctx(tables):
        db.create_tables(tables)
    for table in tables:
        name = table._meta.table_name
        db.execute_sql(f'INSERT INTO "{name}" SELECT * FROM "former_{name}"')  # noqa: S608 - names of tables of ours
        db.execute_sql(f'DROP TABLE "former_{name}"')
