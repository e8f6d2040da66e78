"""A whole installation to try: in one folder, with an account for each role, a backlog, and calls that keep arriving.

DIR/agent.toml       its configuration
DIR/state/           register, sealed recordings, keys
DIR/spool/           where the played recorder writes
DIR/agent.sock       the agent's socket
DIR/accounts.json    user names and passwords of the demo, so that it can be opened again
"""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from agent.daemon import run
from agent.demo import world
from agent.demo.mishaps import write_mishaps
from agent.demo.plan import backlog
from agent.demo.recorder import LiveRecorder, write_backlog
from agent.errors import WrongUse
from agent.installation import create, database_file, only_agent
from agent.intake.backlog import Backlog, Tally
from agent.services.accounts import Appointments
from agent.services.caller import server_actor
from agent.services.desk import Desk
from agent.settings import SOCKET_PATH_LIMIT, Settings, load
from agent.wire import Role

DEFAULT_CONTACTS = 120
UNFINISHED_S = 5
RESCAN_S = 2
PAUSE_S = (3.0, 14.0)
"""Between two calls that arrive, shortest and longest."""

journal = logging.getLogger("earwitness.demo")

Told = Callable[[str, int, int], None]
"""Told what is being done, how much of it, and of how much."""


@dataclass(frozen=True, slots=True)
class Demo:
    folder: Path
    settings: Settings
    accounts: dict[str, dict[str, str]]
    """role = {user, password}."""

    def ready_line(self) -> str:
        """What a headless demo prints when it answers: one line of JSON."""
        source = self.settings.source[0]
        return json.dumps(
            {
                "socket": str(self.settings.socket),
                "dir": str(self.folder),
                "spool": str(source.spool),
                "config": str(_config_file(self.folder)),
                "accounts": self.accounts,
            }
        )


@contextmanager
def demo_folder(wanted: Path | None) -> Iterator[Path]:
    """The folder of a demo: the one that was asked for and stays, or a temporary one that goes.

    Raises:
        WrongUse: its path is too long for a socket.
    """
    if wanted is None:
        with tempfile.TemporaryDirectory(prefix="earwitness-demo-", ignore_cleanup_errors=True) as made:
            yield Path(made)
        return
    folder = wanted.resolve()
    if len(bytes(_socket(folder))) > SOCKET_PATH_LIMIT:
        raise WrongUse(what=f"the path of {folder} is too long for a socket; choose a shorter one")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    yield folder


def prepared(folder: Path, contacts: int, told: Told, *, mishaps: bool = False) -> Demo:
    """The demo in a folder, made when it is not there yet.

    Args:
        folder: Of this demo alone.
        contacts: How many calls it begins with.
        told: How far it is.
        mishaps: Whether its recorder has also left what it should not.
    """
    if (folder / "accounts.json").exists():
        accounts = json.loads((folder / "accounts.json").read_text("utf-8"))
        return Demo(folder, load(_config_file(folder)), accounts)
    (folder / "spool").mkdir(mode=0o700, exist_ok=True)
    _config_file(folder).write_text(_configuration(folder), "utf-8")
    settings = load(_config_file(folder))
    demo = Demo(folder, settings, _furnished(settings, contacts, told))
    if mishaps:
        write_mishaps(settings.source[0].spool, datetime.now(UTC))
    descriptor = os.open(folder / "accounts.json", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(demo.accounts, file)
    return demo


def play(demo: Demo, *, ready: Callable[[], None]) -> None:
    """Run the demo's agent, and calls that keep arriving, until SIGTERM or SIGINT."""
    seed = time.time_ns() // 1_000_000_000
    recorder = LiveRecorder(demo.settings.source[0].spool, first_sequence=seed, pause_s=PAUSE_S, seed=seed)

    def answering() -> None:
        recorder.start()
        ready()

    try:
        run(demo.settings, ready=answering)
    finally:
        recorder.stop()


def _furnished(settings: Settings, contacts: int, told: Told) -> dict[str, dict[str, str]]:
    """Make the installation, its people and its backlog; the accounts by role."""
    if database_file(settings).exists():
        raise WrongUse(what=f"{settings.state_dir} holds an installation that is no demo, or one that was not finished")
    house = create(settings)
    try:
        appointments = Appointments(Desk(house).gate, server_actor())
        people = world.new_accounts()
        for number, person in enumerate(people):
            told("accounts", number, len(people))
            appointments.add(person.user, display_name=person.name, roles=[Role(person.role)], password=person.password)
        today = datetime.now(UTC).date()
        maintenance = next(person for person in people if person.role is Role.MAINTENANCE)
        appointments.file_agreement(
            maintenance.user,
            reference="demo",
            first_day=date(today.year, 1, 1),
            last_day=today + timedelta(days=365),
        )
        plans = backlog(contacts, datetime.now(UTC))
        spool = settings.source[0].spool
        write_backlog(spool, plans, lambda done: told("calls", done, len(plans)))

        def counted(tally: Tally) -> None:
            told("taken in", tally.done, tally.files)

        with only_agent(settings):
            Backlog(house, counted).take_in()
    finally:
        house.close()
    return {person.role.value: {"user": person.user, "password": person.password} for person in people}


def _config_file(folder: Path) -> Path:
    return folder / "agent.toml"


def _socket(folder: Path) -> Path:
    return folder / "agent.sock"


def _configuration(folder: Path) -> str:
    """The demo's agent.toml, as a person would write it."""
    lines = [
        "# A demo of Earwitness. Every person and number in it is invented.",
        f"state_dir = {_quoted(folder / 'state')}",
        f"socket = {_quoted(_socket(folder))}",
        f"rescan_s = {RESCAN_S}",
        "",
        "[[source]]",
        'name = "pbx"',
        f"spool = {_quoted(folder / 'spool')}",
        'convention = "freepbx"',
        f"zone = {_quoted(world.ZONE)}",
        f"country = {_quoted(world.COUNTRY)}",
        f"unfinished_s = {UNFINISHED_S}",
        'legs = ["adviser", "caller"]',
        'sidecar = { extension = "agent" }',
    ]
    for adviser in world.ADVISERS:
        lines += [
            "",
            "[[adviser]]",
            f"extension = {_quoted(adviser.extension)}",
            f"name = {_quoted(adviser.name)}",
            f"account = {_quoted(adviser.user)}",
            f"service = {_quoted(adviser.service)}",
        ]
    lines += ["", "[services]"]
    lines += [f"{queue} = {_quoted(service)}" for queue, service in world.QUEUES.items()]
    return "\n".join(lines) + "\n"


def _quoted(text: object) -> str:
    """A TOML basic string; JSON's escapes are TOML's."""
    return json.dumps(str(text), ensure_ascii=False)


def progress_on_stderr(what: str, done: int, total: int) -> None:
    """One line `what done total` for whoever started the demo and shows it."""
    sys.stderr.write(f"{what}\t{done}\t{total}\n")
    sys.stderr.flush()
