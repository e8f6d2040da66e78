"""The JSON contract between the agent and whoever asks: the terminal UI, scripts, curl.

It owns the shape of every body and the names in it, nothing else. Times are RFC 3339 in UTC, lengths in seconds,
numbers E.164. What a body is refused for, see `agent.errors`; a refusal travels as `Problem` (RFC 9457).
"""

from __future__ import annotations

from agent.wire.body import API, PAGE_LIMIT, WAVEFORM_COLUMNS, Asked, Body, Count, Instant, Item, Page
from agent.wire.contacts import (
    Change,
    Contact,
    NewNote,
    NewSavedSearch,
    NewTag,
    Note,
    Position,
    Provenance,
    Recording,
    SavedSearch,
    ShownContact,
    Waveform,
)
from agent.wire.intake import (
    AcknowledgeStanding,
    CallWithoutRecording,
    Event,
    IntakeStatus,
    QuarantineItem,
    RecordingWithoutCall,
    ScanStatus,
    SourceStatus,
    Standing,
    Status,
    Unmatched,
    UnmatchedSource,
)
from agent.wire.log import Acknowledge, Acknowledged, Actor, Entry, Hours, LogState, Odd, SentryState, WitnessState
from agent.wire.problem import Problem
from agent.wire.session import Account, Me, Session, SignIn
from agent.wire.words import Capability, ContactSort, Direction, Medium, Outcome, Purpose, Role

__all__ = [
    "API",
    "PAGE_LIMIT",
    "WAVEFORM_COLUMNS",
    "Account",
    "Acknowledge",
    "AcknowledgeStanding",
    "Acknowledged",
    "Actor",
    "Asked",
    "Body",
    "CallWithoutRecording",
    "Capability",
    "Change",
    "Contact",
    "ContactSort",
    "Count",
    "Direction",
    "Entry",
    "Event",
    "Hours",
    "Instant",
    "IntakeStatus",
    "Item",
    "LogState",
    "Me",
    "Medium",
    "NewNote",
    "NewSavedSearch",
    "NewTag",
    "Note",
    "Odd",
    "Outcome",
    "Page",
    "Position",
    "Problem",
    "Provenance",
    "Purpose",
    "QuarantineItem",
    "Recording",
    "RecordingWithoutCall",
    "Role",
    "SavedSearch",
    "ScanStatus",
    "SentryState",
    "Session",
    "ShownContact",
    "SignIn",
    "SourceStatus",
    "Standing",
    "Status",
    "Unmatched",
    "UnmatchedSource",
    "Waveform",
    "WitnessState",
]
