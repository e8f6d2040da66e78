"""The JSON file beside a recording, which says what the name does not.

It owns where a sidecar lies, how much of one is read, and which of its values are facts. Nothing in it is
ever a path or a name of a file. What is no fact is a problem and not half a fact: a key that stands twice, a
NaN, another type than expected.

    call.wav.json, or call.json, beside call.wav:
    {"started_at": "2026-11-23T14:05:02", "number": "+46701740605", "direction": "in", "extension": "3201"}

A source's settings may map each field to another place: `number = "caller.phone"`, or `"parties.0.phone"` in
a list.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from agent.intake.metadata.name import YEARS
from agent.wire import Direction

SIDECAR_LIMIT_BYTES = 1 << 20
DEPTH_LIMIT = 20
TEXT_LIMIT = 500

DEFAULT_PLACES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "started_at": ("started_at",),
        "number": ("number",),
        "direction": ("direction",),
        "adviser": ("adviser", "agent"),
        "extension": ("extension",),
        "service": ("service",),
        "queue": ("queue",),
    }
)
"""Our fields, and where they stand unless the source says otherwise."""

_SURROGATES = re.compile("[\ud800-\udfff]")
_TOKENS = re.compile(r'\\.|["\[\]{}]', re.DOTALL)
_IN = frozenset({"in", "inbound", "incoming"})
_OUT = frozenset({"out", "outbound", "outgoing"})
_EPOCH = re.compile(r"[0-9]{9,14}(\.[0-9]{1,9})?")
_MILLISECONDS_FROM = 1e11
"""An epoch from here on counts milliseconds: in seconds it would be the year 5138."""


@dataclass(frozen=True, slots=True)
class Sidecar:
    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Our fields as they stood there; an empty text and a `null` stand for "withheld" in `number`."""
    problems: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Why a field could not be read; under `sidecar` why nothing could."""


def sidecars_of(relative_name: str) -> tuple[str, str]:
    """Name the places where a recording's sidecar may lie, the more exact first."""
    return relative_name + ".json", relative_name.rpartition(".")[0] + ".json"


def read_sidecar(content: bytes, places: Mapping[str, str]) -> Sidecar:
    """Read the facts in a sidecar.

    Args:
        content: The whole file, or its first `SIDECAR_LIMIT_BYTES` + 1 bytes.
        places: Of the source's settings: our field = dotted path.
    """
    try:
        document = _document(content)
    except _UnusableError as error:
        return Sidecar(problems=MappingProxyType({"sidecar": str(error)}))
    texts: dict[str, str] = {}
    problems: dict[str, str] = {}
    unknown = sorted(set(places) - set(DEFAULT_PLACES))
    if unknown:
        problems["sidecar"] = "the settings name fields that there are not: " + ", ".join(unknown)
    for name, defaults in DEFAULT_PLACES.items():
        for path in (places[name],) if name in places else defaults:
            is_there, value = _at(document, path)
            if not is_there or (value is None and name != "number"):
                continue
            text = _text(name, value)
            if text is None:
                problems[name] = "the sidecar holds something else there than a text or a number"
            else:
                texts[name] = text
            break
    return Sidecar(MappingProxyType(texts), MappingProxyType(problems))


def read_time(said: str) -> datetime | None:
    """Read a time: ISO 8601, with or without an offset, or an epoch in seconds or milliseconds; None if it is
    none.

    Returns:
        With its zone if it had one; without one it is the source's local time.
    """
    said = said.strip()
    try:
        if _EPOCH.fullmatch(said):
            epoch = float(said)
            at = datetime.fromtimestamp(epoch / 1000 if epoch >= _MILLISECONDS_FROM else epoch, UTC)
        elif len(said) > len("2026-11-23"):
            at = datetime.fromisoformat(said)
        else:
            return None  # a date alone is no time
    except (ValueError, OverflowError, OSError):
        return None
    return at if at.year in YEARS else None


def read_direction(said: str) -> Direction | None:
    word = said.strip().casefold()
    if word in _IN:
        return Direction.IN
    return Direction.OUT if word in _OUT else None


class _UnusableError(ValueError):
    """Why nothing can be read from a sidecar."""


def _document(content: bytes) -> dict[str, Any]:
    if len(content) > SIDECAR_LIMIT_BYTES:
        raise _UnusableError("the sidecar is larger than a sidecar")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _UnusableError("the sidecar is not UTF-8") from None
    if _is_deep(text):
        raise _UnusableError("the sidecar is nested too deeply")
    try:
        document = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except _UnusableError:
        raise
    except ValueError:
        raise _UnusableError("the sidecar is not JSON") from None
    if not isinstance(document, dict):
        raise _UnusableError("the sidecar is not a JSON object")
    return document


def _is_deep(text: str) -> bool:
    """Tell whether brackets outside of texts stand too deep: the parser would run out of stack."""
    depth = 0
    is_inside_text = False
    for token in _TOKENS.finditer(text):
        mark = token[0]
        if mark == '"':
            is_inside_text = not is_inside_text
        elif is_inside_text or mark[0] == "\\":
            continue
        elif mark in "[{":
            depth += 1
            if depth > DEPTH_LIMIT:
                return True
        else:
            depth -= 1
    return False


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _UnusableError("a key stands twice in the sidecar")
    return found


def _constant(name: str) -> float:
    raise _UnusableError("the sidecar holds a number that is none")


def _at(document: Any, path: str) -> tuple[bool, Any]:
    for step in path.split("."):
        if isinstance(document, dict) and step in document:
            document = document[step]
        elif isinstance(document, list) and step.isascii() and step.isdigit() and int(step[:6]) < len(document):
            document = document[int(step[:6])]
        else:
            return False, None
    return True, document


def _text(name: str, value: Any) -> str | None:
    if value is None:
        return ""
    if isinstance(value, str):
        return _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", value[:TEXT_LIMIT])
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**18 else None
    if isinstance(value, float) and math.isfinite(value) and name == "started_at":
        return f"{value:.3f}"
    return None
