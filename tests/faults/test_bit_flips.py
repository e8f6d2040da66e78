"""One flipped bit, wherever it is: `verify` finds it and says where, and nothing answers as if it were not there."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from agent.__main__ import program
from agent.audit.entry import AGENT, Draft
from agent.errors import IntegrityBroken
from agent.installation import database_file, vault_folder
from agent.intake.pipeline import Pipeline
from agent.settings import Settings
from agent.wire import Outcome
from tests.agent.calls import put, sound
from tests.agent.stored import findings, stored
from tests.faults.house import Template, opened, take_in

PAGE_BYTES = 4096
IN_EVERY_PAGE = (0, 17, 1000, 4015, 4016, 4031, 4032, 4095)
"""Of a page: content, the start and end of its initialisation vector (16) and of its HMAC (64)."""
BY_LOT = 150


@pytest.fixture(scope="module")
def whole(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """An installation with contacts, one quarantined file and some entries, closed in good order."""
    folder = tmp_path_factory.mktemp("whole") / "house"
    settings = template.copy(folder)
    long = "2026/11/23/out-0701740606-3202-20261123-140600-1795442760.2.WAV"
    put(settings.source[0].spool, long, sound(9, seed=9))
    with opened(settings) as house:
        take_in(house, Pipeline(house))
        for number in range(20):
            house.log.record(Draft(AGENT, "test.happened", Outcome.ALLOWED, target=str(number)))
        assert findings(house) == []
        assert len(stored(house).sha256s) == 3
    assert not database_file(settings).with_name("register.db-wal").exists()
    return Template(folder)


def flipped(file: Path, offset: int) -> None:
    with file.open("r+b") as opened_file:
        opened_file.seek(offset)
        (byte,) = opened_file.read(1)
        opened_file.seek(offset)
        opened_file.write(bytes([byte ^ (1 << offset % 8)]))


def found_in(settings: Settings) -> list[str]:
    """What `verify` would say, whether it can open the register or not."""
    try:
        with opened(settings) as house:
            return findings(house)
    except IntegrityBroken as error:
        return [str(error)]


def offsets(database: Path) -> Iterator[int]:
    """In every page of a database, and by lot."""
    size_bytes = database.stat().st_size
    for page in range(0, size_bytes, PAGE_BYTES):
        yield from (page + offset for offset in IN_EVERY_PAGE)
    lot = random.Random(26)
    yield from (lot.randrange(size_bytes) for _draw in range(BY_LOT))


def test_a_bit_anywhere_in_the_database_is_found_and_its_page_named(whole: Template, tmp_path: Path) -> None:
    settings = whole.copy(tmp_path / "house")
    database = database_file(settings)
    original = database.read_bytes()
    assert len(original) % PAGE_BYTES == 0
    for offset in offsets(database):
        for beside in database.parent.glob("register.db-*"):
            beside.unlink()
        database.write_bytes(original)
        flipped(database, offset)
        found = found_in(settings)
        page = re.compile(rf"page .*\b{offset // PAGE_BYTES + 1}$")
        is_named = any(map(page.fullmatch, found))
        assert is_named or any(words.startswith("register.db") for words in found), f"offset {offset}: {found}"


def verify(settings: Settings, folder: Path) -> Result:
    config = folder / "agent.toml"
    source = settings.source[0]
    config.write_text(
        f"state_dir = {json.dumps(str(settings.state_dir))}\nkeys_dir = {json.dumps(str(settings.keys_dir))}\n"
        f"socket = {json.dumps(str(settings.socket))}\n"
        f"[[source]]\nname = {json.dumps(source.name)}\nspool = {json.dumps(str(source.spool))}\n"
    )
    return CliRunner().invoke(program, ["verify", "--recordings", "--config", str(config)])


def test_the_command_ends_well_on_what_is_whole(whole: Template, tmp_path: Path) -> None:
    result = verify(whole.copy(tmp_path / "house"), tmp_path)
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.parametrize("page", [1, 2, 3, 7, 12, 20, -1])
@pytest.mark.parametrize("offset", [5, 2000])
def test_the_command_ends_with_5_and_names_the_database(
    whole: Template, tmp_path: Path, page: int, offset: int
) -> None:
    settings = whole.copy(tmp_path / "house")
    database = database_file(settings)
    pages = database.stat().st_size // PAGE_BYTES
    flipped(database, (page - 1 if page > 0 else pages - 1) * PAGE_BYTES + offset)
    result = verify(settings, tmp_path)
    assert result.exit_code == 5, result.output
    assert "page" in result.stderr or "register.db" in result.stderr


def sealed_files(settings: Settings) -> list[Path]:
    return sorted(vault_folder(settings).glob("??/*.sealed"))


def test_a_bit_anywhere_in_a_sealed_file_is_found_and_its_recording_named(whole: Template, tmp_path: Path) -> None:
    settings = whole.copy(tmp_path / "house")
    lot = random.Random(26)
    files = sealed_files(settings)
    assert len(files) == 3
    assert max(file.stat().st_size for file in files) > 2 * 16_400
    for file in files:
        original = file.read_bytes()
        size_bytes = len(original)
        chosen = {0, 23, 24, 55, 56, size_bytes // 2, size_bytes - 16, size_bytes - 1}
        for offset in sorted(chosen | {lot.randrange(size_bytes) for _draw in range(12)}):
            flipped(file, offset)
            assert any(words.startswith(f"recording {file.stem}, ") for words in found_in(settings)), offset
            file.write_bytes(original)
    assert found_in(settings) == []


@pytest.mark.parametrize("number", range(3))
def test_the_command_ends_with_5_and_names_the_recording(whole: Template, tmp_path: Path, number: int) -> None:
    settings = whole.copy(tmp_path / "house")
    file = sealed_files(settings)[number]
    flipped(file, file.stat().st_size - 20)
    result = verify(settings, tmp_path)
    assert result.exit_code == 5
    assert f"broken: recording {file.stem}" in result.stderr
