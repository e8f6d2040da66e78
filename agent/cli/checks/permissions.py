"""Who else may reach the state folder, the keys and the sockets."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from agent.cli.checks.finding import Examination, Finding
from agent.cli.text import _
from agent.installation import database_file, vault_folder

OTHERS = 0o007
GROUP_AND_OTHERS = 0o077


def permissions(examination: Examination) -> Iterator[Finding]:
    settings = examination.settings
    for path in [settings.state_dir, settings.keys, *sorted(settings.keys.glob("*.key"))]:
        yield from _owned(path, examination.agent_uid, is_outermost=True)
    for path in [vault_folder(settings), database_file(settings)]:
        yield from _owned(path, examination.agent_uid, is_outermost=False)
    folder = settings.socket.parent
    if folder.exists() and folder.stat().st_mode & OTHERS:
        yield Finding(
            _("Everybody may reach the folder of the agent's socket, {path}.").format(path=folder),
            _("chmod 0750 {path}, and name the group of those who may in socket_group.").format(path=folder),
        )


def _owned(path: Path, uid: int, *, is_outermost: bool) -> Iterator[Finding]:
    """What lies inside a folder that nobody else gets into need not be closed itself."""
    try:
        found = path.stat()
    except FileNotFoundError:
        yield Finding(
            _("{path} is not there.").format(path=path),
            _("Put it back from a copy; without it the installation is not whole."),
        )
        return
    except PermissionError:
        yield Finding(
            _("{path} cannot be looked at.").format(path=path),
            _("Run doctor as the agent's OS user or as root."),
        )
        return
    if found.st_uid != uid:
        yield Finding(
            _("{path} belongs to another OS user than the state folder.").format(path=path),
            _("chown it to the agent's user."),
        )
    if is_outermost and stat.S_IMODE(found.st_mode) & GROUP_AND_OTHERS:
        yield Finding(
            _("Others may reach {path}.").format(path=path),
            _("chmod go= {path}").format(path=path),
        )
