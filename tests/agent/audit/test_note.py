"""Notes and verifier keys are read strictly: what two readers could read differently is refused."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agent.audit.checkpoint import Checkpoint, CheckpointInvalid, CheckpointSigner
from agent.audit.note import NoteInvalid, VerifierKey, check_signed, read_checkpoint, read_note, read_signatures

VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
"""The example of c2sp.org/signed-note."""
WITNESSED = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa"
    " Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1"
    " jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)
"""The example of c2sp.org/tlog-cosignature."""


def test_the_example_of_the_specification_is_signed_by_its_key() -> None:
    key = VerifierKey.read(VKEY)
    assert (key.name, key.key_id.hex(), key.vkey) == ("example.com/foo", "530d903a", VKEY)
    check_signed(read_note(NOTE), key)


def test_a_note_is_written_as_it_was_read() -> None:
    assert str(read_note(NOTE)) == NOTE
    assert str(read_note(WITNESSED)) == WITNESSED


def test_the_checkpoint_of_the_specification_is_read() -> None:
    found = read_checkpoint(read_note(WITNESSED).text)
    assert (found.origin, found.size, found.root[:2].hex()) == ("example.com/behind-the-sofa", 20852163, "0ac5")


def test_our_own_checkpoint_is_a_note_signed_by_its_vkey() -> None:
    signer = CheckpointSigner(Ed25519PrivateKey.generate())
    note = read_note(signer.sign(7, bytes(32)))
    check_signed(note, VerifierKey.read(signer.verifier.vkey))
    assert read_checkpoint(note.text) == Checkpoint(signer.verifier.origin, 7, bytes(32))


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "\n",
        "\n\n",
        "text\n",
        "text\n\n",
        NOTE[:-1],
        NOTE.replace("— ", "- "),
        NOTE.replace("example.com/foo", "example.com/+foo"),
        NOTE.replace("example.com/foo", "example.com/\u2003foo"),
        NOTE.replace("This", "Th\tis"),
        NOTE.replace("This", "Th\ris"),
        NOTE.replace("aQM=", "aQN="),
        NOTE.replace("aQM=", "aQM"),
        "text\n\n— name AAAA\n",
        NOTE + NOTE.splitlines(keepends=True)[-1] * 100,
    ],
)
def test_what_is_not_a_note_is_refused(wrong: str) -> None:
    with pytest.raises(NoteInvalid):
        read_note(wrong)


@pytest.mark.parametrize("changed", [NOTE.replace("This", "Thus"), NOTE.replace("Uw2QOkn8", "Uw2QOkn9")])
def test_a_note_that_was_changed_is_not_signed(changed: str) -> None:
    with pytest.raises(NoteInvalid):
        check_signed(read_note(changed), VerifierKey.read(VKEY))


def test_a_false_line_beside_a_true_one_spoils_the_note() -> None:
    """c2sp.org/signed-note: a known key's signature that fails to verify makes the note malformed."""
    false = NOTE.splitlines(keepends=True)[-1].replace("Uw2QOkn8", "Uw2QOkn9")
    with pytest.raises(NoteInvalid):
        check_signed(read_note(NOTE + false), VerifierKey.read(VKEY))


def test_lines_of_strangers_are_left_alone() -> None:
    stranger = str(read_signatures("— example.com/bar Uw2QOkn8\n")[0])
    check_signed(read_note(NOTE + stranger), VerifierKey.read(VKEY))


@pytest.mark.parametrize(
    "text",
    [
        "origin\n1\n",
        "origin\n01\n" + "A" * 43 + "=\n",
        "origin\n+1\n" + "A" * 43 + "=\n",
        "origin\n１\n" + "A" * 43 + "=\n",
        "origin\n-1\n" + "A" * 43 + "=\n",
        f"origin\n{1 << 63}\n" + "A" * 43 + "=\n",
        "origin\n" + "9" * 5000 + "\n" + "A" * 43 + "=\n",
        "origin\n1\n" + "A" * 44 + "\n",
        "origin\n1\nAAAA\n",
        "origin\n1\n" + "A" * 43 + "=\n\nmore\n",
        "\n1\n" + "A" * 43 + "=\n",
    ],
)
def test_what_is_not_a_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(CheckpointInvalid):
        read_checkpoint(text)


@pytest.mark.parametrize(
    "wrong",
    ["", "a", "a+b", "a+00000000+", VKEY.replace("530d", "530e"), VKEY.replace("foo", "fo"), VKEY[:-4], VKEY + "AA=="],
)
def test_what_is_not_a_verifier_key_is_refused(wrong: str) -> None:
    with pytest.raises(NoteInvalid):
        VerifierKey.read(wrong)
