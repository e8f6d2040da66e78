"""`checkpoint` prints a signed note, with the cosignatures of just that head."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agent.__main__ import program
from agent.audit.cosignature import Cosigner, check_cosigned
from agent.audit.entry import AGENT, Draft
from agent.audit.note import read_note
from agent.installation import Installation
from agent.wire import Outcome
from db.queries import log as stored
from db.queries import witness as witnessed
from db.records import CosignatureRecord

WITNESS = Cosigner("w.example", Ed25519PrivateKey.from_private_bytes(bytes(32)))
Command = Callable[..., Result]


@pytest.fixture
def command(house: Installation, tmp_path: Path) -> Command:
    config = tmp_path / "agent.toml"
    settings = house.settings
    config.write_text(
        f"state_dir = {json.dumps(str(settings.state_dir))}\nsocket = {json.dumps(str(settings.socket))}\n"
    )

    def run(*words: str) -> Result:
        house.close()
        return CliRunner().invoke(program, [*words, "--config", str(config)])

    return run


def grow(house: Installation) -> None:
    house.log.record(Draft(AGENT, "test.happened", Outcome.ALLOWED))


def cosign(house: Installation, name: str, time_s: int = 1) -> str:
    """As a witness of this name would the newest head; its line."""
    with house.register.read():
        newest = stored.newest_checkpoint()
    assert newest is not None
    line = str(WITNESS.sign(read_note(newest.note).text, time_s))
    record = CosignatureRecord(name, newest.size, time_s * 1000, newest.note, line)
    house.register.write(lambda: witnessed.add_cosignature(record))
    return line


def test_cosignatures_of_the_newest_head_stand_under_it(house: Installation, command: Command) -> None:
    grow(house)
    cosign(house, "older")
    grow(house)
    lines = cosign(house, "a") + cosign(house, "b", 2)
    printed = command("checkpoint").output
    assert printed.endswith(lines)
    note = read_note(printed)
    assert len(note.signatures) == 3
    assert check_cosigned(note, WITNESS.verifier).time_s == 2


def test_a_head_without_cosignatures_is_printed_as_it_is(house: Installation, command: Command) -> None:
    grow(house)
    cosign(house, "a")
    grow(house)
    assert len(read_note(command("checkpoint").output).signatures) == 1


def test_the_newest_that_was_cosigned_can_be_asked_for(house: Installation, command: Command) -> None:
    grow(house)
    line = cosign(house, "a")
    grow(house)
    printed = command("checkpoint", "--cosigned").output
    assert printed.endswith(line)
    assert read_note(printed).text.split("\n")[1] == "1"


def test_without_any_cosignature_there_is_none_to_print(house: Installation, command: Command) -> None:
    grow(house)
    assert command("checkpoint", "--cosigned").exit_code == 1
