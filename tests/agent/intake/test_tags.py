from __future__ import annotations

import io
import zlib

from hypothesis import given
from hypothesis import strategies as st
from mutagen.id3 import ID3, TDRC, TPE1, TXXX

from agent.intake.tags import TAG_LIMIT_BYTES, Tags, read_tags
from agent.intake.wav import read_header
from tests.assets import wav


def tagged(tag: bytes, name: bytes = b"id3 ") -> Tags:
    content = wav.riff(wav.fmt(), wav.chunk(b"data", wav.SECOND), wav.chunk(name, tag))
    file = io.BytesIO(content)
    return read_tags(file, read_header(file, len(content)))


def id3(*frames: object) -> bytes:
    tag, file = ID3(), io.BytesIO()
    for frame in frames:
        tag.add(frame)
    tag.save(file, padding=lambda _: 0)
    return file.getvalue()


def test_texts_of_an_id3_chunk_are_read() -> None:
    tags = tagged(id3(TPE1(text="Customer (+46701740605)"), TDRC(text="2026-11-23 14:05:02")))
    assert dict(tags.texts) == {"TPE1": "Customer (+46701740605)", "TDRC": "2026-11-23 14:05:02"}
    assert tags.problem == ""
    assert tagged(id3(TPE1(text="x")), b"ID3 ").texts["TPE1"] == "x"


def test_a_recording_without_a_tag_has_no_texts_and_no_problem() -> None:
    file = io.BytesIO(wav.SMALL)
    assert read_tags(file, read_header(file, len(wav.SMALL))) == Tags()


def test_a_broken_tag_gives_nothing_but_a_problem() -> None:
    for broken in (b"no tag at all", b"ID3\x09\0\0\0\0\0\x05abcde"):
        tags = tagged(broken)
        assert not tags.texts
        assert tags.problem


def test_a_tag_that_is_too_large_is_not_read() -> None:
    tags = tagged(id3(TPE1(text="x" * TAG_LIMIT_BYTES)))
    assert not tags.texts
    assert "larger" in tags.problem


def test_long_texts_are_cut() -> None:
    assert len(tagged(id3(TPE1(text="x" * 5000))).texts["TPE1"]) == 1000


def test_a_compressed_frame_cannot_grow_without_bound() -> None:
    text = zlib.compress(b"\x03" + b"x" * (16 << 20), 9)
    frame = b"TPE1" + len(text).to_bytes(4, "big") + b"\x00\x80" + (1 + (16 << 20)).to_bytes(4, "big")
    size = len(frame) + len(text)
    head = b"ID3\x03\0\0" + bytes([size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127])
    tags = tagged(head + frame + text)
    assert len(tags.texts.get("TPE1", "")) <= 1000


def test_chapters_in_chapters_are_a_broken_tag() -> None:
    def frame(content: bytes) -> bytes:
        size = len(content)
        return b"CHAP" + bytes([size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127]) + b"\0\0" + content

    nested = frame(b"a\0" + bytes(16))
    while len(nested) < TAG_LIMIT_BYTES - 200:
        nested = frame(b"a\0" + bytes(16) + nested)
    size = len(nested)
    head = b"ID3\x04\0\0" + bytes([size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127])
    assert tagged(head + nested) == Tags(problem="the ID3 tag cannot be read")


def test_frames_of_the_same_kind_do_not_break_the_reading() -> None:
    assert tagged(id3(TXXX(desc="a", text="1"), TXXX(desc="b", text="2"))).texts["TXXX"] in ("1", "2")


@given(st.binary(max_size=200))
def test_no_tag_raises_anything(rest: bytes) -> None:
    for version in (2, 3, 4):
        tagged(b"ID3" + bytes([version, 0, 0, 0, 0, 1, 0x48]) + rest)
        tagged(b"ID3" + bytes([version, 0, 0, 0, 0, 1, 0x48]) + b"TPE1\0\0\0\x40" + rest)
