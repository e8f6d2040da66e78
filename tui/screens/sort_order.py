"""Choose the order of the contacts."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from agent.wire import ContactSort
from tui.screens.shell import Dialog
from tui.text import _
from tui.widgets.choice_list import ChoiceList
from tui.widgets.key_hints import KeyHints

ORDER_WORDS = {
    ContactSort.NEWEST: _("newest first"),
    ContactSort.OLDEST: _("oldest first"),
    ContactSort.LONGEST: _("longest first"),
    ContactSort.SHORTEST: _("shortest first"),
    ContactSort.ADVISER: _("by adviser"),
    ContactSort.SERVICE: _("by service"),
}


class SortOrder(Dialog[ContactSort]):
    """A list of the orders; the present one is selected."""

    def __init__(self, present: ContactSort) -> None:
        super().__init__()
        self._present = present

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static(_("Order of the list"), classes="title", markup=False)
            yield ChoiceList(
                *(Option(Content(words), id=order.name) for order, words in ORDER_WORDS.items()), markup=False
            )
        yield KeyHints()

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = list(ORDER_WORDS).index(self._present)

    @on(OptionList.OptionSelected)
    def _choose(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(ContactSort[str(message.option_id)])
