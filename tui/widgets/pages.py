"""Pages of a long list that have been fetched, the least recently shown dropped first. No I/O."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import Generic, TypeVar

Row = TypeVar("Row")

PAGE_ROWS = 100
KEPT_PAGES = 32


class Pages(Generic[Row]):
    """Rows by their index in the list, as far as they are here."""

    def __init__(self, *, page_rows: int = PAGE_ROWS, kept: int = KEPT_PAGES) -> None:
        self.page_rows = page_rows
        self._kept = kept
        self._pages: OrderedDict[int, list[Row]] = OrderedDict()

    def __contains__(self, number: int) -> bool:
        return number in self._pages

    def put(self, number: int, rows: list[Row]) -> None:
        """Keep a page, in place of an earlier one of the same number."""
        self._pages[number] = rows
        self._pages.move_to_end(number)
        while len(self._pages) > self._kept:
            self._pages.popitem(last=False)

    def row(self, index: int) -> Row | None:
        """The row at an index; None when it is not here or has gone since the list was asked for."""
        number, place = divmod(index, self.page_rows)
        page = self._pages.get(number)
        if page is None:
            return None
        self._pages.move_to_end(number)
        return page[place] if place < len(page) else None

    def number_of(self, index: int) -> int:
        return index // self.page_rows

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Every row that is here, with its index."""
        for number, page in self._pages.items():
            for place, row in enumerate(page):
                yield number * self.page_rows + place, row
