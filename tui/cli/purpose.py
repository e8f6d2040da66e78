"""The options that say why a recording is opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from agent import wire
from tui.text import _

Decorated = Callable[..., Any]

PURPOSES = tuple(purpose.value for purpose in wire.Purpose)


def purpose_option(command: Decorated) -> Decorated:
    """`--purpose`: one of the notice's list, and required."""
    return click.option(
        "--purpose",
        type=click.Choice(PURPOSES),
        required=True,
        help=_("What the recording is opened for. It stands in the log."),
    )(command)


def case_option(command: Decorated) -> Decorated:
    return click.option("--case", metavar=_("CASE"), help=_("The case that it belongs to."))(command)


def recording_option(command: Decorated) -> Decorated:
    return click.option("--recording", metavar="ID", help=_("Which recording, where a contact has several."))(command)


def chosen_recording(contact: wire.Contact, recording_id: str | None) -> wire.Recording:
    """The recording that is meant.

    Raises:
        click.UsageError: the contact has none, several, or not this one.
    """
    found = [one for one in contact.recordings if recording_id in (None, one.id)]
    if len(found) == 1:
        return found[0]
    if not contact.recordings:
        raise click.UsageError(_("The contact {id} has no recording.").format(id=contact.id))
    there = ", ".join(one.id for one in contact.recordings)
    raise click.UsageError(_("Choose with --recording one of: {ids}").format(ids=there))
