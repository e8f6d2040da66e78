"""Our log in the hands of the reference implementation: golang.org/x/mod/sumdb/note and tlog, as Debian has them."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from agent.__main__ import program
from agent.audit import proof
from agent.audit.entry import AGENT, Draft
from agent.installation import Installation, create, open_installation
from agent.settings import Settings, load
from agent.wire import Outcome
from tests.agent.audit.auditor import Auditor, built
from tests.agent.running import configuration
from tests.system_programs import needs

pytestmark = needs("go")

ENTRIES = 3000
IN_ONE_BATCH = 250
PROOFS = 500
"""Of each kind."""

Proof = dict[str, Any]


@dataclass(frozen=True)
class Exported:
    """A log of some thousand entries, exported and closed, and one checkpoint of when it was younger."""

    config: Path
    folder: Path
    younger: Path
    settings: Settings

    def command(self, *words: str) -> str:
        done = CliRunner().invoke(program, [*words, "--config", str(self.config)])
        assert done.exit_code == 0, done.output
        return done.stdout


@pytest.fixture(scope="module")
def auditor(tmp_path_factory: pytest.TempPathFactory) -> Auditor:
    return built(tmp_path_factory.mktemp("go"))


def write(house: Installation, count: int) -> None:
    def job() -> None:
        for number in range(IN_ONE_BATCH):
            house.log.append(Draft(AGENT, "test.happened", Outcome.ALLOWED, target=f"{number} å — 电话"))

    for _batch in range(count // IN_ONE_BATCH):
        house.register.write(job)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    folder = tmp_path_factory.mktemp("log")
    config = configuration(folder)
    log = Exported(config, folder / "exported", folder / "younger", load(config))
    house = create(log.settings)
    try:
        write(house, 1000)
        log.younger.write_text(house.log.checkpoint_file.read_text("utf-8"), "utf-8")
        write(house, ENTRIES - 1000)
    finally:
        house.close()
    log.command("export-log", "-o", str(log.folder))
    return log


@pytest.fixture
def house(exported: Exported) -> Iterator[Installation]:
    opened = open_installation(exported.settings)
    yield opened
    opened.close()


# --- the signed head -------------------------------------------------------------------------------------------------


def test_the_exported_log_and_its_signed_head_are_accepted(auditor: Auditor, exported: Exported) -> None:
    verdict = auditor.judge("log", exported.folder)
    assert verdict.accepted, verdict.said
    assert f"{ENTRIES} leaves" in verdict.said


def signed_head(exported: Exported, to: Path) -> Path:
    to.write_text(exported.command("checkpoint"), "utf-8")
    return to


def altered_copy(exported: Exported, to: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    to.mkdir()
    for file in exported.folder.iterdir():
        content = file.read_bytes()
        (to / file.name).write_bytes(change(content) if file.name == name else content)
    return to


def reordered(leaves: bytes) -> bytes:
    first, second, *others = leaves.splitlines(keepends=True)
    return b"".join([second, first, *others])


def with_another_leaf(leaves: bytes) -> bytes:
    lines = leaves.splitlines()
    leaf = bytearray(base64.b64decode(lines[1234]))
    leaf[40] ^= 1
    lines[1234] = base64.b64encode(leaf)
    return b"\n".join(lines) + b"\n"


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("leaves", with_another_leaf, "the leaves have root"),
        ("leaves", reordered, "the leaves have root"),
        ("leaves", lambda leaves: leaves[: leaves.rindex(b"\n", 0, -1) + 1], "2999 leaves"),
        ("leaves", lambda leaves: leaves + leaves.splitlines(keepends=True)[-1], "3001 leaves"),
        ("checkpoint", lambda note: note.replace(b"\n3000\n", b"\n2999\n"), "invalid signature"),
        ("checkpoint", lambda note: note.replace(b"earwitness-", b"another-"), "no verifiable signatures"),
        ("vkey", lambda vkey: vkey.replace(b"+", b"+0", 1), "malformed verifier id"),
    ],
)
def test_what_was_altered_in_an_export_is_refused(
    auditor: Auditor, exported: Exported, tmp_path: Path, name: str, change: Callable[[bytes], bytes], said: str
) -> None:
    verdict = auditor.judge("log", altered_copy(exported, tmp_path / "altered", name, change))
    assert not verdict.accepted
    assert said in verdict.said


def test_any_flipped_bit_of_the_signed_part_of_a_head_is_refused(
    auditor: Auditor, exported: Exported, tmp_path: Path
) -> None:
    note = signed_head(exported, tmp_path / "checkpoint").read_bytes()
    told = json.loads(exported.command("prove", "inclusion", "7", "--size", str(ENTRIES)))
    for offset in range(note.index(b"\n\n")):
        altered = bytearray(note)
        altered[offset] ^= 1 << offset % 8
        (tmp_path / "altered").write_bytes(altered)
        assert not auditor.judge("inclusion", exported.folder / "vkey", tmp_path / "altered", handed=told).accepted


# --- proofs ----------------------------------------------------------------------------------------------------------


def inclusion_proofs(house: Installation, lot: random.Random) -> list[Proof]:
    sizes = [1, 2, ENTRIES, ENTRIES - 1, 2048, 2049, *(lot.randint(1, ENTRIES) for _draw in range(PROOFS - 6))]
    with house.register.read():
        return [dict(proof.inclusion(lot.randrange(size), size)) for size in sizes]


def consistency_proofs(house: Installation, lot: random.Random) -> list[Proof]:
    sizes = [1, 2, ENTRIES, ENTRIES - 1, 2048, 2049, *(lot.randint(1, ENTRIES) for _draw in range(PROOFS - 6))]
    with house.register.read():
        return [dict(proof.consistency(lot.randint(1, size), size)) for size in sizes]


MAKERS = pytest.mark.parametrize("made", [inclusion_proofs, consistency_proofs])


@MAKERS
def test_500_proofs_are_accepted(
    auditor: Auditor,
    exported: Exported,
    house: Installation,
    made: Callable[[Installation, random.Random], list[Proof]],
) -> None:
    verdicts = auditor.judge_proofs(exported.folder, made(house, random.Random(6962)))
    assert verdicts == ["accepted"] * PROOFS


def flipped(digest: str, bit: int) -> str:
    raw = bytearray(base64.b64decode(digest))
    raw[bit // 8] ^= 1 << bit % 8
    return base64.b64encode(raw).decode()


def tampered(told: Proof, lot: random.Random) -> Iterator[Proof]:
    """Ways to make one proof wrong."""
    hashes = told["proof"]
    yield {**told, "proof": [*hashes, flipped(told["root"], 3)]}
    yield {**told, "size": told["size"] + 1}
    if told["size"] > 1:
        yield {**told, "size": told["size"] - 1}
    if hashes:
        at = lot.randrange(len(hashes))
        yield {**told, "proof": [*hashes[:at], flipped(hashes[at], lot.randrange(256)), *hashes[at + 1 :]]}
        yield {**told, "proof": hashes[:at] + hashes[at + 1 :]}
        yield {**told, "proof": [hashes[at], *hashes]}
    if len(set(hashes)) > 1:
        yield {**told, "proof": [*hashes[1:], hashes[0]]}
    if "leaf" in told:
        yield {**told, "leaf": flipped(told["leaf"], lot.randrange(256))}
        yield {**told, "index": told["index"] + 1}
    else:
        yield {**told, "older": told["older"] + 1}


@MAKERS
def test_tampered_proofs_are_refused(
    auditor: Auditor,
    exported: Exported,
    house: Installation,
    made: Callable[[Installation, random.Random], list[Proof]],
) -> None:
    lot = random.Random(9162)
    wrong = [altered for told in made(house, lot) for altered in tampered(told, lot)]
    assert len(wrong) > 3000
    verdicts = auditor.judge_proofs(exported.folder, wrong)
    accepted = [altered for altered, verdict in zip(wrong, verdicts, strict=True) if verdict == "accepted"]
    assert accepted == []


@pytest.mark.parametrize("index", [0, 1, 1023, 1024, 2047, 2048, ENTRIES - 1])
def test_the_commands_prove_an_entry_against_a_signed_head(
    auditor: Auditor, exported: Exported, tmp_path: Path, index: int
) -> None:
    told = json.loads(exported.command("prove", "inclusion", str(index), "--size", str(ENTRIES)))
    head = signed_head(exported, tmp_path / "checkpoint")
    verdict = auditor.judge("inclusion", exported.folder / "vkey", head, handed=told)
    assert verdict.accepted, verdict.said
    assert f"entry {index} of {ENTRIES} is " in verdict.said
    assert f'"seq":{index},' in verdict.said
    younger = auditor.judge("inclusion", exported.folder / "vkey", exported.younger, handed=told)
    assert not younger.accepted


def test_the_commands_prove_an_older_signed_head_to_be_the_beginning(
    auditor: Auditor, exported: Exported, tmp_path: Path
) -> None:
    told = json.loads(exported.command("prove", "consistency", "1000", str(ENTRIES)))
    head = signed_head(exported, tmp_path / "checkpoint")
    verdict = auditor.judge("consistency", exported.folder / "vkey", exported.younger, head, handed=told)
    assert verdict.accepted, verdict.said
    assert not auditor.judge("consistency", exported.folder / "vkey", head, exported.younger, handed=told).accepted
    other = {**told, "proof": told["proof"][::-1]}
    assert not auditor.judge("consistency", exported.folder / "vkey", exported.younger, head, handed=other).accepted
