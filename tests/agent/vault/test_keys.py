"""Keys are made once, never overwritten, never readable by others, and bound to what they are for."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from agent.vault.keys import Keys, KeysUnusable, SealBroken, create_keys, load_keys


def test_new_keys_are_files_that_only_the_agent_reads(tmp_path: Path) -> None:
    create_keys(tmp_path / "keys")
    for name in ("master.key", "log.key"):
        assert stat.S_IMODE((tmp_path / "keys" / name).stat().st_mode) == 0o400
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_keys_load_as_they_were_made_and_differ_by_use(tmp_path: Path) -> None:
    made, loaded = create_keys(tmp_path), load_keys(tmp_path)
    assert (made.database, made.digest, made.snapshot) == (loaded.database, loaded.digest, loaded.snapshot)
    assert len({made.database, made.digest, made.snapshot}) == 3


def test_keys_that_exist_are_never_overwritten(tmp_path: Path) -> None:
    before = create_keys(tmp_path).database
    with pytest.raises(FileExistsError):
        create_keys(tmp_path)
    assert load_keys(tmp_path).database == before


def test_keys_that_others_can_read_are_not_used(tmp_path: Path) -> None:
    create_keys(tmp_path)
    (tmp_path / "master.key").chmod(0o440)
    with pytest.raises(KeysUnusable, match="can be read by others"):
        load_keys(tmp_path)


def test_a_key_file_of_another_length_or_behind_a_link_is_not_used(tmp_path: Path) -> None:
    create_keys(tmp_path)
    (tmp_path / "log.key").chmod(0o600)
    (tmp_path / "log.key").write_bytes(b"short")
    with pytest.raises(KeysUnusable, match="32 bytes"):
        load_keys(tmp_path)
    (tmp_path / "log.key").unlink()
    (tmp_path / "log.key").symlink_to("master.key")
    with pytest.raises(KeysUnusable):
        load_keys(tmp_path)


def test_a_wrapped_key_opens_only_for_its_recording_and_its_installation() -> None:
    keys, others = Keys(bytes(32), bytes(32)), Keys(bytes(31) + b"1", bytes(32))
    wrapped = keys.wrap("one", b"k" * 32)
    assert keys.unwrap("one", wrapped) == b"k" * 32
    altered = wrapped[:-1] + bytes([wrapped[-1] ^ 1])
    for attempt in (
        lambda: keys.unwrap("two", wrapped),
        lambda: others.unwrap("one", wrapped),
        lambda: keys.unwrap("one", altered),
        lambda: keys.unwrap("one", b""),
    ):
        with pytest.raises(SealBroken):
            attempt()
