"""The access log: stored leaves, the interior of their Merkle tree, signed heads."""

from __future__ import annotations

from peewee import SQL, BigIntegerField, BlobField, CharField, CompositeKey, IntegerField, Model, TextField

from db.engine import database


class Entry(Model):
    """One audit record. `leaf` is the record; the other columns are copies out of it, for searching."""

    seq = IntegerField(primary_key=True)
    """SQLite's row id, which has 64 bits: an index less to write."""
    leaf = BlobField()
    at_ms = BigIntegerField(index=True)
    account = CharField(null=True)
    uid = BigIntegerField(null=True)
    action = CharField()
    outcome = CharField()
    target = CharField(null=True)
    purpose = CharField(null=True)

    class Meta:
        database = database
        table_name = "entry"
        indexes = ((("account",), False), (("action",), False), (("target",), False))
        # Each ends with the row id, which is seq. Nearly every entry is allowed, and asked for are the others.


Entry.add_index(Entry.outcome, where=SQL("\"outcome\" <> 'allowed'"), name="entry_not_allowed")


class TreeNode(Model):
    """A complete subtree: at `level` 0 the hash of leaf `place`, above it the hash of two below."""

    level = IntegerField()
    place = BigIntegerField()
    hash = BlobField()

    class Meta:
        database = database
        table_name = "tree_node"
        primary_key = CompositeKey("level", "place")
        without_rowid = True


class Checkpoint(Model):
    """A signed head of the tree."""

    size = IntegerField(primary_key=True)
    at_ms = BigIntegerField()
    note = TextField()

    class Meta:
        database = database
        table_name = "checkpoint"


class Said(Model):
    """Words that people typed. Entries hold only their digest, so that the words can be erased."""

    digest = CharField(primary_key=True)
    kind = CharField()
    """`reason`: why something was asked, or a remark; `search`: a term of a search, and `opener`: the command line
    of a direct open, forgotten after a while."""
    text = TextField()
    at_ms = BigIntegerField()
    """When they were last typed."""

    class Meta:
        database = database
        table_name = "said"
