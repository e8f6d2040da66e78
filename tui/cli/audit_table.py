"""Entries of the log as rows of plain output."""

from __future__ import annotations

from agent import wire
from tui.cli.linear import NOTHING, LinearTable, local_second
from tui.text import _


def entry_table() -> LinearTable:
    return LinearTable([_("no."), _("time"), _("who"), _("action"), _("outcome"), _("what"), _("purpose"), _("reason")])


def entry_cells(entry: wire.Entry) -> list[str]:
    return [
        str(entry.seq),
        local_second(entry.at),
        who(entry.actor.account, entry.actor.uid),
        entry.action,
        entry.outcome.value,
        entry.target or NOTHING,
        " ".join(part for part in (entry.purpose, entry.case) if part) or NOTHING,
        entry.reason or NOTHING,
    ]


def who(account: str | None, uid: int | None) -> str:
    """A person by the account, else by the user of the operating system."""
    return account or (NOTHING if uid is None else f"uid {uid}")
