from __future__ import annotations

from tui.widgets.pages import Pages


def test_a_row_is_found_by_its_index() -> None:
    pages: Pages[str] = Pages(page_rows=2)
    pages.put(1, ["c", "d"])
    assert pages.row(3) == "d"
    assert pages.row(0) is None


def test_a_row_that_has_gone_from_its_page_is_none() -> None:
    pages: Pages[str] = Pages(page_rows=3)
    pages.put(0, ["a"])
    assert pages.row(2) is None
    assert 0 in pages


def test_the_page_that_was_shown_longest_ago_is_dropped() -> None:
    pages: Pages[str] = Pages(page_rows=1, kept=2)
    pages.put(0, ["a"])
    pages.put(1, ["b"])
    assert pages.row(0) == "a"
    pages.put(2, ["c"])
    assert 0 in pages
    assert 1 not in pages


def test_every_row_comes_with_its_index() -> None:
    pages: Pages[str] = Pages(page_rows=2)
    pages.put(2, ["e", "f"])
    pages.put(0, ["a"])
    assert sorted(pages.rows()) == [(0, "a"), (4, "e"), (5, "f")]
