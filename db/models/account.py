"""People: accounts, what they may do, their agreements, sessions and saved searches."""

from __future__ import annotations

from peewee import (
    AutoField,
    BigIntegerField,
    BlobField,
    CharField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)

from db.engine import database


class Account(Model):
    """A person's personal login. It is disabled, never deleted, and its name is never used again."""

    user = CharField(primary_key=True)
    display_name = CharField()
    password = TextField()
    """Argon2id, in the PHC string format."""
    created_at_ms = BigIntegerField()
    disabled_at_ms = BigIntegerField(null=True)
    failures = IntegerField(default=0)
    """Wrong passwords in a row."""
    locked_until_ms = BigIntegerField(null=True)

    class Meta:
        database = database
        table_name = "account"


class RoleGrant(Model):
    id = AutoField()
    account = ForeignKeyField(Account, backref="grants", on_delete="RESTRICT")
    role = CharField()
    granted_at_ms = BigIntegerField()
    revoked_at_ms = BigIntegerField(null=True)

    class Meta:
        database = database
        table_name = "role_grant"


class Agreement(Model):
    """A secrecy agreement on file."""

    id = AutoField()
    account = ForeignKeyField(Account, on_delete="RESTRICT")
    reference = CharField()
    valid_from_ms = BigIntegerField()
    valid_until_ms = BigIntegerField()

    class Meta:
        database = database
        table_name = "agreement"


class Session(Model):
    id = CharField(primary_key=True)
    account = ForeignKeyField(Account, on_delete="RESTRICT")
    token_sha256 = BlobField(unique=True)
    uid = IntegerField()
    """The OS user that asked for it; nobody else can use it."""
    via = CharField()
    created_at_ms = BigIntegerField()
    expires_at_ms = BigIntegerField()
    ended_at_ms = BigIntegerField(null=True)

    class Meta:
        database = database
        table_name = "session"


class SavedSearch(Model):
    account = ForeignKeyField(Account, on_delete="RESTRICT")
    name = CharField()
    query = TextField()

    class Meta:
        database = database
        table_name = "saved_search"
        primary_key = CompositeKey("account", "name")
