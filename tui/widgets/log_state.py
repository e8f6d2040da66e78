"""The state of the log in one line, always in sight: read when something happened, and drawn only when it changed.

A log that can no longer be written makes no event, so it is also asked for now and then.
"""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget

from agent import wire
from agent.client import clean
from agent.errors import EarwitnessError, NotSignedIn
from tui import clock
from tui.session import LiveSession, session_of
from tui.text import _, sentence
from tui.widgets.columns import Tone, fitted
from tui.widgets.log_state_words import StatePart, state_parts

SETTLE_S = 5.0
"""It is asked for no more often than this, however much is logged."""
ASK_AGAIN_S = 30.0
GAP = " · "
_COLOURS: dict[Tone, str] = {"": "", "muted": "$text-muted", "warning": "$warning", "error": "bold $error"}


class LogStateLine(Widget, can_focus=False):
    """One line. `state` is None until it is known."""

    DEFAULT_CSS = """
    LogStateLine { height: 1; padding: 0 1; color: $foreground; background: $panel; }
    """

    state: reactive[wire.LogState | None] = reactive(None)
    trouble: reactive[str] = reactive("")
    """Why it is not known at the moment, as a sentence."""

    class Read(Message):
        """The state has been read; `state` on the line is it."""

        def __init__(self, state: wire.LogState) -> None:
            super().__init__()
            self.state = state

    class _Failed(Message, bubble=False):
        def __init__(self, error: EarwitnessError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._settling: Timer | None = None
        self._has_happened = self._is_asking = False

    def on_mount(self) -> None:
        session_of(self).subscribe(self)
        self.set_interval(ASK_AGAIN_S, self._ask_in_sight, name="state of the log")
        self.ask()

    # --- asking ---------------------------------------------------------------------------------------------------

    def ask(self) -> None:
        """Ask now, unless it is being asked."""
        if self._is_asking:
            return
        self._is_asking, self._has_happened = True, False
        self.run_worker(self._read(), name="state of the log", group="log state")

    def catch_up(self) -> None:
        """Ask again, if it was known before."""
        if self.state is not None:
            self.ask()

    async def _read(self) -> None:
        try:
            self.post_message(self.Read(await session_of(self).client.log_state()))
        except NotSignedIn:
            raise
        except EarwitnessError as error:
            self.post_message(self._Failed(error))

    def _ask_in_sight(self) -> None:
        if self.screen.is_active:
            self.ask()

    def _ask_once_settled(self) -> None:
        """At once, and while more happens once each few seconds."""
        if self._settling is None:
            self._settling = self.set_timer(SETTLE_S, self._settled)
            self.ask()
        else:
            self._has_happened = True

    def _settled(self) -> None:
        self._settling = None
        if self._has_happened:
            self._ask_once_settled()

    # --- what comes -----------------------------------------------------------------------------------------------

    def on_log_state_line_read(self, message: Read) -> None:
        self._is_asking, self.trouble = False, ""
        self.state = message.state

    def on_log_state_line__failed(self, message: _Failed) -> None:
        self._is_asking, self.trouble = False, sentence(message.error)

    def on_live_session_happened(self, message: LiveSession.Happened) -> None:
        if message.event.event == "audit" and self.screen.is_active:
            self._ask_once_settled()

    def on_live_session_connection_lost(self, message: LiveSession.ConnectionLost) -> None:
        self.refresh()

    def on_live_session_connected_again(self, message: LiveSession.ConnectedAgain) -> None:
        self.ask()
        self.refresh()

    # --- drawing --------------------------------------------------------------------------------------------------

    def render(self) -> Content:
        parts = [] if self.state is None else state_parts(self.state, clock.now())
        if self.trouble:
            parts.insert(0, _not_known(self.trouble, self.state))
        elif not session_of(self).connected:
            parts.insert(0, _not_known(_("connection lost"), self.state))
        if not parts:
            return Content.styled(_("Reading …"), "$text-muted")
        return _joined(parts, self.size.width)


def _not_known(why: str, state: wire.LogState | None) -> StatePart:
    if state is None:
        return StatePart(_("! state of the log not known: {why}").format(why=why), _("! not known"), "error")
    return StatePart(_("! as it was; now not known: {why}").format(why=why), _("! as it was"), "error")


def _joined(parts: list[StatePart], room: int) -> Content:
    """As much in full as there is room for, what is wrong before what is well, which may be left out."""
    wrong = sum(part.is_wrong for part in parts)
    told: list[Content] = []
    left = room
    for place, (words, part) in enumerate(zip(_fitting(parts, wrong, room), parts, strict=True)):
        cells = cell_len(words)
        if left < (1 if place < wrong else cells):
            break
        told.append(Content.styled(fitted(words, min(left, cells)), _COLOURS.get(part.tone, "")))
        left -= cells + len(GAP)
    return Content(GAP).join(told)


def _fitting(parts: list[StatePart], wrong: int, room: int) -> list[str]:
    """All in full, else only what is wrong, else only the first of it, else nothing."""
    full, short = [clean(part.full) for part in parts], [clean(part.short) for part in parts]
    if cell_len(GAP.join(full)) <= room:
        return full
    for in_full in (wrong, 1):
        words = [*full[:in_full], *short[in_full:]]
        if cell_len(GAP.join(words[:wrong])) <= room:
            return words
    return short if wrong > 1 else [*full[:1], *short[1:]]
