"""The demo's people, services and customers. All of them are invented.

Customers call only from numbers that are set apart for fiction: Sweden (PTS) +46 70 174 06 05–99 and
+46 8 465 004 00–99, the United Kingdom (Ofcom) +44 7700 900000–900999. No other number may appear here.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from agent.wire import Role

ZONE = "Europe/Helsinki"
COUNTRY = "FI"

QUEUES: Mapping[str, str] = {
    "600": "Vatten",
    "610": "Avlopp",
    "620": "Fakturering",
    "630": "Avfall",
    "690": "Jour",
}
"""Queue = service."""
EMERGENCY = "Jour"
"""The service that answers when the office is closed."""

TOPICS: Mapping[str, tuple[str, ...]] = {
    "Vatten": ("outage", "meter"),
    "Avlopp": ("blockage",),
    "Fakturering": ("invoice", "due_date", "price", "moving"),
    "Avfall": ("bin",),
    "Jour": ("outage", "blockage"),
}
"""What customers call a service about."""


@dataclass(frozen=True)
class Adviser:
    """Somebody who takes and makes calls."""

    extension: str
    name: str
    user: str
    service: str
    """What the extension serves when it is called directly."""
    queues: tuple[str, ...]
    """The queues whose calls this adviser takes."""
    pitch: float


ADVISERS = (
    Adviser("3201", "Anna Berg", "anna.berg", "Vatten", ("600", "610"), 1.0),
    Adviser("3202", "Mikko Laine", "mikko.laine", "Fakturering", ("620", "600"), 0.84),
    Adviser("3203", "Sara Holm", "sara.holm", "Avfall", ("630", "620"), 1.05),
    Adviser("3204", "Juha Niemi", "juha.niemi", "Avlopp", ("610", "600"), 0.88),
    Adviser("3205", "Linda Ström", "linda.strom", "Jour", ("690", "620"), 0.96),
)


@dataclass(frozen=True)
class Account:
    """A personal login, with the password in the clear: it is shown to whoever started the demo."""

    role: Role
    name: str
    user: str
    password: str


_PEOPLE: Mapping[Role, tuple[str, str]] = {
    Role.ADVISER: (ADVISERS[0].name, ADVISERS[0].user),
    Role.MANAGER: ("Henrik Lindgren", "henrik.lindgren"),
    Role.CONTROLLER: ("Maria Salo", "maria.salo"),
    Role.ADMINISTRATOR: ("Petri Koski", "petri.koski"),
    Role.MAINTENANCE: ("Oskar Nyman", "oskar.nyman"),
    Role.SECURITY: ("Elina Heikkinen", "elina.heikkinen"),
    Role.DPO: ("Jonas Ek", "jonas.ek"),
}


def new_accounts() -> list[Account]:
    """Give each role an account, each time with other passwords."""
    return [Account(role, name, user, _passphrase()) for role, (name, user) in _PEOPLE.items()]


def _passphrase() -> str:
    """Make up three words, 55 bits, of keys that lie alike on Swedish, Finnish and English keyboards."""
    return ".".join("".join(_syllable() for _ in range(3)) for _ in range(3))


def _syllable() -> str:
    return secrets.choice("bdfghjklmnprst") + secrets.choice("aeiou")


@dataclass(frozen=True)
class Customer:
    """Somebody who calls and is called."""

    number: str
    """E.164."""
    language: str
    pitch: float


@cache
def customers() -> tuple[Customer, ...]:
    """Everybody who has a number, always the same people in the same order."""
    swedish = [f"+467017406{last:02}" for last in range(5, 100)] + [f"+468465004{last:02}" for last in range(100)]
    british = [f"+447700900{last:03}" for last in range(0, 1000, 50)]
    languages = {number: "sv" if index % 9 < 5 else "fi" for index, number in enumerate(swedish)}
    languages.update(dict.fromkeys(british, "en"))
    in_turn = list(languages)
    random.Random(600).shuffle(in_turn)
    pitches = (0.86, 0.92, 0.97, 1.0, 1.05, 1.1, 1.16)
    return tuple(
        Customer(number, languages[number], pitches[index % len(pitches)]) for index, number in enumerate(in_turn)
    )
