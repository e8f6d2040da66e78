"""Plain output, line after line: columns that line up, times with their zone, JSON.

It prints to standard output only. What it gets is clean already (`agent.client` cleans every reply); it
adds no colour and no box, so that a pipe, a bare console and a screen reader get the same.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime

import click
from rich.cells import cell_len

GAP = "  "
NOTHING = "-"


class LinearTable:
    """A table whose rows come in batches.

    Args:
        labels: Of the columns. The last column is not padded.
    """

    def __init__(self, labels: Sequence[str]) -> None:
        self._labels = tuple(labels)
        self._widths: list[int] | None = None

    def print(self, rows: Sequence[Sequence[str]]) -> None:
        """Print some rows; the first batch is preceded by the labels and decides how wide the columns are."""
        if self._widths is None:
            shown = [self._labels, *rows]
            self._widths = [max(map(cell_len, column)) for column in zip(*shown, strict=True)]
        else:
            shown = list(rows)
        for row in shown:
            padded = [cell + " " * (width - cell_len(cell)) for cell, width in zip(row, self._widths, strict=True)]
            click.echo(GAP.join(padded).rstrip())


def local_second(at: datetime) -> str:
    """A moment in the viewer's zone, to the second, with its distance from UTC."""
    return at.astimezone().isoformat(" ", "seconds")


def zone() -> str:
    """The viewer's zone, said once above a column of times: `EET`, or `EET/EEST` where clocks change."""
    winter, summer = time.tzname
    return f"{winter}/{summer}" if time.daylight else winter


def json_line(body: str) -> None:
    """Print one object of JSON, in UTF-8 whatever the locale (RFC 8259, section 8.1)."""
    click.echo(body.encode("utf-8"))
