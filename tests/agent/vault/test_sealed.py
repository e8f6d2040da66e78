"""Sealed recordings: our reading of a part against the library's own decryptor, and every tampering refused."""

from __future__ import annotations

import io
import os

import pytest
from cryptography.cobblestone import Cobblestone256Decryptor
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from agent.vault.keys import SealBroken
from agent.vault.sealed import CHUNK_BYTES, HEADER_BYTES, TAG_BYTES, SealedReader, context_of, encryptor

KEY = bytes(range(32))
ID = "7c0ffee"
FULL = CHUNK_BYTES + TAG_BYTES
SIZES = (0, 1, 100, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 5 * CHUNK_BYTES + 77)


def sealed(clear: bytes, key: bytes = KEY, recording_id: str = ID) -> bytes:
    sealing = encryptor(key, recording_id)
    return sealing.update(clear) + sealing.finalize()


def opened(stored: bytes, key: bytes = KEY, recording_id: str = ID) -> SealedReader:
    return SealedReader(io.BytesIO(stored), key, recording_id)


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_reads_back_whole(size: int) -> None:
    clear = os.urandom(size)
    reader = opened(sealed(clear))
    assert reader.size_bytes == size
    assert reader.read() == clear


CLEAR = os.urandom(3 * CHUNK_BYTES + 500)
STORED = sealed(CLEAR)


@given(st.integers(0, len(CLEAR) + 20), st.integers(0, 2 * CHUNK_BYTES))
def test_every_part_reads_as_it_was(start: int, size: int) -> None:
    assert opened(STORED).read_at(start, size) == CLEAR[start : start + size]


@given(st.lists(st.tuples(st.sampled_from([0, 1, 2]), st.integers(-5000, 60000), st.integers(0, 30000)), max_size=8))
def test_it_behaves_as_a_file_that_is_sought_and_read(steps: list[tuple[int, int, int]]) -> None:
    reader, file = opened(STORED), io.BytesIO(CLEAR)
    for whence, offset, size in steps:
        base = {0: 0, 1: file.tell(), 2: len(CLEAR)}[whence]
        place = max(0, base + offset)
        assert reader.seek(place - base, whence) == file.seek(place)
        assert reader.read(size) == file.read(size)
        assert reader.tell() == file.tell()


def flipped(stored: bytes, place: int) -> bytes:
    return stored[:place] + bytes([stored[place] ^ 1]) + stored[place + 1 :]


TAMPERED = {
    "a bit of the salt": flipped(STORED, 3),
    "a bit of the commitment": flipped(STORED, 30),
    "a bit of the first chunk": flipped(STORED, HEADER_BYTES + 9),
    "the last bit": flipped(STORED, len(STORED) - 1),
    "two chunks swapped": STORED[:HEADER_BYTES]
    + STORED[HEADER_BYTES + FULL : HEADER_BYTES + 2 * FULL]
    + STORED[HEADER_BYTES : HEADER_BYTES + FULL]
    + STORED[HEADER_BYTES + 2 * FULL :],
    "cut at a chunk": STORED[: HEADER_BYTES + 2 * FULL],
    "cut within a chunk": STORED[: HEADER_BYTES + 2 * FULL + 100],
    "the last chunk gone": STORED[: HEADER_BYTES + 3 * FULL],
    "something behind the end": STORED + b"more",
    "only the header": STORED[:HEADER_BYTES],
    "less than the header": STORED[:20],
    "nothing": b"",
    "sealed for another recording": sealed(CLEAR, recording_id="7c0ffef"),
    "sealed with another key": sealed(CLEAR, key=bytes(32)),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_tampering_is_refused_by_ours_and_by_the_library(what: str) -> None:
    stored = TAMPERED[what]
    with pytest.raises(SealBroken):
        opened(stored).read()
    library = Cobblestone256Decryptor(KEY, context_of(ID))
    with pytest.raises(InvalidTag):
        library.update(stored) + library.finalize()


def test_the_library_reads_what_we_store() -> None:
    library = Cobblestone256Decryptor(KEY, context_of(ID))
    assert library.update(STORED) + library.finalize() == CLEAR
