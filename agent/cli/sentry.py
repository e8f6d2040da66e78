"""`sentry`: becomes the privileged process that sees who opens a file.

It reads the settings, then replaces itself by `python -m agent.sentry` with the plan on standard input: one command for
the unit, and a process in which nothing of the register, the keys or the log is loaded.
"""

from __future__ import annotations

import os
import sys

import click

from agent.cli.program import config_option
from agent.cli.text import _
from agent.direct_opens.planned import plan_of
from agent.sentry.plan import written
from agent.settings import Settings


@click.command(help=_("Watch who opens files of this installation (needs CAP_SYS_ADMIN; see docs/sentry.md)."))
@config_option
def sentry(settings: Settings) -> None:
    plan = os.memfd_create("plan")
    os.write(plan, written(plan_of(settings)))
    os.lseek(plan, 0, os.SEEK_SET)
    os.dup2(plan, sys.stdin.fileno())
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, "-I", "-m", "agent.sentry"])  # noqa: S606 - no shell is what is wanted
