"""The file beside a recording, which says what the name does not.

It owns where a sidecar lies and which of its values are facts. Nothing in it is ever a path or a name of a file. What
is no fact is a problem and not half a fact: a value of another type than expected, a document that is broken.

    call.wav.json, call.json (or .xml, .csv, in capitals too) beside call.wav:
    {"started_at": "2026-11-23T14:05:02", "number": "+46701740605", "direction": "in", "extension": "3201"}

A source says by `sidecar_map` whose sidecars these are, and by `sidecar` where else a field stands. A place is a path:

    caller.phone        a value inside of another
    parties.0.phone     of the first in a list; of an XML element too that stands only once
    **.Request.queue    wherever `Request` stands, first the outer ones
    3                   the fourth column of a CSV that has no line of names
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from agent.intake.metadata.document import LIMIT_BYTES, DocumentUnusable, read_document
from agent.intake.metadata.name import YEARS
from agent.intake.metadata.sidecar_maps import MAPS
from agent.intake.metadata.statement import FIELDS, PARTIES, SIDECAR, Statement
from agent.settings import SidecarField
from agent.wire import Direction

SIDECAR_LIMIT_BYTES = LIMIT_BYTES
TEXT_LIMIT = 500
ENDINGS = ("json", "xml", "csv")

_UNKEPT = re.compile("[\0\ud800-\udfff]")
"""What no register keeps as text."""
_IN = frozenset({"in", "inbound", "incoming"})
_OUT = frozenset({"out", "outbound", "outgoing"})
_EPOCH = re.compile(r"[0-9]{9,14}(\.[0-9]{1,9})?")
_MILLISECONDS_FROM = 1e11
"""An epoch from here on counts milliseconds: in seconds it would be the year 5138."""


def sidecars_of(relative_name: str) -> tuple[str, ...]:
    """Name the places where a recording's sidecar may lie, the more exact first."""
    stem = relative_name.rpartition(".")[0]
    spelt = [spelling for ending in ENDINGS for spelling in (ending, ending.upper())]
    return tuple(f"{name}.{ending}" for ending in spelt for name in (relative_name, stem))


def is_sidecar(name: str) -> bool:
    """Tell by its name whether a file may be a recording's sidecar."""
    return name.lower().endswith(tuple(f".{ending}" for ending in ENDINGS))


def read_sidecar(content: bytes, places: Mapping[SidecarField, str], sidecar_map: str = "own") -> Statement:
    """Read the facts in a sidecar.

    Args:
        content: The whole file, or its first `SIDECAR_LIMIT_BYTES` + 1 bytes.
        places: Of the source's settings: our field = path, before those of the map.
        sidecar_map: Whose sidecar it is, a key of `MAPS`.
    """
    try:
        document = read_document(content)
    except DocumentUnusable as error:
        return Statement(problems=MappingProxyType({SIDECAR: str(error)}))
    texts: dict[str, str] = {}
    problems: dict[str, str] = {}
    for name in FIELDS:
        for path in (places[name],) if name in places else MAPS[sidecar_map].get(name, ()):
            is_there, value = value_at(document, path)
            if not is_there or (value is None and name not in PARTIES):
                continue
            text = _text(name, value)
            if text is None:
                problems[name] = "the sidecar holds something else there than a text or a number"
            else:
                texts[name] = text
            break
    return Statement(SIDECAR, MappingProxyType(texts), MappingProxyType(problems))


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


def read_direction(said: str, words: Mapping[str, str] = MappingProxyType({})) -> Direction | None:
    """Read a word for a direction.

    Args:
        said: The word.
        words: The source's own, beside the known ones: `inkommande` = `in`.
    """
    word = said.strip().casefold()
    own = {own.casefold(): way for own, way in words.items()}
    if word in own:
        return Direction(own[word])
    if word in _IN:
        return Direction.IN
    return Direction.OUT if word in _OUT else None


def value_at(document: Any, path: str) -> tuple[bool, Any]:
    """Whether something stands at a path, and what."""
    return _at(document, _steps(path))


@lru_cache(maxsize=256)
def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.split("."))


def _at(document: Any, steps: tuple[str, ...]) -> tuple[bool, Any]:
    for passed, step in enumerate(steps):
        if step == "**":
            return _anywhere(document, steps[passed + 1 :])
        if isinstance(document, dict):
            if step in document:
                document = document[step]
            elif step != "0":
                return False, None
        elif isinstance(document, list) and step.isascii() and step.isdigit() and int(step[:6]) < len(document):
            document = document[int(step[:6])]
        else:
            return False, None
    # The text of an XML element that has attributes too.
    is_text = isinstance(document, dict) and isinstance(document.get(""), str)
    return True, document[""] if is_text else document


def _anywhere(document: Any, steps: tuple[str, ...]) -> tuple[bool, Any]:
    level = [document]
    while steps and level:
        for inner in level:
            is_there, value = _at(inner, steps) if isinstance(inner, dict) and steps[0] in inner else (False, None)
            if is_there:
                return True, value
        level = [
            value
            for inner in level
            for value in (inner.values() if isinstance(inner, dict) else inner)
            if isinstance(value, dict | list)
        ]
    return False, None


def _text(name: str, value: Any) -> str | None:
    if value is None:
        return ""
    if isinstance(value, str):
        return _UNKEPT.sub("\N{REPLACEMENT CHARACTER}", value[:TEXT_LIMIT])
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**18 else None
    if isinstance(value, float) and math.isfinite(value) and name == "started_at":
        return f"{value:.3f}"
    return None
