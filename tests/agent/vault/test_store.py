"""A recording counts as sealed only after it has been read back; what fails on the way leaves nothing behind."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path

import pytest

from agent.vault import store
from agent.vault.keys import Keys, SealBroken
from agent.vault.store import Vault

KEYS = Keys(bytes(32), bytes(32))


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    made = Vault(tmp_path / "vault", KEYS)
    made.create()
    return made


def files(tmp_path: Path) -> list[Path]:
    return [found for found in (tmp_path / "vault").rglob("*") if found.is_file()]


def test_a_sealed_recording_is_the_file_that_was_given(vault: Vault) -> None:
    clear = os.urandom(40_000)
    sealed = vault.seal("ab12", io.BytesIO(clear))
    assert sealed.sha256 == hashlib.sha256(clear).digest()
    assert sealed.size_bytes == len(clear)
    with vault.open("ab12", sealed.wrapped_key) as reader:
        assert reader.read() == clear
    vault.check("ab12", sealed.wrapped_key, sealed.sha256)
    assert list(vault.sealed_ids()) == ["ab12"]


def test_nothing_of_the_sound_is_in_the_sealed_file(vault: Vault, tmp_path: Path) -> None:
    vault.seal("ab12", io.BytesIO(b"a voice that says a secret" * 100))
    assert all(b"voice" not in file.read_bytes() for file in files(tmp_path))


def test_a_sealed_file_of_another_recording_in_its_place_is_found(vault: Vault, tmp_path: Path) -> None:
    one, two = vault.seal("ab12", io.BytesIO(b"one" * 99)), vault.seal("ab34", io.BytesIO(b"two" * 99))
    (tmp_path / "vault/ab/ab34.sealed").replace(tmp_path / "vault/ab/ab12.sealed")
    with pytest.raises(SealBroken):
        vault.check("ab12", one.wrapped_key, one.sha256)
    with pytest.raises(SealBroken, match="missing"):
        vault.check("ab34", two.wrapped_key, two.sha256)


def test_a_failing_disk_leaves_nothing_behind(vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.os, "fsync", failing)
    with pytest.raises(OSError, match="No space left"):
        vault.seal("ab12", io.BytesIO(b"x" * 1000))
    assert files(tmp_path) == []


def test_a_disk_that_returns_other_bytes_is_noticed_before_anything_is_believed(
    vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = Vault._write

    def corrupted(file: Path, *rest: object) -> tuple[bytes, int]:
        result = written(file, *rest)  # type: ignore[arg-type]
        stored = bytearray(file.read_bytes())
        stored[100] ^= 1
        file.write_bytes(stored)
        return result

    monkeypatch.setattr(Vault, "_write", staticmethod(corrupted))
    with pytest.raises(SealBroken):
        vault.seal("ab12", io.BytesIO(b"x" * 1000))
    assert files(tmp_path) == []


def test_what_a_crash_left_half_written_is_swept_away(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "vault/new/ab99").write_bytes(b"half")
    assert vault.sweep_unproven() == 1
    assert files(tmp_path) == []
