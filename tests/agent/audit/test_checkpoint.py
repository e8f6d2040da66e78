"""Checkpoints are signed notes that other people's tools can check: the format is held to its golden bytes."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from agent.audit.checkpoint import Checkpoint, CheckpointInvalid, CheckpointSigner

SIGNER = CheckpointSigner(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
ROOT = hashlib.sha256(b"root").digest()
NOTE = SIGNER.sign(42, ROOT)


def test_a_note_has_origin_size_and_root_then_a_blank_line_then_a_signature() -> None:
    lines = NOTE.split("\n")
    origin = SIGNER.verifier.origin
    assert lines[:4] == [origin, "42", base64.b64encode(ROOT).decode(), ""]
    assert lines[4].startswith(f"— {origin} ")
    assert lines[5:] == [""]


def test_key_id_and_signature_are_those_of_signed_note() -> None:
    """Worked out here from c2sp.org/signed-note alone."""
    name, key_id, encoded = SIGNER.verifier.vkey.split("+", 2)
    algorithm, public = base64.b64decode(encoded)[:1], base64.b64decode(encoded)[1:]
    assert algorithm == b"\x01"
    assert bytes.fromhex(key_id) == hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]
    text, _, signature_line = NOTE.partition("\n\n")
    blob = base64.b64decode(signature_line.split(" ")[2])
    assert blob[:4].hex() == key_id
    Ed25519PublicKey.from_public_bytes(public).verify(blob[4:], (text + "\n").encode())


def test_a_note_reads_back() -> None:
    assert SIGNER.verifier.open(NOTE) == Checkpoint(SIGNER.verifier.origin, 42, ROOT)


def test_further_signatures_of_others_do_no_harm() -> None:
    assert SIGNER.verifier.open(NOTE + "— witness.example AAAAAGFiYw==\n").size == 42


@pytest.mark.parametrize(
    "note",
    [
        "",
        "no note",
        NOTE.replace("\n42\n", "\n43\n"),
        NOTE.replace(base64.b64encode(ROOT).decode(), base64.b64encode(bytes(32)).decode()),
        NOTE.replace(SIGNER.verifier.origin, "earwitness-another"),
        NOTE.split("—")[0],
        NOTE[:-10] + "A" * 9 + "\n",
        CheckpointSigner(Ed25519PrivateKey.from_private_bytes(bytes(32))).sign(42, ROOT),
    ],
)
def test_what_this_log_did_not_sign_is_refused(note: str) -> None:
    with pytest.raises(CheckpointInvalid):
        SIGNER.verifier.open(note)


def test_a_note_with_any_bit_flipped_is_refused() -> None:
    for offset, bit in ((offset, bit) for offset in range(len(NOTE.encode())) for bit in range(8)):
        altered = bytearray(NOTE.encode())
        altered[offset] ^= 1 << bit
        with pytest.raises(CheckpointInvalid):
            SIGNER.verifier.open(altered.decode("utf-8", "replace"))


def test_a_note_whose_end_is_cut_off_is_refused() -> None:
    with pytest.raises(CheckpointInvalid):
        SIGNER.verifier.open(NOTE.removesuffix("\n"))
