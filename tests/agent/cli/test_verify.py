"""What an auditor takes away, checked with an independent reader: RFC 6962 and C2SP signed-note, written here anew.

Nothing of `agent.audit` is used to check; a mistake there would be made twice.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from agent.__main__ import program
from agent.audit import proof
from agent.audit.entry import AGENT, Draft
from agent.installation import Installation, checkpoint_file, vault_folder
from agent.wire import Outcome
from db.engine import RegisterError, RegisterUnreadable, RegisterUnwritable, database
from tests.agent.conftest import TakeIn
from tests.agent.stored import stored

ENTRIES = 13

Command = Callable[..., Result]


@pytest.fixture
def written(house: Installation, take_in: TakeIn) -> Installation:
    take_in()
    for number in range(1, ENTRIES):
        house.log.record(Draft(AGENT, "test.happened", Outcome.ALLOWED, target=str(number)))
    return house


@pytest.fixture
def command(written: Installation, tmp_path: Path) -> Iterator[Command]:
    """Run a command of earwitness-agent on the installation, which is closed before."""
    settings = written.settings
    config = tmp_path / "agent.toml"
    config.write_text(
        f"state_dir = {json.dumps(str(settings.state_dir))}\nsocket = {json.dumps(str(settings.socket))}\n"
        f'[[source]]\nname = "pbx"\nspool = {json.dumps(str(settings.source[0].spool))}\n'
    )

    def run(*arguments: str) -> Result:
        written.close()
        return CliRunner().invoke(program, [*arguments, "--config", str(config)])

    return run


# --- the auditor's own tools -----------------------------------------------------------------------------------------


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1."""
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(root_of(leaves[:split]), root_of(leaves[split:]))


def opened_note(note: str, vkey: str) -> tuple[str, int, bytes]:
    """Origin, size and root of a checkpoint that the key of `vkey` has signed (c2sp.org/signed-note)."""
    name, key_id, encoded = vkey.strip().split("+", 2)
    key = base64.b64decode(encoded)
    assert key[0] == 1
    assert hashlib.sha256(name.encode() + b"\n" + key).digest()[:4].hex() == key_id
    text, signatures = note.split("\n\n")
    dash, signer, blob = signatures.removesuffix("\n").split(" ")
    signature = base64.b64decode(blob)
    assert (dash, signer, signature[:4].hex()) == ("—", name, key_id)
    Ed25519PublicKey.from_public_bytes(key[1:]).verify(signature[4:], (text + "\n").encode())
    origin, size, root = text.split("\n")
    return origin, int(size), base64.b64decode(root)


def root_by_inclusion(leaf: bytes, index: int, size: int, proof: list[bytes]) -> bytes:
    """RFC 6962, section 2.1.1: PATH(m, D[n]) read from its end, where the two halves of the whole tree meet."""
    if size == 1:
        assert proof == []
        return leaf_hash(leaf)
    split = 1 << ((size - 1).bit_length() - 1)
    *inner, outer = proof
    if index < split:
        return node_hash(root_by_inclusion(leaf, index, split, inner), outer)
    return node_hash(outer, root_by_inclusion(leaf, index - split, size - split, inner))


def roots_by_consistency(
    older: int, size: int, proof: list[bytes], older_root: bytes, is_whole: bool
) -> tuple[bytes, bytes]:
    """RFC 6962, section 2.1.2: SUBPROOF(m, D[n], b) read from its end; the roots of both trees."""
    if older == size:
        if is_whole:
            assert proof == []
            return older_root, older_root
        (digest,) = proof
        return digest, digest
    split = 1 << ((size - 1).bit_length() - 1)
    *inner, outer = proof
    if older <= split:
        was, now = roots_by_consistency(older, split, inner, older_root, is_whole)
        return was, node_hash(now, outer)
    was, now = roots_by_consistency(older - split, size - split, inner, older_root, False)
    return node_hash(outer, was), node_hash(outer, now)


def hashes(told: dict[str, Any]) -> list[bytes]:
    return [base64.b64decode(digest, validate=True) for digest in told["proof"]]


@pytest.fixture
def exported(command: Command, tmp_path: Path) -> Path:
    result = command("export-log", "-o", str(tmp_path / "log"))
    assert result.exit_code == 0, result.output
    return tmp_path / "log"


def leaves_in(folder: Path) -> list[bytes]:
    return [base64.b64decode(line, validate=True) for line in (folder / "leaves").read_text("ascii").splitlines()]


# --- the export ------------------------------------------------------------------------------------------------------


def test_the_exported_log_proves_itself_to_others(exported: Path) -> None:
    leaves = leaves_in(exported)
    vkey = (exported / "vkey").read_text("utf-8")
    _origin, size, root = opened_note((exported / "checkpoint").read_text("utf-8"), vkey)
    assert size == len(leaves) == ENTRIES
    assert root == root_of(leaves)
    assert [json.loads(leaf)["seq"] for leaf in leaves] == list(range(ENTRIES))


def test_an_altered_export_proves_nothing(exported: Path) -> None:
    leaves = leaves_in(exported)
    note, vkey = (exported / "checkpoint").read_text("utf-8"), (exported / "vkey").read_text("utf-8")
    _origin, _size, root = opened_note(note, vkey)
    assert root_of([*leaves[:4], leaves[4] + b" ", *leaves[5:]]) != root
    with pytest.raises(InvalidSignature):
        opened_note(note.replace(f"\n{ENTRIES}\n", f"\n{ENTRIES - 1}\n"), vkey)


def test_an_export_never_overwrites_anything(command: Command, tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "mine").write_text("mine")
    result = command("export-log", "-o", str(tmp_path / "log"))
    assert result.exit_code == 2
    assert "not empty" in result.stderr
    assert [file.name for file in (tmp_path / "log").iterdir()] == ["mine"]


def test_the_export_holds_no_number_and_no_name_of_a_file(exported: Path) -> None:
    text = b"\n".join(leaves_in(exported))
    assert b"70174060" not in text
    assert b".wav" not in text


def test_the_checkpoint_is_the_one_that_is_exported(exported: Path, command: Command) -> None:
    result = command("checkpoint")
    assert result.exit_code == 0
    assert result.stdout == (exported / "checkpoint").read_text("utf-8")


# --- proofs ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 7, 8, ENTRIES])
def test_every_entry_is_proved_to_stand_in_the_log(exported: Path, command: Command, size: int) -> None:
    leaves = leaves_in(exported)
    for index in range(size):
        told = json.loads(command("prove", "inclusion", str(index), "--size", str(size)).stdout)
        assert base64.b64decode(told["leaf"]) == leaves[index]
        assert root_by_inclusion(leaves[index], index, size, hashes(told)) == root_of(leaves[:size])


@pytest.mark.parametrize("older", range(1, ENTRIES + 1))
def test_every_older_log_is_proved_to_be_the_beginning_of_this_one(
    exported: Path, command: Command, older: int
) -> None:
    leaves = leaves_in(exported)
    told = json.loads(command("prove", "consistency", str(older), str(ENTRIES)).stdout)
    older_root, root = root_of(leaves[:older]), root_of(leaves)
    assert roots_by_consistency(older, ENTRIES, hashes(told), older_root, True) == (older_root, root)


@pytest.mark.parametrize(
    "arguments",
    [
        ("inclusion", "13", "--size", "13"),
        ("inclusion", "0", "--size", "14"),
        ("inclusion", "0", "--size", "0"),
        ("consistency", "0", "13"),
        ("consistency", "9", "8"),
        ("consistency", "1", "14"),
    ],
)
def test_there_is_no_proof_for_what_is_not_there(command: Command, arguments: tuple[str, ...]) -> None:
    result = command("prove", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr


# --- verify ----------------------------------------------------------------------------------------------------------


def test_a_whole_log_is_said_to_be_whole(command: Command) -> None:
    result = command("verify", "--recordings")
    assert result.exit_code == 0
    assert f"{ENTRIES} entries, head " in result.stdout
    assert "Everything is what was written." in result.stdout


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("UPDATE entry SET leaf = x'7b7d' WHERE seq = 3", "entry 3 is not the one that was written there"),
        ("DELETE FROM entry WHERE seq = 3", "entry 3 is missing"),
        ("DELETE FROM entry WHERE seq = 12", "entry 12 is missing"),
        ("UPDATE entry SET outcome = 'refused' WHERE seq = 3", "entry 3 has other searchable columns than it says"),
        ("UPDATE tree_node SET hash = zeroblob(32) WHERE level = 2 AND place = 1", "tree node 2/1 is not the hash"),
        ("UPDATE checkpoint SET note = 'x'", "checkpoint of size 13: not a checkpoint"),
        ("DELETE FROM recording", "was taken in and is no longer in the register"),
        ("UPDATE recording SET sha256 = zeroblob(32)", "is not the one that the log says was taken in"),
    ],
)
def test_what_was_altered_is_named_and_the_exit_code_is_5(
    written: Installation, command: Command, sql: str, named: str
) -> None:
    written.register.write(lambda: database.execute_sql(sql))
    result = command("verify")
    assert result.exit_code == 5
    assert named in result.stderr
    assert "Everything is what was written." not in result.stdout


def test_entries_that_changed_places_are_named_with_exit_code_5(written: Installation, command: Command) -> None:
    for sql in ("SET seq = -1 WHERE seq = 2", "SET seq = 2 WHERE seq = 5", "SET seq = 5 WHERE seq = -1"):
        written.register.write(lambda sql=sql: database.execute_sql(f"UPDATE entry {sql}"))
    result = command("verify")
    assert result.exit_code == 5
    assert "entry 2 was written as another one" in result.stderr
    assert "entry 5 was written as another one" in result.stderr


def test_a_sealed_recording_that_is_gone_is_named_when_recordings_are_read(
    written: Installation, command: Command
) -> None:
    ((recording,),) = (contact.recordings for contact in stored(written).contacts)
    (vault_folder(written.settings) / recording.id[:2] / f"{recording.id}.sealed").unlink()
    assert command("verify").exit_code == 0
    result = command("verify", "--recordings")
    assert result.exit_code == 5
    assert f"broken: recording {recording.id}, sealed file missing" in result.stderr


def test_a_head_beside_the_database_of_another_log_is_named(written: Installation, command: Command) -> None:
    place = checkpoint_file(written.settings)
    place.write_text(place.read_text("utf-8").replace("earwitness-", "another-"), "utf-8")
    result = command("verify")
    assert result.exit_code == 5
    assert "checkpoint beside the database: a checkpoint of another log" in result.stderr


@pytest.mark.parametrize(("error", "code"), [(RegisterUnreadable("page 7"), 5), (RegisterUnwritable("disk full"), 1)])
def test_a_register_that_fails_on_the_way_is_said_in_a_sentence(
    command: Command, monkeypatch: pytest.MonkeyPatch, error: RegisterError, code: int
) -> None:
    def failing(*_asked: object) -> None:
        raise error

    monkeypatch.setattr(proof, "inclusion", failing)
    result = command("prove", "inclusion", "0", "--size", "1")
    assert (result.exit_code, str(error) in result.output) == (code, True)
