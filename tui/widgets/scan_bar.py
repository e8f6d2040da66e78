"""How far a scan is: a backlog that is taken in beside what comes now. There only while one runs.

It owns the drawing and the words; the clock is handed to them.
"""

from __future__ import annotations

from datetime import datetime

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from agent import wire
from tui import clock
from tui.text import _, ngettext
from tui.widgets.intake_words import ago_words, size_words
from tui.widgets.list_status import grouped

FULL, EMPTY = "█", "░"
CELLS = 60
"""As many as there are minutes in the bars under it."""
QUIET_S = 60
"""A scan tells of itself every second; one that has not for so long is said to be silent."""


class ScanBar(Widget, can_focus=False):
    """Two lines: what is done and how long it takes, and the same as a bar."""

    DEFAULT_CSS = """
    ScanBar { height: 2; }
    """

    scan: reactive[wire.ScanStatus | None] = reactive(None)

    def __init__(self) -> None:
        super().__init__()
        self.display = False

    def watch_scan(self, scan: wire.ScanStatus | None) -> None:
        self.display = scan is not None

    def render(self) -> Content:
        if self.scan is None:
            return Content("")
        full = int(CELLS * share(self.scan))
        return Content.assemble(
            (scan_words(self.scan, clock.now()), "bold"),
            "\n",
            (FULL * full, "$primary"),
            (EMPTY * (CELLS - full), "$text-muted"),
            f"  {figures(self.scan)}",
        )


def share(scan: wire.ScanStatus) -> float:
    """How much of it is done, from 0 to 1: by bytes, since hours of sound take longer than a moment of it."""
    done, found = (scan.done_bytes, scan.found_bytes) if scan.found_bytes else (done_files(scan), scan.files)
    return min(1.0, done / found) if found else 0.0


def done_files(scan: wire.ScanStatus) -> int:
    return scan.taken_in + scan.quarantined + scan.waiting


def scan_words(scan: wire.ScanStatus, now: datetime) -> str:
    """What is done of what there is, and how long the rest will take."""
    if not scan.files:
        return _("Scan: the files are counted …")
    counted = ngettext("Scan: {done} of {files} file", "Scan: {done} of {files} files", scan.files)
    said = counted.format(done=grouped(done_files(scan)), files=grouped(scan.files))
    sizes = _("{done} of {found}").format(done=size_words(scan.done_bytes), found=size_words(scan.found_bytes))
    is_silent = (now - scan.at).total_seconds() >= QUIET_S
    last = _("last told {ago}").format(ago=ago_words(scan.at, now)) if is_silent else _left_words(scan)
    return " · ".join(filter(None, (said, sizes, last)))


def figures(scan: wire.ScanStatus) -> str:
    """The share, and the files of a second on average."""
    percent = f"{int(100 * share(scan))} %"
    rate = done_files(scan) / _spent_s(scan)
    if 0 < rate < 0.1:
        return f"{percent}  {60 * rate:.1f}/min"
    return f"{percent}  {rate:.1f}/s" if 0 < rate < 10 else f"{percent}  {grouped(round(rate))}/s"


def _left_words(scan: wire.ScanStatus) -> str:
    done = share(scan)
    if not done:
        return ""
    minutes = int(_spent_s(scan) * (1 - done) / done // 60)
    if minutes < 1:
        return _("less than a minute left")
    if minutes < 60:
        return _("{minutes} min left").format(minutes=minutes)
    return _("{hours} h {minutes} min left").format(hours=grouped(minutes // 60), minutes=minutes % 60)


def _spent_s(scan: wire.ScanStatus) -> float:
    return max(0.001, (scan.at - scan.began_at).total_seconds())
