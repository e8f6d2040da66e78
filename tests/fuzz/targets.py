"""What is fed with anything: each target takes bytes, and raises only what a mistake of ours raises.

`python -m tests.fuzz.run TARGET SECONDS` searches for such bytes with atheris; what it found stands under `corpus/` and
is tried again by `test_corpus.py`, without atheris.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from agent.intake.metadata.document import DocumentUnusable, read_document
from agent.intake.metadata.facts import facts_of
from agent.intake.metadata.master_csv import read_line
from agent.intake.metadata.sidecar import read_sidecar, read_time
from agent.intake.metadata.sidecar_maps import MAPS
from agent.intake.mpeg import count_frames
from agent.intake.numbers import read_number
from agent.intake.riff import Bytes
from agent.intake.sound_format import FORMAT_LEAST_BYTES, ImpossibleFormat, read_format
from agent.intake.tags import Tags, read_tags
from agent.intake.wav import NotWav, WavHeader, read_header
from agent.settings import Adviser, Settings, Source
from agent.settings.name_pattern import NamePattern, PatternInvalid, TwoReadings
from agent.settings.source import Convention
from tests.assets import wav

AT = datetime(2026, 11, 23, 12, 9, tzinfo=UTC)
PATTERNS = (
    "{start:YYYYMMDD_HHMMSS}_{direction}_{extension}-{number}[_{leg}]",
    "{day:YYYY/Mon/DD}/{time:HH.MM}[-{adviser}]_{id}",
    "{caller}-{called}-{epoch}",
)


def _source(convention: str, number: int = 0) -> Source:
    more = {"name_pattern": PATTERNS[number]} if convention == "pattern" else {}
    return Source(name="pbx", spool=Path("/nowhere/spool"), convention=convention, country="SE", **more)


SETTINGS = Settings(
    state_dir=Path("/nowhere/state"),
    socket=Path("/nowhere/socket"),
    adviser=[Adviser(extension="3201", name="Anna Berg", account="anna.berg", service="Vatten")],
    services={"600": "Avlopp", "+46846500400": "Fakturering"},
)
SOURCES = [
    *(_source(convention) for convention in get_args(Convention) if convention != "pattern"),
    *(_source("pattern", number) for number in range(len(PATTERNS))),
]
HEADER: WavHeader = read_header(io.BytesIO(wav.SMALL), len(wav.SMALL))


def recording(content: bytes) -> None:
    """A `.wav`, its container, its format and its tags."""
    file = io.BytesIO(content)
    with suppress(NotWav):
        header = read_header(file, len(content))
        assert header.frames > 0
        assert 0 < header.data_offset <= header.data_offset + header.data_bytes <= len(content)
        assert header.duration_ms >= 0
        for text in (*header.info.values(), *header.broadcast.values(), *read_tags(file, header).texts.values()):
            text.encode()


def sound_format(content: bytes) -> None:
    """A `fmt ` chunk, in both byte orders."""
    for order in "<>":
        if len(content) >= FORMAT_LEAST_BYTES:
            with suppress(ImpossibleFormat):
                sound = read_format(content[:40], order)
                assert sound.block_bytes > 0
                assert sound.frames(0) == 0 <= sound.frames(1 << 40)


def tags(content: bytes) -> None:
    """An ID3 tag in a recording."""
    recording(wav.riff(wav.fmt(), wav.chunk(b"data", wav.SECOND[:32]), wav.chunk(b"id3 ", b"ID3\4\0\0" + content)))


def stream(content: bytes) -> None:
    """MPEG audio."""
    assert count_frames(Bytes(io.BytesIO(content), len(content)), 0, len(content)) >= 0


def document(content: bytes) -> None:
    """A sidecar, whatever its form."""
    with suppress(DocumentUnusable):
        assert isinstance(read_document(content), dict)


def sidecar(content: bytes) -> None:
    """A sidecar's facts, by each map."""
    for sidecar_map in MAPS:
        statement = read_sidecar(content, {}, sidecar_map)
        for text in statement.texts.values():
            text.encode()
            assert len(text) <= 500
            assert "\0" not in text
        read_time(statement.texts.get("started_at", ""))


def facts(content: bytes) -> None:
    """A sidecar and a name together: the first line is the name."""
    name, _, beside = content.partition(b"\n")
    for source in SOURCES[:: len(SOURCES) // 2]:
        call = facts_of(source, SETTINGS, os.fsdecode(name) + ".wav", beside or None, HEADER, Tags(), AT)
        assert call.started_at.tzinfo is UTC
        assert not (call.number and call.withheld)
        for origin in call.provenance.values():
            origin.said.encode()


def name(content: bytes) -> None:
    """A recording's name, by each convention."""
    text = content.decode("utf-8", "replace")
    for source in SOURCES:
        call = facts_of(source, SETTINGS, text, None, HEADER, Tags(), AT)
        assert call.call_key is None or call.call_key
        assert not any("0701740605" in (call.attention or "") for _ in "x")
        for origin in call.provenance.values():
            origin.said.encode()
            assert "0701740605" not in origin.problem


def template(content: bytes) -> None:
    """A `name_pattern`, and a name that it is laid on: the first line is the template."""
    text, _, laid_on = content.decode("utf-8", "replace").partition("\n")
    with suppress(PatternInvalid, TwoReadings):
        values = NamePattern(text).read(laid_on)
        assert values is None or all(isinstance(value, str) for value in values.values())


def call_record(content: bytes) -> None:
    """A line of `Master.csv`."""
    record = read_line(content)
    if record is not None:
        assert record.unique_id
        for text in record.statement().texts.values():
            text.encode()


def number(content: bytes) -> None:
    """A customer's number."""
    found = read_number(content.decode("utf-8", "replace"), country="SE")
    assert found.e164 is None or (found.e164.startswith("+") and found.e164[1:].isdigit())
    assert not (found.e164 and found.withheld)


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target
    for target in (
        recording,
        sound_format,
        tags,
        stream,
        document,
        sidecar,
        facts,
        name,
        template,
        call_record,
        number,
    )
}
