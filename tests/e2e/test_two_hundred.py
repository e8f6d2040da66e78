"""Two hundred recordings dropped into a running installation: each one is found, and nothing of them lies about."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from agent import wire
from agent.client import Client
from tests.agent.waiting import PATIENCE_S, until

FILES = 200
FOLDER = "2026/11/23"
ENCODINGS = [("ALAW", 1), ("ULAW", 1), ("GSM610", 1), ("PCM_16", 1), ("PCM_16", 2), ("ALAW", 2)]
EXTENSIONS = ["3201", "3202"]
RUN_BYTES = 48
"""So many bytes of sound in a row are no chance."""


@dataclass(frozen=True)
class Call:
    name: str
    number: str
    """E.164."""
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def call(index: int) -> Call:
    subtype, channels = ENCODINGS[index % len(ENCODINGS)]
    frames = 8000 * (1 + index % 3)
    noise = np.random.default_rng(index).uniform(-0.5, 0.5, (frames, channels))
    made = io.BytesIO()
    soundfile.write(made, noise, 8000, subtype=subtype, format="WAV")
    number = f"+46701740{605 + index % 95}" if index % 2 else f"+447700900{index:03d}"
    customer = number.replace("+", "00")
    parties = f"{EXTENSIONS[index % 2]}-{customer}" if index % 4 else f"{customer}-{EXTENSIONS[index % 2]}"
    suffix = "WAV" if subtype == "GSM610" else "wav"
    kind = "in" if index % 4 else "out"
    at = f"{9 + index // 60:02d}{index % 60:02d}00"
    name = f"{kind}-{parties}-20261123-{at}-{1_795_417_200 + index * 60}.{90_000 + index}.{suffix}"
    return Call(name, number, made.getvalue())


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """What a demo that is running says of itself."""
    command = [sys.executable, "-m", "agent", "demo", "--headless", "--dir", str(tmp_path / "demo"), "--contacts", "0"]
    with (tmp_path / "journal").open("wb") as journal:
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=journal)
    with running:
        try:
            assert running.stdout is not None
            yield json.loads(running.stdout.readline())
        finally:
            running.send_signal(signal.SIGTERM)
            assert running.wait(PATIENCE_S) == 0


async def found(client: Client) -> dict[str, list[wire.Contact]]:
    """Every contact by the SHA-256 of its recording."""
    contacts: dict[str, list[wire.Contact]] = {}
    page = await client.contacts(limit=500)
    while True:
        for contact in page.items:
            contacts.setdefault(contact.recordings[0].sha256, []).append(contact)
        if page.next_cursor is None:
            return contacts
        page = await client.contacts(limit=500, cursor=page.next_cursor)


async def until_found(demo: dict[str, Any], calls: list[Call]) -> dict[str, list[wire.Contact]]:
    person = demo["accounts"]["manager"]
    async with Client(Path(demo["socket"])) as client, asyncio.timeout(2 * PATIENCE_S):
        await client.sign_in(person["user"], person["password"])
        while not {made.sha256 for made in calls} <= (contacts := await found(client)).keys():  # noqa: ASYNC110 - it is another process
            await asyncio.sleep(0.1)
        return contacts


def test_each_of_two_hundred_recordings_is_found_and_nothing_of_it_is_left_in_the_clear(
    demo: dict[str, Any], tmp_path: Path
) -> None:
    calls = [call(index) for index in range(FILES)]
    assert len({made.sha256 for made in calls}) == len({made.name for made in calls}) == FILES
    spool = Path(demo["spool"]) / FOLDER
    spool.mkdir(parents=True, exist_ok=True)
    for made in calls:
        (spool / made.name).write_bytes(made.content)

    contacts = asyncio.run(until_found(demo, calls))
    for made in calls:
        (contact,) = contacts[made.sha256]
        assert contact.number == made.number
        assert contact.recordings[0].source_name == made.name
    names = {made.name for made in calls}
    until(lambda: not any(left.name in names for left in spool.iterdir()))

    searched = by_command_line(demo, tmp_path, calls[7])
    assert calls[7].sha256 in [recording["sha256"] for line in searched for recording in line["recordings"]]
    secrets = {secret for made in calls for secret in in_the_clear(made)}
    for file in files_of(Path(demo["dir"]) / "state", tmp_path / "journal"):
        assert held_of(secrets, file.read_bytes()) == [], file


@pytest.mark.parametrize("before", [b"", b"\0", b"\0" * 1000, bytes(range(7))])
def test_what_lies_in_the_clear_would_be_found(before: bytes) -> None:
    secrets = {secret for made in (call(6), call(7)) for secret in in_the_clear(made)}
    for secret in secrets:
        assert secret in held_of(secrets, before + secret)
        assert held_of({secret}, before + secret[:-1]) == []


def by_command_line(demo: dict[str, Any], tmp_path: Path, made: Call) -> list[dict[str, Any]]:
    """What `earwitness search` prints for a call's number."""
    person = demo["accounts"]["manager"]
    (tmp_path / "run").mkdir(mode=0o700)
    surroundings = {"PATH": "/usr/bin:/bin", "XDG_RUNTIME_DIR": str(tmp_path / "run"), "HOME": str(tmp_path)}

    def earwitness(*arguments: str, said: str = "") -> str:
        command = [sys.executable, "-m", "tui", "--socket", demo["socket"], *arguments]
        ended = subprocess.run(
            command, input=said, capture_output=True, text=True, env=surroundings, timeout=PATIENCE_S
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    earwitness("login", "--user", person["user"], "--password-stdin", said=person["password"] + "\n")
    return [json.loads(line) for line in earwitness("search", f"number:{made.number}", "--json").splitlines()]


def files_of(*places: Path) -> list[Path]:
    return [file for place in places for file in ([place] if place.is_file() else place.rglob("*")) if file.is_file()]


def in_the_clear(made: Call) -> Iterator[bytes]:
    """Runs of a call's sound, and its number in every form that a program would write it in."""
    for start in (0, 1000, len(made.content) // 2, len(made.content) - RUN_BYTES):
        yield made.content[start : start + RUN_BYTES]
    digits = made.number.removeprefix("+")
    for form in {digits, digits[::-1], digits[2:], digits[2:][::-1]}:
        for encoding in ("ascii", "utf-16-le", "utf-16-be"):
            yield form.encode(encoding)


def held_of(secrets: set[bytes], content: bytes) -> list[bytes]:
    """Those of the secrets that lie in it; looked for one by one only where something begins like one of them."""
    begins = np.frombuffer(b"".join(secret[:8] for secret in secrets), "<u8")
    assert len(begins) == len(secrets), "each is at least so long"
    padded = content + bytes(8)
    places = (np.frombuffer(padded, "<u8", (len(padded) - offset) // 8, offset) for offset in range(8))
    if not any(np.isin(words, begins).any() for words in places):
        return []
    return sorted(secret for secret in secrets if secret in content)
