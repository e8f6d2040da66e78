"""What became of recordings in place stands open until somebody acknowledges it."""

from __future__ import annotations

from typing import Any

from playhouse.migrate import SchemaMigrator


def up(migrator: SchemaMigrator, db: Any) -> None:
    """Add the column. What is changed or gone already stands open, before every entry that comes."""
    db.execute_sql('ALTER TABLE "in_place" ADD COLUMN "noted_seq" INTEGER')
    db.execute_sql("UPDATE in_place SET noted_seq = 0 WHERE state <> 'present'")
    db.execute_sql('DROP INDEX "inplace_source_state"')
    db.execute_sql('CREATE INDEX "inplace_source_noted_seq_state" ON "in_place" ("source", "noted_seq", "state")')


def down(migrator: SchemaMigrator, db: Any) -> None:
    """Take it away: everything stands open again."""
    db.execute_sql('DROP INDEX "inplace_source_noted_seq_state"')
    db.execute_sql('ALTER TABLE "in_place" DROP COLUMN "noted_seq"')
    db.execute_sql('CREATE INDEX "inplace_source_state" ON "in_place" ("source", "state")')
