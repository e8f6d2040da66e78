"""A witness cosigns what goes on from what it saw, and nothing else."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agent.audit.checkpoint import CheckpointSigner
from agent.audit.cosignature import check_cosigned
from agent.audit.note import Note, SignatureLine, read_note
from agent.witness import refusal
from agent.witness.cosigning import Witness
from agent.witness.memory import Memory
from tests.agent.witness.conftest import NOW_S, Log, said


def seen_size(memory: Memory, log: Log) -> int:
    return memory.watched(log.key.name).seen_size


def test_the_first_head_is_cosigned_without_a_proof(witness: Witness, log: Log) -> None:
    line = witness.answer(log.body(0))
    text = read_note(log.note()).text
    assert check_cosigned(Note(text, (line,)), witness.memory.cosigner.verifier).time_s == NOW_S
    assert seen_size(witness.memory, log) == 5


def test_every_head_that_goes_on_from_the_last_is_cosigned(witness: Witness, log: Log) -> None:
    old = 0
    for step in (0, 1, 2, 3, 7, 64, 1):
        log.grow(step)
        witness.answer(log.body(old))
        old = len(log.leaves)
        assert seen_size(witness.memory, log) == old


def test_what_was_kept_is_a_note_that_both_have_signed(witness: Witness, log: Log) -> None:
    witness.answer(log.body(0))
    seen = Memory(witness.memory.folder).watched(log.key.name).seen
    assert seen is not None
    assert str(seen.note).startswith(log.note())
    assert len(seen.note.signatures) == 2


def refused(witness: Witness, log: Log, body: bytes, kind: type[refusal.Refused]) -> refusal.Refused:
    """Nothing is cosigned and nothing changes."""
    before = witness.memory.watched(log.key.name)
    with pytest.raises(refusal.Refused) as caught:
        witness.answer(body)
    assert type(caught.value) is kind
    assert witness.memory.watched(log.key.name) == before
    return caught.value


def test_a_log_that_shrank_is_refused(witness: Witness, log: Log) -> None:
    witness.answer(log.body(0))
    for old in (0, 3):
        assert refused(witness, log, log.body(old, 3), refusal.Shrank).seen_size == 5


def test_a_fork_of_the_same_size_is_refused_and_kept_as_proof(witness: Witness, log: Log) -> None:
    witness.answer(log.body(0))
    fork = log.forked(4)
    fork.grow(1, b"other")
    refused(witness, log, said(5, [], fork.note()), refusal.Forked)
    assert witness.memory.refused_of(log.key.name) == 1


@pytest.mark.parametrize("at", range(5))
def test_a_fork_that_has_grown_is_refused_and_kept_as_proof(witness: Witness, log: Log, at: int) -> None:
    witness.answer(log.body(0))
    fork = log.forked(at)
    fork.grow(9 - at, b"other")
    refused(witness, log, fork.body(5), refusal.Inconsistent)
    assert witness.memory.refused_of(log.key.name) == 1


def test_a_proof_that_is_too_short_too_long_altered_or_of_other_sizes_is_refused(witness: Witness, log: Log) -> None:
    witness.answer(log.body(0))
    log.grow(8)
    good = log.proof(5)
    altered = [bytes([good[0][0] ^ 1]) + good[0][1:], *good[1:]]
    for bad in ([], good[:-1], good[1:], [*good, good[-1]], good[::-1], altered, log.proof(4), log.proof(5, 12)):
        refused(witness, log, said(5, bad, log.note()), refusal.Inconsistent)
    witness.answer(log.body(5))


def test_a_first_head_with_a_proof_is_refused(witness: Witness, log: Log) -> None:
    refused(witness, log, said(0, [bytes(32)], log.note()), refusal.Inconsistent)


def test_an_empty_log_with_a_root_of_its_own_is_refused(witness: Witness, log: Log) -> None:
    refused(witness, log, said(0, [], log.signer.sign(0, bytes(32))), refusal.Inconsistent)
    witness.answer(log.body(0, 0))
    witness.answer(log.body(0))


def test_a_head_by_another_key_is_refused(witness: Witness, log: Log) -> None:
    stranger = Log(log.leaves, CheckpointSigner(Ed25519PrivateKey.generate()))
    refused(witness, log, stranger.body(0), refusal.UnknownLog)
    disguised = stranger.note().replace(stranger.key.name, log.key.name)
    refused(witness, log, said(0, [], disguised), refusal.NotSigned)


def test_a_head_whose_text_was_changed_is_refused(witness: Witness, log: Log) -> None:
    refused(witness, log, said(0, [], log.note().replace("\n5\n", "\n6\n")), refusal.NotSigned)


def test_what_was_said_before_is_not_cosigned_again(witness: Witness, log: Log) -> None:
    first = log.body(0)
    witness.answer(first)
    log.grow(3)
    second = log.body(5)
    witness.answer(second)
    assert refused(witness, log, first, refusal.Shrank).seen_size == 8
    assert refused(witness, log, second, refusal.OtherSize).seen_size == 8


def test_after_a_crash_before_the_answer_the_same_head_is_cosigned_again(witness: Witness, log: Log) -> None:
    witness.answer(log.body(0))  # this answer was lost
    assert refused(witness, log, log.body(0), refusal.OtherSize).seen_size == 5
    witness.answer(log.body(5))


@pytest.mark.parametrize("attempt", range(10))
def test_of_two_at_once_from_the_same_head_one_is_refused(witness: Witness, log: Log, attempt: int) -> None:
    """Each of them with a memory of its own, as two processes would have."""
    fork = log.forked(5)
    witness.answer(log.body(0))
    log.grow(3)
    fork.grow(4, b"other")
    start = threading.Barrier(2)

    def submit(side: Log) -> SignatureLine | refusal.Refused:
        mine = Witness(Memory(witness.memory.folder), lambda: NOW_S)
        start.wait()
        try:
            return mine.answer(side.body(5))
        except refusal.Refused as refused:
            return refused

    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(submit, (log, fork)))
    assert sum(isinstance(answer, SignatureLine) for answer in answers) == 1


@pytest.mark.parametrize(
    "wrong",
    [b"", b"old 0\n", b"old 0\n\n", b"\xff", b"old 0\n\nnot a checkpoint\n\n"],
)
def test_a_request_that_cannot_be_read_is_refused(witness: Witness, log: Log, wrong: bytes) -> None:
    refused(witness, log, wrong, refusal.Malformed)


@pytest.mark.parametrize("head", [b"new 0", b"old -1", b"old 00", b"old 0\nAAAA", b"old 0\n!", b"old 0\n", b""])
def test_a_good_checkpoint_does_not_excuse_what_stands_before_it(witness: Witness, log: Log, head: bytes) -> None:
    refused(witness, log, head + b"\n\n" + log.note().encode(), refusal.Malformed)


def test_an_old_size_beyond_the_new_one_is_malformed(witness: Witness, log: Log) -> None:
    witness.answer(log.body(0))
    refused(witness, log, said(6, [], log.note()), refusal.Malformed)


def test_more_than_63_hashes_are_malformed(witness: Witness, log: Log) -> None:
    refused(witness, log, said(0, [bytes(32)] * 64, log.note()), refusal.Malformed)


def test_each_word_has_a_status_and_an_exit_code_of_its_own() -> None:
    kinds = refusal.Refused.__subclasses__()
    assert len({kind.word for kind in kinds}) == len({kind.exit_code for kind in kinds}) == len(kinds) == 10
    assert all(f"{kind.word}  " in (refusal.__doc__ or "") for kind in kinds)
