"""`scan`: a backlog taken in, with a progress bar, beside a running agent or without one."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from agent.cli.program import config_option, opened
from agent.cli.text import _
from agent.errors import Conflict, EarwitnessError
from agent.installation import only_agent
from agent.intake.backlog import Backlog, Tally
from agent.intake.pipeline import Pipeline
from agent.intake.scan_state import only_scan
from agent.settings import Settings
from db.engine import RegisterUnwritable


@click.command(
    help=_(
        "Take a backlog in: every complete recording in the spools. It can be interrupted and begun again.\n\n"
        "A running agent goes on meanwhile, and what it takes in comes first. It shows how far this is."
    )
)
@config_option
def scan(settings: Settings) -> None:
    with opened(settings) as house, only_scan(house) as teller, _interruptible() as is_stopping:
        try:
            with only_agent(settings):
                Pipeline(house).recover()
        except Conflict:
            pass  # an agent runs: it has seen to what a crash left
        bar = _Bar()

        def told(tally: Tally) -> None:
            bar.show(tally)
            teller.tell(tally)

        backlog = Backlog(house, told, is_stopping, beside_agent=True)
        try:
            tally = backlog.take_in()
        except (OSError, RegisterUnwritable) as error:
            raise EarwitnessError(what=getattr(error, "strerror", None) or str(error)) from error
        finally:
            bar.end()
            teller.tell_now(backlog.tally)
    click.echo(
        _("{taken} taken in, {quarantined} quarantined, {waiting} left for the running agent").format(
            taken=tally.taken_in, quarantined=tally.quarantined, waiting=tally.waiting
        )
    )
    if tally.done < tally.files:
        click.echo(
            _("Interrupted: {left} files lie where they lay. The next scan goes on.").format(
                left=tally.files - tally.done
            )
        )
        sys.exit(1)


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Ctrl-C and SIGTERM end it after the files that are under way; the second one ends it at once, as safely."""
    stopping = threading.Event()

    def stop(number: int, frame: object) -> None:
        stopping.set()
        for each, handler in before.items():
            signal.signal(each, handler)

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, stop)
    try:
        yield stopping.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Bar:
    """Files, bytes, rate and time left; nothing where the output is no terminal."""

    WIDTH = 24

    def __init__(self) -> None:
        self._began_s = time.monotonic()
        self._drawn_s = 0.0

    def show(self, tally: Tally) -> None:
        now_s = time.monotonic()
        if not sys.stderr.isatty() or now_s - self._drawn_s < 0.1:
            return
        self._drawn_s = now_s
        click.echo("\r\x1b[K" + progress(tally, now_s - self._began_s, self.WIDTH), nl=False, err=True)

    @staticmethod
    def end() -> None:
        if sys.stderr.isatty():
            click.echo("\r\x1b[K", nl=False, err=True)


def progress(tally: Tally, spent_s: float, width: int) -> str:
    """One line: how far it is, how fast, and how long by the bytes that are left."""
    spent_s = max(spent_s, 0.001)
    share = min(1.0, tally.done_bytes / tally.found_bytes) if tally.found_bytes else 1.0
    full = int(width * share)
    left_s = spent_s * (1 - share) / share if share else 0.0
    return (
        f"{'█' * full}{'░' * (width - full)} {tally.done:,}/{tally.files:,}  "
        f"{tally.done_bytes / 1e6:,.0f}/{tally.found_bytes / 1e6:,.0f} MB  {tally.done / spent_s:,.0f}/s  "
        f"{tally.taken_bytes / 1e6 / spent_s:,.0f} MB/s  "
        + _("{minutes:.0f}:{seconds:02.0f} left").format(minutes=left_s // 60, seconds=int(left_s % 60))
    )
