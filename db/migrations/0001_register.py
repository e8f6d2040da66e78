"""The first schema: people, contacts and their words, the log, what the intake must remember."""

from __future__ import annotations

from typing import Any, ClassVar

from peewee import (
    AutoField,
    BigIntegerField,
    BlobField,
    BooleanField,
    CharField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)
from playhouse.migrate import SchemaMigrator
from playhouse.sqlite_ext import AutoIncrementField, FTS5Model, SearchField

_column: Any = SearchField  # peewee gives it no types
_WORDS: dict[str, str] = {"tokenize": "unicode61 remove_diacritics 0", "prefix": "'2 3 4'"}


class Account(Model):
    user = CharField(primary_key=True)
    display_name = CharField()
    password = TextField()
    created_at_ms = BigIntegerField()
    disabled_at_ms = BigIntegerField(null=True)
    failures = IntegerField(default=0)
    locked_until_ms = BigIntegerField(null=True)

    class Meta:
        table_name = "account"


class RoleGrant(Model):
    id = AutoField()
    account = ForeignKeyField(Account, backref="grants", on_delete="RESTRICT")
    role = CharField()
    granted_at_ms = BigIntegerField()
    revoked_at_ms = BigIntegerField(null=True)

    class Meta:
        table_name = "role_grant"


class Agreement(Model):
    id = AutoField()
    account = ForeignKeyField(Account, on_delete="RESTRICT")
    reference = CharField()
    valid_from_ms = BigIntegerField()
    valid_until_ms = BigIntegerField()

    class Meta:
        table_name = "agreement"


class Session(Model):
    id = CharField(primary_key=True)
    account = ForeignKeyField(Account, on_delete="RESTRICT")
    token_sha256 = BlobField(unique=True)
    uid = IntegerField()
    via = CharField()
    created_at_ms = BigIntegerField()
    expires_at_ms = BigIntegerField()
    ended_at_ms = BigIntegerField(null=True)

    class Meta:
        table_name = "session"


class SavedSearch(Model):
    account = ForeignKeyField(Account, on_delete="RESTRICT")
    name = CharField()
    query = TextField()

    class Meta:
        table_name = "saved_search"
        primary_key = CompositeKey("account", "name")


class Facet(Model):
    id = AutoField()
    medium = CharField()
    direction = CharField(null=True)
    withheld = BooleanField()
    adviser = CharField(null=True)
    adviser_account = CharField(null=True)
    service = CharField(null=True)
    extension = CharField(null=True)
    source = CharField()
    zone = CharField()
    attention = BooleanField()
    noted = BooleanField()
    adviser_key = CharField(null=True)
    account_key = CharField(null=True)
    service_key = CharField(null=True)
    contacts = BigIntegerField(default=0)

    class Meta:
        table_name = "facet"
        indexes = (
            (("adviser", "service", "direction", "extension", "source"), False),
            (("adviser_account",), False),
        )


class Contact(Model):
    seq = AutoIncrementField()
    id = CharField(unique=True)
    facet = ForeignKeyField(Facet, on_delete="RESTRICT", index=False)
    started_at_ms = BigIntegerField()
    duration_ms = BigIntegerField()
    number = CharField(null=True, index=True)
    number_reversed = CharField(null=True, index=True)
    taken_in_at_ms = BigIntegerField()
    attention = TextField(null=True)
    provenance = TextField()

    class Meta:
        table_name = "contact"
        indexes = (
            (("started_at_ms", "seq", "facet", "duration_ms"), False),
            (("duration_ms", "seq", "facet", "started_at_ms"), False),
            (("facet", "started_at_ms", "seq", "duration_ms"), False),
        )


class Recording(Model):
    id = CharField(primary_key=True)
    contact = ForeignKeyField(Contact, backref="recordings", on_delete="RESTRICT")
    sha256 = BlobField(index=True)
    size_bytes = BigIntegerField()
    encoding = CharField()
    rate_hz = IntegerField()
    channels = IntegerField()
    bits = IntegerField()
    duration_ms = BigIntegerField()
    interrupted = BooleanField()
    source_name = TextField()
    data_offset = BigIntegerField()
    data_bytes = BigIntegerField()
    block_bytes = IntegerField()
    block_frames = IntegerField()
    wrapped_key = BlobField()
    sidecar = BlobField(null=True)

    class Meta:
        table_name = "recording"


class Note(Model):
    id = AutoField()
    contact = ForeignKeyField(Contact, on_delete="RESTRICT")
    at_ms = BigIntegerField()
    author = CharField()
    text = TextField()
    position_ms = BigIntegerField(null=True)

    class Meta:
        table_name = "note"


class Tag(Model):
    contact = ForeignKeyField(Contact, on_delete="RESTRICT", index=False)
    tag = CharField()
    tag_key = CharField()

    class Meta:
        table_name = "tag"
        primary_key = CompositeKey("contact", "tag_key")
        indexes = ((("tag_key", "contact"), False),)


class CaseLink(Model):
    contact = ForeignKeyField(Contact, on_delete="RESTRICT", index=False)
    case_reference = CharField()
    case_key = CharField()

    class Meta:
        table_name = "case_link"
        primary_key = CompositeKey("contact", "case_key")
        indexes = ((("case_key", "contact"), False),)


class ContactText(FTS5Model):
    words = _column()

    class Meta:
        table_name = "contact_text"
        options: ClassVar[dict[str, str]] = _WORDS


class FacetText(FTS5Model):
    adviser = _column()
    service = _column()

    class Meta:
        table_name = "facet_text"
        options: ClassVar[dict[str, str]] = _WORDS


class Entry(Model):
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


class TreeNode(Model):
    level = IntegerField()
    place = BigIntegerField()
    hash = BlobField()

    class Meta:
        table_name = "tree_node"
        primary_key = CompositeKey("level", "place")
        without_rowid = True


class Checkpoint(Model):
    size = BigIntegerField(primary_key=True)
    at_ms = BigIntegerField()
    note = TextField()

    class Meta:
        table_name = "checkpoint"


class Said(Model):
    digest = CharField(primary_key=True)
    text = TextField()
    at_ms = BigIntegerField()

    class Meta:
        table_name = "said"


class Quarantine(Model):
    id = CharField(primary_key=True)
    at_ms = BigIntegerField()
    source = CharField()
    path = BlobField()
    reason = CharField()
    detail = TextField()
    size_bytes = BigIntegerField()
    identity = CharField(index=True)
    sha256 = BlobField(null=True)
    wrapped_key = BlobField(null=True)
    sidecar = BlobField(null=True)
    ended_at_ms = BigIntegerField(null=True)

    class Meta:
        table_name = "quarantine"


class Removal(Model):
    id = CharField(primary_key=True)
    source = CharField()
    path = BlobField()
    device = BigIntegerField()
    inode = BigIntegerField()
    size_bytes = BigIntegerField()
    mtime_ns = BigIntegerField()

    class Meta:
        table_name = "removal"


TABLES: tuple[type[Model], ...] = (
    Account,
    RoleGrant,
    Agreement,
    Session,
    SavedSearch,
    Facet,
    Contact,
    Recording,
    Note,
    Tag,
    CaseLink,
    ContactText,
    FacetText,
    Entry,
    TreeNode,
    Checkpoint,
    Said,
    Quarantine,
    Removal,
)


def up(migrator: SchemaMigrator, db: Any) -> None:
    """Make every table."""
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES)
    # A word that was removed must be gone from the index, not marked as gone (sqlite.org/fts5.html, 6.10).
    db.execute_sql("INSERT INTO contact_text (contact_text, rank) VALUES ('secure-delete', 1)")
    db.execute_sql("INSERT INTO facet_text (facet_text, rank) VALUES ('secure-delete', 1)")


def down(migrator: SchemaMigrator, db: Any) -> None:
    """Drop every table, and all that it holds."""
    with db.bind_ctx(TABLES):
        db.drop_tables(TABLES)
