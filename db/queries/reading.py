"""Rows out of a peewee query, with types that say what they are.

Peewee's own annotations name the model whatever is selected; here a row is a tuple or a dict, as it was asked for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from peewee import SQL

from db.engine import database


def tuples(query: Any) -> list[tuple[Any, ...]]:
    return list(query.tuples())


def dicts(query: Any) -> list[dict[str, Any]]:
    return list(query.dicts())


def first_tuple(query: Any) -> tuple[Any, ...] | None:
    return next(iter(tuples(query.limit(1))), None)


def asked(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows of a question that is asked so often that peewee would take longer to write it than SQLite to answer.

    Nothing is converted: truth values are 0 and 1.
    """
    return list(database.execute_sql(sql, values))


def stored_tuples(query: Any) -> list[tuple[Any, ...]]:
    """The rows of a peewee query, nothing converted."""
    return list(database.execute(query))


def written_once(query: Callable[[], Any]) -> Callable[[], str]:
    """The SQL of a query for `asked`, made by peewee the first time; the values in it are left out."""
    return cache(lambda: str(query().sql()[0]))


def inserting(model: Any, *names: str) -> Callable[..., int]:
    """How to insert a row of these columns, in this order; it returns the row's id.

    The SQL is written once, for the reason that `asked` gives. Values go as they are: no defaults, no conversion.
    """
    table = model._meta.table_name
    columns = ", ".join(f'"{getattr(model, name).column_name}"' for name in names)
    places = ", ".join("?" * len(names))
    sql = f'INSERT INTO "{table}" ({columns}) VALUES ({places})'  # noqa: S608 - names of the models, no values
    return lambda *values: int(database.execute_sql(sql, values).lastrowid)


def among(column: Any, numbers: Sequence[int] = ()) -> Any:
    """A condition that a column is one of these, with `json.dumps` of them all as its one value."""
    return column.in_(SQL("(SELECT value FROM json_each(?))", [json.dumps(numbers)]))
