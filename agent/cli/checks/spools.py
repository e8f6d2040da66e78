"""Whether the agent may read its spools, and remove from them what it has sealed."""

from __future__ import annotations

import os
import pwd
import stat
from collections.abc import Iterator

from agent.cli.checks.finding import Examination, Finding
from agent.cli.text import _

READ, WRITE, SEARCH = 4, 2, 1


def spools(examination: Examination) -> Iterator[Finding]:
    for source in examination.settings.source:
        try:
            found = source.spool.stat()
        except FileNotFoundError:
            yield Finding(
                _("The spool of {source} is not there.").format(source=source.name),
                _("Make the folder, or correct spool in the configuration."),
            )
            continue
        except PermissionError:
            yield Finding(
                _("The spool of {source} cannot be looked at.").format(source=source.name),
                _("Let the agent's user into the folders above it."),
            )
            continue
        if not stat.S_ISDIR(found.st_mode):
            yield Finding(
                _("The spool of {source} is no folder.").format(source=source.name),
                _("Correct spool in the configuration."),
            )
        elif not _may(found, examination.agent_uid, READ | SEARCH):
            yield Finding(
                _("The agent's user may not read the spool of {source}.").format(source=source.name),
                _("Put the user into the recorder's group, with chmod g+rwx on the folder."),
            )
        elif source.mode == "sealed" and not _may(found, examination.agent_uid, WRITE):
            yield Finding(
                _("The agent's user may not remove what it has sealed from the spool of {source}.").format(
                    source=source.name
                ),
                _("chmod g+w on the folder; until then every file stays there in the clear."),
            )


def _may(found: os.stat_result, uid: int, wanted: int) -> bool:
    """By the bits of its mode; what access control lists give beyond them is not seen."""
    if uid == 0:
        return True
    mode = found.st_mode
    if found.st_uid == uid:
        return (mode >> 6) & wanted == wanted
    return (mode >> 3 if found.st_gid in _groups(uid) else mode) & wanted == wanted


def _groups(uid: int) -> set[int]:
    try:
        user = pwd.getpwuid(uid)
    except KeyError:
        return set()
    return set(os.getgrouplist(user.pw_name, user.pw_gid))
