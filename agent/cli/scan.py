"""`scan`: a backlog taken in, with a progress bar."""

from __future__ import annotations

import sys
import time

import click

from agent.cli.program import config_option, opened
from agent.cli.text import _
from agent.errors import EarwitnessError
from agent.installation import only_agent
from agent.intake.backlog import Backlog, Tally
from agent.settings import Settings
from db.engine import RegisterUnwritable


@click.command(
    help=_(
        "Take a backlog in: every complete recording in the spools. It can be interrupted and begun again.\n\n"
        "While the agent runs there is no need for it: the agent takes the same files in by itself."
    )
)
@config_option
def scan(settings: Settings) -> None:
    with only_agent(settings), opened(settings) as house:
        bar = _Bar()
        backlog = Backlog(house, bar.show)
        try:
            tally = backlog.take_in()
        except (OSError, RegisterUnwritable) as error:
            bar.end()
            raise EarwitnessError(what=str(error)) from error
        bar.end()
    click.echo(
        _("{taken} taken in, {quarantined} quarantined, {waiting} left for the running agent").format(
            taken=tally.taken_in, quarantined=tally.quarantined, waiting=tally.waiting
        )
    )


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
        spent_s = max(now_s - self._began_s, 0.001)
        full = self.WIDTH * tally.done // max(tally.files, 1)
        left_s = spent_s / max(tally.done, 1) * (tally.files - tally.done)
        click.echo(
            f"\r\x1b[K{'█' * full}{'░' * (self.WIDTH - full)} {tally.done:,}/{tally.files:,}  "
            f"{tally.taken_bytes / 1e6:,.0f} MB  {tally.done / spent_s:,.0f}/s  "
            + _("{minutes:.0f}:{seconds:02.0f} left").format(minutes=left_s // 60, seconds=left_s % 60),
            nl=False,
            err=True,
        )

    @staticmethod
    def end() -> None:
        if sys.stderr.isatty():
            click.echo("\r\x1b[K", nl=False, err=True)
