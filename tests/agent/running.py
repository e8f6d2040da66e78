"""The agent as it runs: a process of its own on a real socket, asked over HTTP as anybody would."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from agent.access.sessions import token_hash
from agent.client import NO_TLS
from agent.installation import create, wall_clock_ms
from agent.services.desk import Desk
from agent.settings import Settings, load
from agent.wire import Role
from db.queries import accounts
from tests.agent.calls import call_file, sound
from tests.agent.conftest import PASSWORD, stored_password

PATIENCE_S = 30
"""For what must happen; how long it takes is no matter."""
STRANGERS_TOKEN = "a token of another OS user"  # no secret: made up here
CALLS = (
    "in-3201-0046701740605-20261123-140500-1795442700.1.wav",
    "in-3202-0046701740606-20261123-150500-1795446300.2.wav",
)


def configuration(folder: Path, **more: Any) -> Path:
    """A configuration file for an installation in a folder."""
    (folder / "spool").mkdir(exist_ok=True)
    values = {"state_dir": str(folder / "state"), "socket": str(folder / "run" / "agent.sock"), "rescan_s": 0.2, **more}
    lines = [f"{name} = {json.dumps(value)}" for name, value in values.items()]
    lines += ["[[source]]", 'name = "pbx"', f"spool = {json.dumps(str(folder / 'spool'))}", "settle_ms = 10"]
    lines += ["quiet_s = 0.2", "unfinished_s = 1"]
    for extension, name, account in (("3201", "Anna Berg", "anna.berg"), ("3202", "Mikko Laine", "mikko.laine")):
        lines += ["[[adviser]]", f'extension = "{extension}"', f'name = "{name}"', f'account = "{account}"']
    config = folder / "agent.toml"
    config.write_text("\n".join(lines) + "\n", "utf-8")
    return config


def user_of(role: Role) -> str:
    return "anna.berg" if role is Role.ADVISER else f"the.{role.value}"


def install(config: Path) -> Settings:
    """Make the installation, with a person for each role and two calls."""
    settings = load(config)
    house = create(settings)
    try:

        def appoint() -> None:
            now_ms = wall_clock_ms()
            for role in Role:
                accounts.add(user_of(role), display_name=role.title(), password=stored_password(), now_ms=now_ms)
                accounts.grant_role(user_of(role), role.value, now_ms)
            accounts.add_agreement(user_of(Role.MAINTENANCE), "A-1", 0, now_ms + 86_400_000)
            accounts.begin_session(
                "strangers",
                user=user_of(Role.MANAGER),
                token_sha256=token_hash(STRANGERS_TOKEN),
                uid=os.getuid() + 1,
                via="api",
                created_at_ms=now_ms,
                expires_at_ms=now_ms + 3_600_000,
            )

        house.register.write(appoint)
        desk = Desk(house)
        for number, name in enumerate(CALLS):
            call_file(desk, settings.source[0], name, content=sound(2.0, seed=number))
    finally:
        house.close()
    return settings


@dataclass
class Running:
    """An agent that runs."""

    config: Path
    settings: Settings
    process: subprocess.Popen[str]
    tokens: dict[Role, str] = field(default_factory=dict)

    def http(self, **options: Any) -> httpx.Client:
        transport = httpx.HTTPTransport(verify=NO_TLS, uds=str(self.settings.socket))
        return httpx.Client(transport=transport, base_url="http://agent/v1", timeout=PATIENCE_S, **options)

    def sign_in(self, role: Role) -> str:
        """The token of a new session."""
        with self.http() as http:
            answer = http.post("/session", json={"user": user_of(role), "password": PASSWORD})
        token = answer.raise_for_status().json()["token"]
        assert isinstance(token, str)
        return token

    def ask(self, method: str, path: str, *, role: Role | None = None, token: str = "", **asked: Any) -> httpx.Response:
        """Ask once, as whoever holds a role or a token."""
        if role is not None:
            token = self.tokens.get(role) or self.sign_in(role)
            self.tokens[role] = token
        headers = {**({"Authorization": f"Bearer {token}"} if token else {}), **asked.pop("headers", {})}
        with self.http() as http:
            return http.request(method, path, headers=headers, **asked)

    def calls(self) -> list[str]:
        """Ids of all contacts, newest first."""
        return [item["id"] for item in self.ask("GET", "/contacts", role=Role.MANAGER).json()["items"]]

    def log(self, query: str = "") -> list[dict[str, Any]]:
        """Entries, newest first."""
        answer = self.ask("GET", "/audit", role=Role.SECURITY, params={"query": query, "limit": 500})
        items = answer.raise_for_status().json()["items"]
        assert isinstance(items, list)
        return items

    def stop(self) -> int:
        """Ask it to leave, and wait until it has."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_S)


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "agent", *map(str, words)]


def run_command(*words: str | Path, said: str = "") -> subprocess.CompletedProcess[str]:
    """A command of the server, to its end."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        command(*words), input=said, capture_output=True, text=True, timeout=PATIENCE_S * 2, env=environment
    )


@contextmanager
def started(config: Path) -> Iterator[Running]:
    """Run the agent until the end of the block, or until it was stopped inside."""
    process = subprocess.Popen(command("run", "--config", config), stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        said: list[str] = []
        while "answers on" not in "".join(said):  # its journal may have something to tell before
            readable, _, _ = select.select([process.stderr], [], [], PATIENCE_S)
            said.append(process.stderr.readline() if readable else "")
            assert said[-1], said
        yield Running(config, load(config), process)
    finally:
        process.terminate()
        process.wait(PATIENCE_S)
        process.stderr.close()


@contextmanager
def short_folder() -> Iterator[Path]:
    """A folder whose path leaves room for a socket's name, however deep the tests' own folders lie."""
    folder = Path(tempfile.mkdtemp(prefix="ew-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def eventually(fact: Any) -> Any:
    """Wait until something is true; what it was."""
    until_s = time.monotonic() + PATIENCE_S
    while not (found := fact()):
        assert time.monotonic() < until_s, "it did not happen"
        time.sleep(0.01)
    return found
