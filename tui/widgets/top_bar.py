"""The first line of a screen: which screens there are, who is signed in, and whether the agent answers."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from tui.places import places_for
from tui.role_words import role_words
from tui.session import LiveSession, session_of
from tui.text import _


class TopBar(Widget, can_focus=False):
    """One widget that draws the line whole. Screens that the role does not permit are left out."""

    DEFAULT_CSS = """
    TopBar { dock: top; height: 1; background: $panel; color: $foreground; padding: 0 1; }
    """

    def on_mount(self) -> None:
        session_of(self).subscribe(self)

    def on_live_session_connection_lost(self, message: LiveSession.ConnectionLost) -> None:
        self.refresh()

    def on_live_session_connected_again(self, message: LiveSession.ConnectedAgain) -> None:
        self.refresh()

    def render(self) -> Content:
        left = self._places()
        room = self.size.width - left.cell_length
        right = next((words for words in self._person() if words.cell_length + 2 <= room), self._connection())
        return Content.assemble(left, " " * max(2, room - right.cell_length), right)

    def _places(self) -> Content:
        me = session_of(self).me
        parts = [Content.styled("Earwitness", "bold")]
        for place in places_for(me) if me else []:
            is_here = self.app.current_mode == place.name
            parts.append(
                Content.assemble((place.key, "bold $primary"), " ", (place.words, "bold underline" if is_here else ""))
            )
        return Content("  ").join(parts)

    def _person(self) -> list[Content]:
        """Who is signed in, the longest form first."""
        me = session_of(self).me
        if me is None:
            return []
        roles = ", ".join(role_words(role) for role in me.roles)
        return [
            Content.assemble(me.user, " · ", roles, " · ", self._connection()),
            Content.assemble(me.user, " · ", self._connection()),
        ]

    def _connection(self) -> Content:
        if session_of(self).connected:
            return Content.assemble(("●", "$success"), " ", _("connected"))
        return Content.assemble(("✗", "$error"), " ", (_("connection lost"), "bold $error"))
