"""A cosignature says who, when and about which head; nothing of it can be changed."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agent.audit.cosignature import COSIGNATURE, Cosigner, check_cosigned
from agent.audit.note import Note, NoteInvalid, SignatureLine, VerifierKey

TEXT = "earwitness-0011223344556677\n9\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
TIME_S = 1_679_315_147
SEED = bytes(range(32))
GOLDEN_VKEY = "witness.example/w1+e75f6532+BAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
GOLDEN_LINE = (
    "— witness.example/w1 519lMgAAAABkGFDLST6fAmXhlv0EQKAuvRd9RWvKKV0xTTBaJAnxKFODIKU7pN6/ccvXxxr0YWoD0j7i"
    "MD4aWyWZ/KLvFmd+eb6MDg==\n"
)


@pytest.fixture
def cosigner() -> Cosigner:
    return Cosigner("witness.example/w1", Ed25519PrivateKey.from_private_bytes(SEED))


def test_a_cosignature_is_found_to_be_what_it_says(cosigner: Cosigner) -> None:
    line = cosigner.sign(TEXT, TIME_S)
    found = check_cosigned(Note(TEXT, (line,)), cosigner.verifier)
    assert (found.time_s, found.line) == (TIME_S, line)


def test_its_bytes_are_those_of_the_specification(cosigner: Cosigner) -> None:
    assert cosigner.verifier.vkey == GOLDEN_VKEY
    assert str(cosigner.sign(TEXT, TIME_S)) == GOLDEN_LINE


@pytest.mark.parametrize("place", range(76))
def test_every_byte_of_it_matters(cosigner: Cosigner, place: int) -> None:
    line = cosigner.sign(TEXT, TIME_S)
    blob = bytearray(line.key_id + line.signature)
    blob[place] ^= 1
    changed = SignatureLine(line.name, bytes(blob[:4]), bytes(blob[4:]))
    with pytest.raises(NoteInvalid):
        check_cosigned(Note(TEXT, (changed,)), cosigner.verifier)


def test_it_is_not_of_another_head_and_not_by_another_key(cosigner: Cosigner) -> None:
    line = cosigner.sign(TEXT, TIME_S)
    with pytest.raises(NoteInvalid):
        check_cosigned(Note(TEXT.replace("\n9\n", "\n8\n"), (line,)), cosigner.verifier)
    other = Cosigner("witness.example/w1", Ed25519PrivateKey.generate())
    with pytest.raises(NoteInvalid):
        check_cosigned(Note(TEXT, (line,)), other.verifier)


@pytest.mark.parametrize("blob", [b"\x01" * 64, b"\x01" * 71, b"\x01" * 73, b"\x00" * 72, b"\xff" * 72])
def test_another_length_or_an_impossible_time_is_none(cosigner: Cosigner, blob: bytes) -> None:
    line = SignatureLine("witness.example/w1", cosigner.verifier.key_id, blob)
    with pytest.raises(NoteInvalid):
        check_cosigned(Note(TEXT, (line,)), cosigner.verifier)


def test_the_key_of_a_log_is_not_the_key_of_a_witness(cosigner: Cosigner) -> None:
    as_log = VerifierKey(cosigner.verifier.name, b"\x01", cosigner.verifier.public)
    with pytest.raises(NoteInvalid):
        check_cosigned(Note(TEXT, (cosigner.sign(TEXT, TIME_S),)), as_log)


def test_a_key_is_read_as_it_was_kept(cosigner: Cosigner) -> None:
    again = Cosigner.read(cosigner.secret + "\n")
    assert again.verifier == cosigner.verifier
    assert again.sign(TEXT, TIME_S) == cosigner.sign(TEXT, TIME_S)


@pytest.mark.parametrize("change", [("w1", "w2"), ("PRIVATE", "PUBLIC"), ("+B", "+C")])
def test_a_key_that_was_damaged_is_refused(cosigner: Cosigner, change: tuple[str, str]) -> None:
    with pytest.raises(NoteInvalid):
        Cosigner.read(cosigner.secret.replace(*change))


def test_a_secret_of_another_type_is_refused(cosigner: Cosigner) -> None:
    log = VerifierKey("log", b"\x01", cosigner.verifier.public)
    encoded = base64.b64encode(b"\x01" + SEED).decode()
    with pytest.raises(NoteInvalid):
        Cosigner.read(f"PRIVATE+KEY+log+{log.key_id.hex()}+{encoded}")
    assert COSIGNATURE == b"\x04"
