"""The sections of the log in one line, each with its count; brackets mark the one that is shown.

Counting a section is a search of its own with its own entry in the log, so it is done once; what has come since is
then counted under the same token, which makes no entry.
"""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget

from agent.errors import EarwitnessError, NotSignedIn
from tui.log_queries import SECTIONS, LogSection, section_of
from tui.session import LiveSession, session_of
from tui.text import _
from tui.widgets.list_status import grouped

SETTLE_S = 5.0
"""The counts are renewed no more often than this."""


@dataclass(frozen=True)
class _Counted:
    count: int
    as_of: str
    newer: int = 0


class SectionStrip(Widget, can_focus=False):
    """Tell it the search that is shown: `query`. It draws; whoever has it decides what a key does."""

    DEFAULT_CSS = """
    SectionStrip { height: 1; padding: 0 1; color: $foreground; }
    """

    query_shown: reactive[str] = reactive("")
    counts: reactive[dict[str, _Counted]] = reactive(dict)
    odd: reactive[int | None] = reactive(None)

    class _Arrived(Message, bubble=False):
        def __init__(self, counts: dict[str, _Counted]) -> None:
            super().__init__()
            self.counts = counts

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._settling: Timer | None = None
        self._is_counting = False

    def on_mount(self) -> None:
        session_of(self).subscribe(self)
        self.count()

    def count(self) -> None:
        """Count every section, or what has come since it was counted."""
        self._settling = None
        if not self._is_counting:
            self._is_counting = True
            self.run_worker(self._count(dict(self.counts)), name="count sections", group="sections")

    def catch_up(self) -> None:
        """Count what has come since, if the sections have been counted at all."""
        if self.counts:
            self.count()

    async def _count(self, known: dict[str, _Counted]) -> None:
        client = session_of(self).client
        try:
            for section in SECTIONS:
                before = known.get(section.name)
                if before is None:
                    first = await client.audit_count(section.query)
                    known[section.name] = _Counted(first.count, first.as_of)
                else:
                    since = await client.audit_count(section.query, as_of=before.as_of, newer=True)
                    known[section.name] = _Counted(before.count, before.as_of, since.count)
        except NotSignedIn:
            raise
        except EarwitnessError:
            # The list below asks the same agent the same question and says what is wrong.
            pass
        self.post_message(self._Arrived(known))

    def on_section_strip__arrived(self, message: _Arrived) -> None:
        self._is_counting = False
        self.counts = message.counts

    def on_live_session_happened(self, message: LiveSession.Happened) -> None:
        if message.event.event == "audit" and self._settling is None and self.screen.is_active:
            self._settling = self.set_timer(SETTLE_S, self.count)

    def on_live_session_connected_again(self, message: LiveSession.ConnectedAgain) -> None:
        self.count()

    # --- which one ------------------------------------------------------------------------------------------------

    def after(self, step: int) -> LogSection:
        """The section that is `step` away from the one that is shown; from a search of one's own the first."""
        shown = section_of(self.query_shown)
        if shown is None:
            return SECTIONS[0]
        return SECTIONS[(SECTIONS.index(shown) + step) % len(SECTIONS)]

    def render(self) -> Content:
        told = [self._told(section) for section in SECTIONS]
        if self.odd is not None:
            words = _("odd {count}").format(count=grouped(self.odd))
            told.append(Content.styled(f" ! {words}", "bold $warning") if self.odd else Content(f"   {words}"))
        return Content("").join(told)

    def _told(self, section: LogSection) -> Content:
        counted = self.counts.get(section.name)
        count = "–" if counted is None else brief(counted.count + counted.newer)
        words = f"{section.words} {count}"
        if section is section_of(self.query_shown):
            return Content.styled(f"[{words}]", "bold $primary")
        return Content(f" {words} ")


def brief(count: int) -> str:
    """A count in six cells at the most: `12,998`, `1204k`, `41M`. The list says the exact one of its section."""
    if count < 100_000:
        return grouped(count)
    return f"{count // 1000}k" if count < 10_000_000 else f"{count // 1_000_000}M"
