"""What a list as a whole is like, and how it says so."""

from __future__ import annotations

from enum import Enum, auto

from agent.errors import EarwitnessError, NotPermitted
from tui.text import _, sentence


class ListState(Enum):
    LOADING = auto()
    SHOWN = auto()
    EMPTY = auto()
    FAILED = auto()
    REFUSED = auto()

    @classmethod
    def of_error(cls, error: EarwitnessError) -> ListState:
        return cls.REFUSED if isinstance(error, NotPermitted) else cls.FAILED

    @property
    def tone(self) -> str:
        return "error" if self in (ListState.FAILED, ListState.REFUSED) else "muted"

    def words(self, *, empty: str, error: EarwitnessError | None) -> str:
        """What stands in place of rows; an empty text when there are some."""
        why = sentence(error) if error else ""
        return {
            ListState.LOADING: _("Reading …"),
            ListState.SHOWN: "",
            ListState.EMPTY: empty,
            ListState.FAILED: _("Failed: {why} r tries again.").format(why=why),
            ListState.REFUSED: _("Refused: {why}").format(why=why),
        }[self]
