"""No customer in the log: a running agent, everything that people do, and a customer's number and name in all of it.

Two canaries: one is in what the recorder writes (names of files, sidecars, what cannot be taken in), the other in what
people type. Neither may be found in any entry, in an exported log, in the agent's journal or the server's commands, in
whatever form; the recorder's is in no error either. (An error tells a person the term that they have typed themselves.)
"""

from __future__ import annotations

import base64
import json
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

import httpx
import pytest

from agent.wire import Role
from tests.agent.calls import put, sound
from tests.agent.running import Running, configuration, eventually, install, run_command, short_folder, started

SEPARATORS = re.compile(r"[\s().\-_/]+")
SEVERAL = (Role.MANAGER, Role.SECURITY, Role.ADVISER)
"""With one form of the canary; the others are tried by whoever may do most."""


@dataclass(frozen=True)
class Canary:
    digits: str
    """Of a national number, without its zero."""
    name: str

    def numbers(self) -> list[str]:
        """As people and recorders write one number."""
        d = self.digits
        plus = f"+46{d}"
        spaced = f"0{d[:2]}-{d[2:5]} {d[5:7]} {d[7:]}"
        return [plus, f"0046{d}", f"0{d}", spaced, f"*{d[-6:]}"]

    def typed(self) -> list[str]:
        return [*self.numbers(), self.name.casefold(), f"{self.name} 0{self.digits}"]

    def forms(self) -> set[str]:
        """What to look for in a text whose separators are gone, in small letters."""
        forms = {self.digits, self.digits[::-1], self.name.casefold(), self.name.casefold()[::-1]}
        for plain in (f"+46{self.digits}", f"0{self.digits}", self.name):
            forms.add(plain.encode().hex())
            forms |= {base64.b64encode(b"\0" * shift + plain.encode()).decode()[4:12].casefold() for shift in (3, 4, 5)}
        return forms

    def found_in(self, content: bytes | str) -> list[str]:
        text = content if isinstance(content, str) else content.decode("utf-8", "replace")
        plain = SEPARATORS.sub("", unquote(text)).casefold()
        return sorted(form for form in self.forms() if form in plain or form in text.casefold())


RECORDED = Canary("701740687", "Filippakarlberg")
TYPED = Canary("701740688", "Quetzalberg")
FILE = "in-3201-0046701740687-20261123-160500-1795449900.9.wav"


@pytest.mark.parametrize("canary", [RECORDED, TYPED])
def test_a_canary_would_be_found(canary: Canary) -> None:
    for said in (said for said in canary.typed() if "*" not in said):
        assert canary.found_in(json.dumps({"query": said}))
        assert canary.found_in(quote(said, safe=""))
    assert canary.found_in(canary.name.encode().hex())
    assert canary.found_in(base64.b64encode(f"in the leaf of {canary.name}".encode()))
    assert not canary.found_in(b'{"account":"anna.berg","query":"number:hmac:0123456789abcdef0123456789abcdef"}')


# --- everything that people do ---------------------------------------------------------------------------------------


def record(spool: Path) -> None:
    """What a recorder leaves: a call, its sidecar, what is no recording, what cannot even be opened."""
    sidecar = {"adviser": "mikko.laine", "customer": RECORDED.name, "number": f"+46{RECORDED.digits}"}
    put(spool, FILE + ".json", json.dumps(sidecar).encode())
    put(spool, FILE, sound(1.5, seed=9))
    put(spool, f"in-3202-0046{RECORDED.digits}-20261123-170500-{RECORDED.name}.wav", b"no recording at all")
    put(spool, f"{RECORDED.name}/0{RECORDED.digits}.wav", b"nor is this one")
    (spool / f"{RECORDED.name} 0{RECORDED.digits}.wav").symlink_to(f"/nowhere/{RECORDED.name}")


def ask_about_contacts(agent: Running, role: Role, said: str, contact: str) -> Iterator[httpx.Response]:
    fields = (
        "",
        "number:",
        "adviser:",
        "service:",
        "tag:",
        "case:",
        "source:",
        "has:",
        "after:",
        "longer:",
        "-",
        "foo:",
    )
    for field in fields:
        yield agent.ask("GET", "/contacts", role=role, params={"query": f'{field}"{said}"'})
    for path in ("/contacts/count", "/contacts/position"):
        yield agent.ask("GET", path, role=role, params={"query": said, "id": said, "as_of": said})
    yield agent.ask("GET", "/contacts", role=role, params={"cursor": said, "as_of": said, "sort": said})
    there = quote(said, safe="")
    for path in (f"/contacts/{there}", f"/{there}", f"/contacts/{contact}/{there}"):
        yield agent.ask("GET", path, role=role)
    yield agent.ask("POST", f"/contacts/{contact}/notes", role=role, json={"text": f"she is {said}", "position_s": 0.5})
    yield agent.ask("POST", f"/contacts/{contact}/notes", role=role, json={"text": "", said: said})
    yield agent.ask("POST", f"/contacts/{contact}/tags", role=role, json={"tag": said.strip("+*").replace(" ", "-")})
    yield agent.ask("POST", f"/contacts/{contact}/tags", role=role, json={"tag": f"<{said}>"})
    yield agent.ask("DELETE", f"/contacts/{contact}/tags/{there}", role=role)
    yield agent.ask("POST", "/searches", role=role, json={"name": said.replace("/", ""), "query": f'"{said}"'})
    yield agent.ask("GET", "/searches", role=role)
    yield agent.ask("DELETE", f"/searches/{there}", role=role)


def ask_to_hear(agent: Running, role: Role, said: str, contact: str) -> Iterator[httpx.Response]:
    there = quote(said, safe="")
    good = {"purpose": "complaint", "reason": f"asked for by {said}"}
    yield agent.ask("POST", f"/contacts/{contact}/export", role=role, params=good)
    yield agent.ask("GET", f"/contacts/{contact}/audio", role=role, params=good, headers={"Range": "bytes=0-99"})
    yield agent.ask("GET", f"/contacts/{contact}/audio", role=role, params={"purpose": said})
    yield agent.ask("GET", f"/contacts/{contact}/audio", role=role, params={**good, "case": f"{said} / her case"})
    yield agent.ask("GET", f"/contacts/{contact}/audio", role=role, params={**good, "recording": said})
    yield agent.ask("GET", f"/contacts/{contact}/audio", role=role, params=good, headers={"Range": f"bytes={there}"})
    yield agent.ask("GET", f"/contacts/{there}/audio", role=role, params=good)
    yield agent.ask("GET", f"/contacts/{contact}/waveform", role=role, params={"columns": said})


def ask_about_the_log(agent: Running, role: Role, said: str) -> Iterator[httpx.Response]:
    fields = ("", "number:", "searched:", "actor:", "action:", "target:", "contact:", "purpose:", "case:", "reason:")
    for field in (*fields, "request:", "session:", "uid:", "on:", "outcome:", "same-caller:", "caller:", "foo:"):
        yield agent.ask("GET", "/audit", role=role, params={"query": f'{field}"{said}"'})
    for path in ("/audit/count", "/audit/hours"):
        yield agent.ask("GET", path, role=role, params={"query": f'actor:"{said}"'})
    yield agent.ask("POST", "/audit/export", role=role, params={"query": f"number:{said}", "reason": f"for {said}"})
    yield agent.ask("POST", f"/audit/odd/{quote(said, safe='')}/acknowledge", role=role, json={"remark": said})
    yield agent.ask("POST", f"/quarantine/{quote(said, safe='')}/retry", role=role)
    yield agent.ask("GET", "/quarantine", role=role, params={"cursor": said})
    stood = {"reason": said, "changed": 0, "vanished": 1, "newest_seq": 0}
    for source in (quote(said, safe=""), "pbx"):
        yield agent.ask("POST", f"/intake/sources/{source}/acknowledge", role=role, json=stood)


def ask_as_a_stranger(agent: Running, said: str) -> Iterator[httpx.Response]:
    yield agent.ask("POST", "/session", json={"user": said, "password": said})
    yield agent.ask("POST", "/session", json={"user": "the.manager", "password": said})
    yield agent.ask("POST", "/session", json={"user": "the.manager", said: said})
    yield agent.ask("POST", "/session", content=f'{{"user": "{said}'.encode())
    yield agent.ask("GET", "/me", token=quote(said, safe=""))
    headers = {"User-Agent": quote(said), "X-Request-Id": quote(said, safe="")}
    yield agent.ask("GET", f"/{quote(said, safe='')}", headers=headers)
    yield agent.ask("GET", "/contacts", headers={"X-Request-Id": said}, params={"query": said})


def send_what_is_no_http(agent: Running, said: str) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as raw:
        raw.connect(str(agent.settings.socket))
        raw.sendall(f"{said} {said} HTTP/9.9\r\n{said}\r\n\r\n".encode())
        raw.settimeout(30)
        while raw.recv(4096):
            pass


def commands(agent: Running, folder: Path, said: str) -> Iterator[str]:
    """The server's own commands, while the agent runs; what each printed to its error stream."""
    config = ("--config", agent.config)
    for words in (
        ("quarantine", "list"),
        ("quarantine", "retry", said),
        ("source", "acknowledge", said, "--reason", said),
        ("source", "acknowledge", "pbx", "--reason", said),
        ("account", "disable", said),
        ("account", "add", f"{said}!", "--name", "Somebody", "--role", "adviser", "--password-stdin"),
        ("status", "--json"),
        ("scan",),
        ("verify", "--recordings"),
    ):
        done = run_command(*words, *config, said="correct horse battery staple\n")
        yield done.stderr.replace(said, "")  # what was typed there may be said there
        yield done.stdout if words[0] != "account" else ""


# --- where it must not be --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Left:
    """What was left by all of this."""

    leaves: list[bytes]
    exported: dict[str, bytes]
    journal: str
    commands: list[str]
    errors: list[str]


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Left]:
    out = tmp_path_factory.mktemp("out")
    with short_folder() as folder:
        config = configuration(folder)
        install(config)
        with started(config) as agent:
            answers, said_by_commands = [], []
            record(agent.settings.source[0].spool)
            eventually(lambda: len(agent.calls()) == 3)
            eventually(lambda: agent.ask("GET", "/quarantine", role=Role.MAINTENANCE).json()["items"][2:])
            contact = agent.calls()[0]
            for number, said in enumerate(TYPED.typed()):
                for role in (Role.MANAGER,) if number else SEVERAL:
                    answers += ask_about_contacts(agent, role, said, contact)
                    answers += ask_to_hear(agent, role, said, contact)
                for role in (Role.SECURITY,) if number else SEVERAL:
                    answers += ask_about_the_log(agent, role, said)
                answers += ask_as_a_stranger(agent, said)
                send_what_is_no_http(agent, said)
            for said in (TYPED.name.casefold(), f"0{TYPED.digits}"):
                said_by_commands += commands(agent, folder, said)
            errors = [answer.text for answer in answers if answer.is_error]
            assert len(errors) > 100
            assert sum(answer.is_success for answer in answers) > 100
            assert agent.stop() == 0
            assert agent.process.stderr is not None
            journal = agent.process.stderr.read()
        done = run_command("export-log", "-o", out / "log", "--config", config)
        assert done.returncode == 0, done.stderr
        exported = {file.name: file.read_bytes() for file in (out / "log").iterdir()}
        leaves = [base64.b64decode(line) for line in exported["leaves"].splitlines()]
        exported["checkpoint printed"] = run_command("checkpoint", "--config", config).stdout.encode()
        yield Left(leaves, exported, journal, said_by_commands, errors)


BOTH = pytest.mark.parametrize("canary", [RECORDED, TYPED], ids=["recorded", "typed"])


@BOTH
def test_no_entry_knows_a_customer(left: Left, canary: Canary) -> None:
    assert len(left.leaves) > 500
    assert [leaf for leaf in left.leaves if canary.found_in(leaf)] == []


@BOTH
def test_no_exported_file_knows_a_customer(left: Left, canary: Canary) -> None:
    assert set(left.exported) >= {"leaves", "vkey", "checkpoint"}
    assert [name for name, content in left.exported.items() if canary.found_in(content)] == []


@BOTH
def test_the_journal_knows_no_customer(left: Left, canary: Canary) -> None:
    assert [line for line in left.journal.splitlines() if canary.found_in(line)] == []


@BOTH
def test_the_commands_on_the_server_show_no_customer(left: Left, canary: Canary) -> None:
    assert [said for said in left.commands if canary.found_in(said)] == []


def test_no_error_names_a_customer_of_the_recorder(left: Left) -> None:
    assert [error for error in left.errors if RECORDED.found_in(error)] == []
