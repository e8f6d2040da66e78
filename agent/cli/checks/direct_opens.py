"""Whether somebody sees who opens a file past the agent, and if not, what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from agent.cli.checks.finding import Examination, Finding
from agent.cli.program import opened
from agent.cli.text import _
from agent.direct_opens import runs
from agent.direct_opens.planned import places
from agent.errors import EarwitnessError
from agent.sentry.capabilities import MARKING, held
from agent.sentry.fanotify import Fanotify
from agent.sentry.mounts import is_own_filesystem, mounts
from db.engine import RegisterError

MOUNTINFO = Path("/proc/self/mountinfo")


def direct_opens(examination: Examination) -> Iterator[Finding]:
    yield from _kernel()
    if examination.agent_pid is not None and not _has_sentry(examination):
        yield Finding(
            _("No sentry is there: who opens a file on the server past the agent is not named in the log."),
            _("systemctl enable --now earwitness-sentry, or run earwitness-agent sentry as root; see docs/sentry.md."),
        )
    yield from _file_systems(examination)


def _kernel() -> Iterator[Finding]:
    """What only a process that may do it can try."""
    if not held() >= MARKING:
        yield Finding(
            _("This process may not mark files, so it cannot be tried whether the kernel lets a sentry see opens."),
            _("Run doctor as root. The sentry itself needs: {capabilities}.").format(
                capabilities=", ".join(sorted(f"CAP_{one.name}" for one in MARKING))
            ),
            is_wrong=False,
        )
        return
    try:
        Fanotify().close()
    except OSError as error:
        yield Finding(
            _("The kernel does not let a sentry see opens ({why}).").format(why=error.strerror),
            _("A kernel with CONFIG_FANOTIFY_ACCESS_PERMISSIONS is needed, 5.15 or newer."),
        )


def _has_sentry(examination: Examination) -> bool:
    try:
        with opened(examination.settings, also_as_root=True) as house, house.register.read():
            last = runs.newest()
    except (EarwitnessError, RegisterError):
        return False  # the log has findings of its own
    return last is not None and not last.is_closed


def _file_systems(examination: Examination) -> Iterator[Finding]:
    mounted = mounts(MOUNTINFO.read_bytes())
    run_dir = examination.settings.sentry.run_dir
    for place in places(examination.settings):
        if place.name.startswith("spool:") and not is_own_filesystem(place.path, mounted):
            yield Finding(
                _("The place {place} has no file system of its own: hard links elsewhere are not seen.").format(
                    place=place.name
                ),
                _("Mount a file system of its own there; see docs/sentry.md."),
                is_wrong=False,
            )
        if run_dir.resolve().is_relative_to(place.path):
            yield Finding(
                _("The sentry's run_dir lies in the place {place}, which it watches.").format(place=place.name),
                _("Set run_dir in [sentry] to a folder in memory, /run/earwitness-sentry."),
            )
