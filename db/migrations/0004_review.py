"""The review of the log: marks to find entries by, acknowledged findings, and how long typed words are kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from peewee import AutoField, BigIntegerField, CharField, CompositeKey, Model, TextField
from playhouse.migrate import SchemaMigrator

_DIGEST = re.compile("hmac:([0-9a-f]{32})")
_BATCH = 5000


class SaidBefore(Model):
    digest = CharField(primary_key=True)
    text = TextField()
    at_ms = BigIntegerField()

    class Meta:
        table_name = "said"


class Said(Model):
    digest = CharField(primary_key=True)
    kind = CharField()
    text = TextField()
    at_ms = BigIntegerField()

    class Meta:
        table_name = "said"


class EntryMark(Model):
    kind = CharField()
    value = CharField()
    seq = BigIntegerField()

    class Meta:
        table_name = "entry_mark"
        primary_key = CompositeKey("kind", "value", "seq")
        without_rowid = True


class OddAcknowledgement(Model):
    id = AutoField()
    finding = CharField(index=True)
    at_ms = BigIntegerField()
    account = CharField()
    newest_seq = BigIntegerField()
    remark = CharField()

    class Meta:
        table_name = "odd_acknowledgement"


NEW = (EntryMark, OddAcknowledgement)


def up(migrator: SchemaMigrator, db: Any) -> None:
    """Make the tables, say of the words that are kept what they are, and mark the entries that there are."""
    _replace(db, Said, "SELECT digest, 'reason', text, at_ms FROM said_before")
    with db.bind_ctx(NEW):
        db.create_tables(NEW)
    after = -1
    while rows := list(
        db.execute_sql("SELECT seq, leaf FROM entry WHERE seq > ? ORDER BY seq LIMIT ?", (after, _BATCH))
    ):
        for seq, leaf in rows:
            for kind, value in _marks(bytes(leaf)):
                db.execute_sql(
                    "INSERT OR IGNORE INTO entry_mark (kind, value, seq) VALUES (?, ?, ?)", (kind, value, seq)
                )
        after = rows[-1][0]


def down(migrator: SchemaMigrator, db: Any) -> None:
    """Drop the tables; of the words, what was typed in searches goes and reasons stay."""
    with db.bind_ctx(NEW):
        db.drop_tables(NEW)
    _replace(db, SaidBefore, "SELECT digest, text, at_ms FROM said_before WHERE kind = 'reason'")


def _replace(db: Any, table: type[Model], filled_from: str) -> None:
    """Make `said` anew; what a table is made of must not depend on the way it came about."""
    db.execute_sql("ALTER TABLE said RENAME TO said_before")
    with db.bind_ctx((table,)):
        db.create_tables((table,))
    db.execute_sql(f"INSERT INTO said {filled_from}")
    db.execute_sql("DROP TABLE said_before")


def _marks(leaf: bytes) -> Iterator[tuple[str, str]]:
    """What can be read of a leaf; one that is none stays unmarked, for `verify` to find."""
    try:
        fields = json.loads(leaf)
        said = [value for value in (fields["target"], *fields["detail"].values()) if isinstance(value, str)]
        marks = [("said", found) for value in said for found in _DIGEST.findall(value)]
        marks += [("case", fields["case"])] if fields["case"] else []
    except (ValueError, KeyError, TypeError, AttributeError):
        return
    yield from marks
