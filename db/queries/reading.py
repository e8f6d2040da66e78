"""Rows out of a peewee query, with types that say what they are.

Peewee's own annotations name the model whatever is selected; here a row is a tuple or a dict, as it was asked for.
"""

from __future__ import annotations

from typing import Any


def tuples(query: Any) -> list[tuple[Any, ...]]:
    return list(query.tuples())


def dicts(query: Any) -> list[dict[str, Any]]:
    return list(query.dicts())


def first_tuple(query: Any) -> tuple[Any, ...] | None:
    return next(iter(tuples(query.limit(1))), None)
