"""Where a run takes place: one temporary folder, and in it an agent with many contacts, started when first asked for.

Whatever is written lies in that folder and goes with it. The agent is the real one in a process of its own; the
measuring process only fills the register before that process opens it.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from agent.client import Client, Via
from agent.installation import Installation, create, wall_clock_ms
from agent.services.accounts import Appointments
from agent.services.caller import server_actor
from agent.services.desk import Desk
from agent.settings import load
from agent.wire import Role
from benchmarks import synthetic
from db.queries import annotations
from db.queries import contacts as stored

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "correct horse battery"
PEOPLE = {Role.ADMINISTRATOR: "petri.koski", Role.ADVISER: synthetic.ADVISER}
BATCH = 2000
NOTED_OF_A_HUNDRED = 2
NOTE = "The customer asks about the invoice; a meter reading was promised."
START_S = 60.0
STOP_S = 20.0


@dataclass(frozen=True, slots=True)
class RunningAgent:
    """A real agent in a process of its own."""

    folder: Path
    process: subprocess.Popen[bytes]
    contacts: int

    @property
    def socket(self) -> Path:
        return self.folder / "agent.sock"

    @property
    def spool(self) -> Path:
        return self.folder / "spool"

    @contextmanager
    def stopped_after(self) -> Iterator[None]:
        try:
            yield
        finally:
            self.process.terminate()
            self.process.wait(STOP_S)

    async def signed_in(self, role: Role = Role.ADMINISTRATOR, via: Via = "api") -> Client:
        """A new connection with a session of its own."""
        client = Client(self.socket, via=via)
        await client.sign_in(PEOPLE[role], PASSWORD)
        return client


@dataclass
class Scene:
    folder: Path
    contacts: int
    is_quick: bool
    _agent: RunningAgent | None = None
    _leaving: ExitStack = field(default_factory=ExitStack)

    def close(self) -> None:
        self._leaving.close()

    def __enter__(self) -> Scene:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def new_folder(self, name: str) -> Path:
        made = self.folder / name
        made.mkdir(parents=True)
        return made

    @property
    def agent(self) -> RunningAgent:
        """The agent with many contacts; made and started the first time."""
        if self._agent is None:
            folder = self.new_folder("agent")
            with new_house(folder) as house:
                appoint(house)
                fill(house, self.contacts)
            os.sync()  # what was filled in is no load on the disk while something is measured
            self._agent = started(folder, self.contacts)
            self._leaving.enter_context(self._agent.stopped_after())
        return self._agent


@contextmanager
def new_house(folder: Path, now_ms: Callable[[], int] = wall_clock_ms) -> Iterator[Installation]:
    """A new installation with one spool, opened in this process."""
    (folder / "spool").mkdir()
    (folder / "agent.toml").write_text(_configuration(folder), "utf-8")
    house = create(load(folder / "agent.toml"), now_ms=now_ms)
    try:
        yield house
    finally:
        house.close()


def appoint(house: Installation) -> None:
    """Give `PEOPLE` their accounts."""
    appointments = Appointments(Desk(house).gate, server_actor())
    for role, user in PEOPLE.items():
        appointments.add(user, display_name=user.title(), roles=[role], password=PASSWORD)


def fill(house: Installation, count: int) -> None:
    """Add synthetic contacts, many in a transaction, and notes to some of them."""
    coming, done, began_s = synthetic.contacts(count), 0, time.perf_counter()
    while batch := list(islice(coming, BATCH)):

        def add(batch: list[stored.ContactRecord] = batch) -> None:
            for contact in batch:
                stored.add(contact)
            for contact in batch[:: 100 // NOTED_OF_A_HUNDRED]:
                annotations.add_note(
                    contact.id, at_ms=contact.taken_in_at_ms, author=synthetic.ADVISER, text=NOTE, position_ms=None
                )

        house.register.write(add)
        done += len(batch)
        if sys.stderr.isatty() or done == count:
            tell(f"{done:,} of {count:,} contacts, {done / (time.perf_counter() - began_s):,.0f}/s")


def started(folder: Path, contacts: int = 0) -> RunningAgent:
    """Start the agent of an installation and wait until it answers.

    Raises:
        RuntimeError: it ended instead.
    """
    command = [sys.executable, "-P", "-m", "agent", "run", "--config", str(folder / "agent.toml")]
    with (folder / "journal").open("wb") as journal:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stderr=journal, start_new_session=True)
    agent = RunningAgent(folder, process, contacts)
    wait_for_socket(agent.socket, process)
    return agent


def wait_for_socket(path: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait until somebody answers on a socket.

    Raises:
        RuntimeError: the process that should has ended, or nobody does for too long.
    """
    until_s = time.monotonic() + START_S
    while time.monotonic() < until_s and process.poll() is None:
        with socket.socket(socket.AF_UNIX) as trying:
            try:
                trying.connect(str(path))
            except OSError:
                time.sleep(0.02)
            else:
                return
    raise RuntimeError(f"nobody answers on {path}")


def tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _configuration(folder: Path) -> str:
    quoted = {name: json.dumps(str(folder / name)) for name in ("state", "agent.sock", "spool")}
    return (
        f"state_dir = {quoted['state']}\nsocket = {quoted['agent.sock']}\n\n"
        f'[[source]]\nname = "pbx"\nspool = {quoted["spool"]}\n\n'
        f'[[adviser]]\nextension = "3201"\nname = "Anna Berg"\naccount = "{synthetic.ADVISER}"\nservice = "Vatten"\n'
    )
