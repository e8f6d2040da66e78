"""The screens between which one moves with a digit, and the capability that each needs.

A screen is imported when it is opened, so that the first picture waits for none of the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from textual.screen import Screen

from agent import wire
from agent.wire import Capability
from tui.text import _


@dataclass(frozen=True)
class Place:
    """One of them; `name` is the mode of the application."""

    name: str
    key: str
    words: str
    help: str
    capability: Capability
    open: Callable[[], Screen[Any]]


def _contacts() -> Screen[Any]:
    from tui.screens.contacts import ContactsScreen

    return ContactsScreen()


def _log() -> Screen[Any]:
    from tui.screens.log import LogScreen

    return LogScreen()


def _intake() -> Screen[Any]:
    from tui.screens.intake import IntakeScreen

    return IntakeScreen()


PLACES = (
    Place("contacts", "1", _("Contacts"), _("Find a contact and open it."), Capability.CONTACT_SEARCH, _contacts),
    Place("log", "2", _("Log"), _("See who accessed what."), Capability.AUDIT_READ, _log),
    Place(
        "intake",
        "3",
        _("Intake"),
        _("See what is taken in, and what could not be."),
        Capability.INTAKE_READ,
        _intake,
    ),
)


def places_for(me: wire.Me) -> list[Place]:
    """The screens that somebody may open, the first of them shown after signing in."""
    return [place for place in PLACES if place.capability in me.capabilities]
