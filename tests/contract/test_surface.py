"""The names that others rely on, written down once more: whoever changes one breaks somebody's script."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import httpx

from agent import wire
from agent.__main__ import program as server
from agent.errors import AgentUnreachable, EarwitnessError, IntegrityBroken, NotFound, NotPermitted, WrongUse
from agent.services.desk import Desk
from tests.agent.in_process import Api, operations

PATHS = {
    ("POST", "/v1/session"),
    ("DELETE", "/v1/session"),
    ("GET", "/v1/me"),
    ("GET", "/v1/contacts"),
    ("GET", "/v1/contacts/count"),
    ("GET", "/v1/contacts/position"),
    ("GET", "/v1/contacts/{contact_id}"),
    ("GET", "/v1/contacts/{contact_id}/audio"),
    ("GET", "/v1/contacts/{contact_id}/waveform"),
    ("GET", "/v1/audit"),
    ("GET", "/v1/audit/count"),
    ("GET", "/v1/audit/hours"),
    ("GET", "/v1/audit/state"),
    ("GET", "/v1/audit/odd"),
    ("POST", "/v1/audit/odd/{odd_id}/acknowledge"),
    ("POST", "/v1/audit/export"),
    ("POST", "/v1/intake/sources/{source}/acknowledge"),
    ("GET", "/v1/events"),
    ("GET", "/v1/status"),
}
CONTACT = "id medium started_at duration_s direction number withheld adviser service recordings"
RECORDING = "id sha256 encoding rate_hz channels duration_s source_name"
ENTRY = "seq at actor action outcome target purpose"
PEOPLES_COMMANDS = {"login", "logout", "search", "show", "play", "export", "audit", "demo"}
SERVERS_COMMANDS = {
    *("init", "run", "scan", "account", "verify", "checkpoint", "prove", "export-log", "quarantine", "status"),
}
ROLES = ["adviser", "manager", "controller", "administrator", "maintenance", "security", "dpo"]


def test_the_api_has_these_paths(desk: Desk) -> None:
    api = Api(desk)
    try:
        assert operations(api) >= PATHS
        assert api.ask("GET", "/openapi.json").status_code == 200
    finally:
        api.close()


def test_bodies_have_these_fields() -> None:
    assert set(wire.Contact.model_fields) >= set(CONTACT.split())
    assert "provenance" in wire.ShownContact.model_fields
    assert set(wire.Recording.model_fields) >= set(RECORDING.split())
    assert set(wire.Entry.model_fields) >= set(ENTRY.split())
    assert set(wire.Actor.model_fields) >= {"account", "uid"}
    assert [outcome.value for outcome in wire.Outcome] == ["allowed", "refused", "failed"]
    assert [role.value for role in wire.Role] == ROLES


def test_exit_codes_are_these() -> None:
    kinds = (EarwitnessError, NotFound, WrongUse, AgentUnreachable, NotPermitted, IntegrityBroken)
    assert [kind.exit_code for kind in kinds] == [1, 1, 2, 3, 4, 5]


def test_the_server_has_these_commands() -> None:
    assert set(server.commands) >= SERVERS_COMMANDS


def test_people_have_these_commands() -> None:
    helped = subprocess.run(
        [sys.executable, "-m", "tui", "--lang", "en", "--help"], capture_output=True, text=True, check=True
    )
    listed = {line.split()[0] for line in helped.stdout.splitlines() if line.startswith("  ") and line.split()}
    assert listed >= PEOPLES_COMMANDS


def test_the_demo_says_where_it_is_and_lets_every_role_in() -> None:
    command = [sys.executable, "-m", "tui", "demo", "--contacts", "3", "--headless"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as demo:
        assert demo.stdout is not None
        try:
            ready = json.loads(demo.stdout.readline())
            assert set(ready) == {"socket", "dir", "spool", "config", "accounts"}
            assert list(ready["accounts"]) == ROLES
            transport = httpx.HTTPTransport(uds=ready["socket"])
            with httpx.Client(transport=transport, base_url="http://agent/v1", timeout=30) as http:
                for account in ready["accounts"].values():
                    assert set(account) == {"user", "password"}
                    assert http.post("/session", json=account).status_code == 200
        finally:
            demo.send_signal(signal.SIGTERM)
            left = demo.wait(30)
    assert left == 0
    assert not Path(ready["dir"]).exists()
