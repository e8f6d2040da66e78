"""What a witness remembers is whole or refused; it is never taken for nothing."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from agent.witness import memory as memory_module
from agent.witness.cosigning import Witness
from agent.witness.memory import Memory, MemoryUnusable, Watched, origin_hash
from agent.witness.refusal import Busy, Forked, MemoryBroken, Unwritable
from tests.agent.witness.conftest import NOW_S, Log, said


def kept_file(memory: Memory, log: Log) -> Path:
    return memory.folder / "logs" / origin_hash(log.key.name)


def test_only_its_own_user_reads_it(memory: Memory) -> None:
    assert stat.S_IMODE(memory.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((memory.folder / "key").stat().st_mode) == 0o600


def test_a_key_is_never_made_twice(memory: Memory) -> None:
    with pytest.raises(MemoryUnusable):
        Memory.create(memory.folder, "witness.example/w2")
    assert Memory(memory.folder).cosigner.verifier == memory.cosigner.verifier


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb"])
def test_a_name_that_no_key_can_have_makes_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(MemoryUnusable):
        Memory.create(tmp_path / "other", name)
    assert not (tmp_path / "other").exists()


def test_a_log_that_is_pinned_again_is_not_forgotten(witness: Witness, log: Log) -> None:
    witness.answer(log.body(0))
    witness.memory.watch(log.key)
    assert witness.memory.watched(log.key.name).seen_size == 5


def test_a_file_cut_anywhere_is_broken_and_not_unseen(witness: Witness, log: Log) -> None:
    witness.answer(log.body(0))
    file = kept_file(witness.memory, log)
    whole = file.read_bytes()
    log.grow(1)
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        with pytest.raises(MemoryBroken):
            witness.answer(log.body(0))
    file.write_bytes(whole)
    witness.answer(log.body(5))


def test_a_byte_changed_anywhere_is_found(witness: Witness, log: Log) -> None:
    witness.answer(log.body(0))
    file = kept_file(witness.memory, log)
    whole = file.read_bytes()
    for place in range(len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(MemoryBroken):
            witness.memory.watched(log.key.name)
    assert [type(found) for found in witness.memory.all_watched()] == [MemoryBroken]


def test_what_was_half_written_beside_it_does_not_matter(witness: Witness, log: Log) -> None:
    """The power was cut while the next head was being written."""
    witness.answer(log.body(0))
    kept_file(witness.memory, log).with_suffix(".new").write_bytes(b"earwitn")
    log.grow(1)
    witness.answer(log.body(5))
    assert [found.seen_size for found in witness.memory.all_watched() if isinstance(found, Watched)] == [6]


FAILING = ("open", "fsync", "replace", "write")


@pytest.mark.parametrize("call", FAILING)
def test_a_head_that_cannot_be_kept_is_not_cosigned(
    witness: Witness, log: Log, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """A full disk, at each step."""
    witness.answer(log.body(0))
    log.grow(2)

    def full(*_arguments: object, **_named: object) -> None:
        raise OSError(28, "No space left on device")

    if call == "replace":
        monkeypatch.setattr(Path, "replace", full)
    elif call == "write":
        monkeypatch.setattr(memory_module.os, "fdopen", full)
    else:
        monkeypatch.setattr(memory_module.os, call, full)
    with pytest.raises(Unwritable, match="No space left"):
        witness.answer(log.body(5))
    monkeypatch.undo()
    assert witness.memory.watched(log.key.name).seen_size == 5
    assert not list((witness.memory.folder / "logs").glob("*.new"))
    witness.answer(log.body(5))


def test_a_request_does_not_wait_for_another_without_end(
    witness: Witness, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_module, "LOCK_S", 0.05)
    with witness.memory.locked(log.key.name), pytest.raises(Busy):
        witness.answer(log.body(0))
    witness.answer(log.body(0))


def test_proof_against_a_log_is_kept_up_to_a_limit(witness: Witness, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_module, "REFUSED_LIMIT", 3)
    witness.answer(log.body(0))
    for number in range(6):
        fork = log.forked(4)
        fork.grow(1, b"fork %d" % number)
        with pytest.raises(Forked):
            witness.answer(said(5, [], fork.note()))
    assert witness.memory.refused_of(log.key.name) == 3


def test_a_folder_that_is_no_witness_is_said(tmp_path: Path) -> None:
    with pytest.raises(MemoryUnusable, match="init"):
        Memory(tmp_path)
    (tmp_path / "key").write_text("PRIVATE+KEY+w+00000000+AAAA\n")
    with pytest.raises(MemoryUnusable, match="damaged"):
        Memory(tmp_path)


def test_nothing_is_left_open(witness: Witness, log: Log) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    witness.answer(log.body(0))
    assert Witness(Memory(witness.memory.folder), lambda: NOW_S).memory.watched(log.key.name).seen_size == 5
    assert len(list(Path("/proc/self/fd").iterdir())) == before
