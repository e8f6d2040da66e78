"""The content of a sidecar as names and values: JSON, XML or CSV, told apart by how it begins.

It owns the bounds: size, depth, what is refused. Nothing in a document is ever a path, an address or a name that is
looked up; an XML with a DTD or an entity of its own is refused whole (`defusedxml`).

    JSON  an object; a key that stands twice is refused, a NaN too
    XML   every element an object of its attributes and elements, a text where it has neither; one that stands several
          times is a list. `<Session id="7"><Request/></Session>` → {"Session": {"id": "7", "Request": ""}}
    CSV   a line of names and a line of values; or one line alone, whose values are counted from 0.
          Parted by comma, semicolon or tabulator, whichever stands in the first line most often.
"""

from __future__ import annotations

import csv
import json
import re
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

LIMIT_BYTES = 1 << 20
DEPTH_LIMIT = 20
CSV_CELLS_LIMIT = 500

_TOKENS = re.compile(r'\\.|["\[\]{}]', re.DOTALL)
_SEPARATORS = ",;\t"


class DocumentUnusable(ValueError):
    """Why nothing can be read from a document, in English and without any of its text."""


def read_document(content: bytes) -> dict[str, Any]:
    """Read a document.

    Args:
        content: The whole file, or its first `LIMIT_BYTES` + 1 bytes.

    Raises:
        DocumentUnusable: it is none, or one that could do harm.
    """
    if len(content) > LIMIT_BYTES:
        raise DocumentUnusable("the sidecar is larger than a sidecar")
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start == b"<" or content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _xml(content.removeprefix(b"\xef\xbb\xbf").lstrip() if start == b"<" else content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DocumentUnusable("the sidecar is not UTF-8") from None
    if start in (b"{", b"[", b'"') and not _is_csv(text):
        return _json(text)
    return _csv(text)


# --- JSON ---------------------------------------------------------------------------------------------------


def _json(text: str) -> dict[str, Any]:
    if _is_deep(text):
        raise DocumentUnusable("the sidecar is nested too deeply")
    try:
        document = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except DocumentUnusable:
        raise
    except ValueError:
        raise DocumentUnusable("the sidecar is not JSON") from None
    if not isinstance(document, dict):
        raise DocumentUnusable("the sidecar is not a JSON object")
    return document


def _is_deep(text: str) -> bool:
    """Tell whether brackets outside of texts stand too deep: the parser would run out of stack."""
    depth = 0
    is_inside_text = False
    for found in _TOKENS.finditer(text):
        mark = found[0]
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
        raise DocumentUnusable("a key stands twice in the sidecar")
    return found


def _constant(name: str) -> float:
    raise DocumentUnusable("the sidecar holds a number that is none")


# --- XML ----------------------------------------------------------------------------------------------------


def _xml(content: bytes) -> dict[str, Any]:
    builder = _Builder()
    parser = DefusedXMLParser(  # type: ignore[no-untyped-call] # defusedxml has no types
        target=builder, forbid_dtd=True, forbid_entities=True, forbid_external=True
    )
    try:
        parser.feed(content)
        parser.close()
    except DocumentUnusable:
        raise
    except DefusedXmlException:
        raise DocumentUnusable("the sidecar has a document type or entities of its own") from None
    except (ParseError, ValueError, LookupError):
        # An encoding that expat does not know is a LookupError or a ValueError.
        raise DocumentUnusable("the sidecar is not XML") from None
    return builder.document


class _Builder:
    """Makes objects of elements as the parser meets them, no deeper than `DEPTH_LIMIT`."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = {}
        self._open: list[dict[str, Any]] = [self.document]
        self._names: list[str] = []
        self._texts: list[list[str]] = [[]]

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) > DEPTH_LIMIT:
            raise DocumentUnusable("the sidecar is nested too deeply")
        self._open.append({_local(attribute): value for attribute, value in attributes.items()})
        self._names.append(_local(name))
        self._texts.append([])

    def data(self, text: str) -> None:
        self._texts[-1].append(text)

    def end(self, name: str) -> None:
        element, text = self._open.pop(), "".join(self._texts.pop()).strip()
        own_name = self._names.pop()
        around = self._open[-1]
        value: Any = element if element else text
        if element and text:
            element.setdefault("", text)
        if own_name not in around:
            around[own_name] = value
        elif isinstance(around[own_name], list):
            around[own_name].append(value)
        else:
            around[own_name] = [around[own_name], value]

    def close(self) -> None:
        pass


def _local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2]


# --- CSV ----------------------------------------------------------------------------------------------------


def _is_csv(text: str) -> bool:
    """Tell whether a text that starts with a quotation mark is a table rather than a JSON text."""
    first = text.lstrip("\ufeff \t\r\n").partition("\n")[0]
    return first.startswith('"') and any(f'"{separator}' in first for separator in _SEPARATORS)


def _csv(text: str) -> dict[str, Any]:
    lines = text.strip("\r\n").splitlines()
    if not lines or "\0" in text:
        raise DocumentUnusable("the sidecar is no JSON, XML or CSV")
    separator = max(_SEPARATORS, key=lines[0].count)
    if separator not in lines[0]:
        raise DocumentUnusable("the sidecar is no JSON, XML or CSV")
    try:
        rows = [row for row in csv.reader(lines[:3], delimiter=separator, strict=True) if any(row)]
    except csv.Error:
        raise DocumentUnusable("the sidecar is not CSV") from None
    if not rows:
        raise DocumentUnusable("the sidecar is no JSON, XML or CSV")
    if len(rows) > 2 or len(lines) > 3:
        raise DocumentUnusable("the sidecar has lines for several calls")
    if any(len(row) > CSV_CELLS_LIMIT for row in rows):
        raise DocumentUnusable("the sidecar has more columns than a sidecar")
    if len(rows) == 1:
        return {str(column): value for column, value in enumerate(rows[0])}
    names, values = ([cell.strip() for cell in row] for row in rows)
    if len(names) != len(values) or len(set(names)) != len(names):
        raise DocumentUnusable("the sidecar's names and values do not fit together")
    return dict(zip(names, values, strict=True))
