"""The tables, one concept a file. Nothing above `db.queries` ever holds a model."""

from __future__ import annotations

from peewee import Model

from db.models.account import Account, Agreement, RoleGrant, SavedSearch, Session
from db.models.annotation import CaseLink, Note, Tag
from db.models.contact import Contact, Facet, Recording
from db.models.intake import Arrival, CallLeg, ContactChange, InPlace, Quarantine, Removal
from db.models.log import Checkpoint, Entry, Said, TreeNode
from db.models.review import EntryMark, OddAcknowledgement
from db.models.text import ContactText, FacetText
from db.models.witness import Cosignature, ForwardPosition, WitnessRefusal

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
    EntryMark,
    OddAcknowledgement,
    Arrival,
    CallLeg,
    ContactChange,
    Cosignature,
    WitnessRefusal,
    ForwardPosition,
    InPlace,
)
"""In the order in which they can be created."""

__all__ = [
    "TABLES",
    "Account",
    "Agreement",
    "Arrival",
    "CallLeg",
    "CaseLink",
    "Checkpoint",
    "Contact",
    "ContactChange",
    "ContactText",
    "Cosignature",
    "Entry",
    "EntryMark",
    "Facet",
    "FacetText",
    "ForwardPosition",
    "InPlace",
    "Note",
    "OddAcknowledgement",
    "Quarantine",
    "Recording",
    "Removal",
    "RoleGrant",
    "Said",
    "SavedSearch",
    "Session",
    "Tag",
    "TreeNode",
    "WitnessRefusal",
]
