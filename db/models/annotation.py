"""What people add to a contact: notes, tags, and the cases it was opened for."""

from __future__ import annotations

from peewee import AutoField, BigIntegerField, CharField, CompositeKey, ForeignKeyField, Model, TextField

from db.engine import database
from db.models.contact import Contact


class Note(Model):
    id = AutoField()
    contact = ForeignKeyField(Contact, on_delete="RESTRICT")
    at_ms = BigIntegerField()
    author = CharField()
    text = TextField()
    position_ms = BigIntegerField(null=True)

    class Meta:
        database = database
        table_name = "note"


class Tag(Model):
    contact = ForeignKeyField(Contact, on_delete="RESTRICT", index=False)
    tag = CharField()
    tag_key = CharField()
    """As `db.queries.words.folded` makes it: a tag in capitals is the same tag."""

    class Meta:
        database = database
        table_name = "tag"
        primary_key = CompositeKey("contact", "tag_key")
        indexes = ((("tag_key", "contact"), False),)


class CaseLink(Model):
    """A contact was opened for this case."""

    contact = ForeignKeyField(Contact, on_delete="RESTRICT", index=False)
    case_reference = CharField()
    case_key = CharField()
    """As `db.queries.words.folded` makes it."""

    class Meta:
        database = database
        table_name = "case_link"
        primary_key = CompositeKey("contact", "case_key")
        indexes = ((("case_key", "contact"), False),)
