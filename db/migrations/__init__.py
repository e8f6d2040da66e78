"""The register's schema through time: numbered scripts in this folder, applied in order.

A script holds frozen copies of the models it makes; it imports nothing from `db.models`, which move on.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playhouse.migrations import Runner

from db.engine import Register, database

FOLDER = Path(__file__).parent


def bring_up_to_date(register: Register) -> list[str]:
    """Apply what is pending, all of it or nothing.

    Returns:
        The names of what was applied, in order.

    Raises:
        RegisterUnwritable: nothing was changed.
    """
    return register.write(lambda: [str(name) for name in _runner().up()])


def pending(register: Register) -> list[str]:
    """Name what `bring_up_to_date` would apply."""
    with register.read():
        return [migration.name for migration in _runner().status() if not migration.applied]


def _runner() -> Any:
    runner: Any = Runner  # peewee gives it no types
    return runner(database.obj, str(FOLDER))
