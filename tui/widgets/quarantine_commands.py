"""What can be done with a quarantined file, from the list and from its details."""

from __future__ import annotations

from agent import wire
from agent.wire import Capability
from tui.commands import Command
from tui.text import _

RETRY = Command(
    action="retry",
    key="R",
    words=_("take in again"),
    help=_("Read the quarantined file once more, for instance after a correction."),
    capability=Capability.QUARANTINE_RETRY,
    hinted=True,
)
EXPORT = Command(
    action="export",
    key="E",
    words=_("export"),
    help=_("Write the untouched file for the recorder's vendor; purpose and reason stand in the log."),
    capability=Capability.QUARANTINE_EXPORT,
    hinted=True,
)


def why_not_with(command: Command, item: wire.QuarantineItem | None) -> str | None:
    """Why the command cannot be used on this file, None when it can."""
    if command.action not in (RETRY.action, EXPORT.action):
        return None
    if item is None:
        return _("No quarantined file is selected.")
    if command.action == EXPORT.action and not item.sealed:
        return _("The file was left in its spool: nothing is sealed, so nothing can be exported.")
    return None
