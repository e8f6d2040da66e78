"""What can be done on the screen of the log, besides what can be done with one of its entries."""

from __future__ import annotations

from tui.commands import Command
from tui.text import _

LOG_COMMANDS = (
    Command(action="search", key="slash", words=_("search"), help=_("Write a search in the log."), hinted=True),
    Command(action="filter", key="f", words=_("filter"), help=_("Fill in a form that makes the search."), hinted=True),
    Command(
        action="section(1)",
        key="tab,right_square_bracket",
        words=_("section"),
        help=_("The next section: people, refused, direct opens, everything."),
        hinted=True,
        in_palette=False,
    ),
    Command(
        action="section(-1)",
        key="shift+tab,left_square_bracket",
        key_words="[",
        words=_("section before"),
        help=_("The section before."),
        in_palette=False,
    ),
    Command(
        action="odd",
        key="exclamation_mark",
        words=_("odd"),
        help=_("What is odd in the log, to look into and to acknowledge."),
        hinted=True,
    ),
    Command(
        action="follow",
        key="l",
        words=_("follow"),
        help=_("Show new entries as they come, or stop doing so."),
        hinted=True,
    ),
    Command(
        action="hours",
        key="h",
        words=_("hours"),
        help=_("When the entries of this search happened, by weekday and hour."),
        hinted=True,
    ),
    Command(
        action="searched",
        key="w",
        words=_("who searched"),
        help=_("Who searched for a number or for words."),
    ),
    Command(
        action="state",
        key="i",
        words=_("state of the log"),
        help=_("Last check, checkpoint, witness and sentry, in full."),
    ),
    Command(
        action="export",
        key="E",
        words=_("export"),
        help=_("Write what is found into a file for an auditor, with its proofs."),
    ),
    Command(
        action="back",
        key="escape",
        words=_("back"),
        help=_("Back to the search before, in the end to the section of people."),
    ),
)
