"""What something beside a recording says about its call: a sidecar, or a line of the telephone system's own records.

field       says
started_at  when the recording began: ISO 8601, or seconds or milliseconds since 1970
number      the customer's number, whichever way the call went
caller      who called; with `called`, it also tells the direction when one of the two is the house's
called      who was called
direction   a word for in or out
adviser     name, account or extension of the adviser
extension   the adviser's telephone
service     the service
queue       the queue or called number, as in [services]
queue_name  what that is called; it is the service when the settings know none for the queue
call_id     the recorder's own name of the call
channel1    whose the first channel is; channel2 likewise
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import get_args

from agent.settings import SidecarField

FIELDS: tuple[SidecarField, ...] = get_args(SidecarField)
PARTIES: frozenset[str] = frozenset({"number", "caller", "called"})
"""Of these, an empty text and a `null` stand for "withheld"."""

SIDECAR = "sidecar"
CALL_RECORD = "call record"


@dataclass(frozen=True, slots=True)
class Statement:
    read_from: str = SIDECAR
    """`sidecar` or `call record`, as a provenance says it."""
    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Our fields as they stood there."""
    problems: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Why a field could not be read; under `read_from` why nothing could."""
