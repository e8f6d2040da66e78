"""What the fuzzer found is tried again, without it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.seeds import SEEDS
from tests.fuzz.targets import TARGETS

CORPUS = Path(__file__).with_name("corpus")
CORPUS_LIMIT_BYTES = 400_000


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_that_was_found_makes_a_reader_stumble(target: str) -> None:
    found = sorted((CORPUS / target).iterdir())
    assert found
    for content in (*(file.read_bytes() for file in found), *SEEDS[target]):
        TARGETS[target](content)


def test_the_corpus_is_small_and_holds_no_crash() -> None:
    files = [file for file in CORPUS.rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in files) <= CORPUS_LIMIT_BYTES
    assert {file.parent.name for file in files} == set(TARGETS)
