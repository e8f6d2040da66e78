"""An installation for every test that wants one: real keys, real register, real log, in a folder of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from agent.installation import Installation, create
from agent.services.caller import Asking, Caller
from agent.services.desk import Desk
from agent.settings import Adviser, Settings, Source
from agent.wire import Role, SignIn
from db.queries import accounts
from tests.agent.clock import Clock

PASSWORD = "correct horse battery"


@cache
def stored_password() -> str:
    """One hash for all test accounts, with the smallest cost: a real one takes a tenth of a second at every sign-in."""
    return Argon2id(salt=bytes(16), length=32, iterations=1, lanes=1, memory_cost=8).derive_phc_encoded(
        PASSWORD.encode()
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "spool").mkdir()
    return Settings(
        state_dir=tmp_path / "state",
        socket=tmp_path / "agent.sock",
        rescan_s=0.2,
        source=[Source(name="pbx", spool=tmp_path / "spool", quiet_s=0.2, unfinished_s=1, settle_ms=10)],
        adviser=[
            Adviser(extension="3201", name="Anna Berg", account="anna.berg", service="Vatten"),
            Adviser(extension="3202", name="Mikko Laine", account="mikko.laine", service="Avlopp"),
        ],
        services={"600": "Vatten", "610": "Avlopp"},
    )


@pytest.fixture
def house(settings: Settings, clock: Clock) -> Iterator[Installation]:
    made = create(settings, now_ms=clock)
    yield made
    made.close()


@dataclass
class People:
    """Accounts, and their sessions as they are needed."""

    desk: Desk
    clock: Clock
    users: dict[Role, str] = field(default_factory=dict)

    def appoint(self, role: Role, user: str) -> str:
        def job() -> None:
            accounts.add(user, display_name=user.title(), password=stored_password(), now_ms=self.clock())
            accounts.grant_role(user, role.value, self.clock())
            if role is Role.MAINTENANCE:
                accounts.add_agreement(user, "A-1", self.clock() - 1000, self.clock() + 86_400_000)

        self.desk.house.register.write(job)
        return user

    def asking(self, role: Role) -> Asking:
        """A new session of the person with this role."""
        if role not in self.users:
            self.users[role] = self.appoint(role, {Role.ADVISER: "anna.berg"}.get(role, f"the.{role.value}"))
        asking = Asking(uid=os.getuid(), token=None, request_id="sign-in")
        session = self.desk.sessions.sign_in(asking, SignIn(user=self.users[role], password=PASSWORD, via="cli"))
        return Asking(uid=os.getuid(), token=session.token, request_id="asked")

    def caller(self, role: Role) -> Caller:
        return self.desk.caller(self.asking(role))


@pytest.fixture
def desk(house: Installation) -> Desk:
    return Desk(house)


@pytest.fixture
def people(desk: Desk, clock: Clock) -> People:
    return People(desk, clock)


TakeIn = Callable[..., str]
"""Take a generated call in, under a FreePBX name; its contact's id."""


@pytest.fixture
def take_in(desk: Desk, settings: Settings) -> TakeIn:
    from tests.agent.calls import call_file

    def taking(name: str = "in-3201-0046701740605-20261123-140500-1795442700.1.wav", **sound: object) -> str:
        return call_file(desk, settings.source[0], name, **sound)

    return taking
