"""JSON, XML and CSV beside a recording: what is read, and what is refused whole."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.intake.metadata.document import DEPTH_LIMIT, LIMIT_BYTES, DocumentUnusable, read_document

PUZZEL = """<?xml version="1.0" encoding="utf-8"?>
<Recording xmlns="urn:puzzel">
  <Session sessionID="123456789" start="2026-11-23 14:05:02"><access_number>+46846500400</access_number></Session>
  <Request><remoteAddress>+46701740605</remoteAddress><queue_key>600</queue_key></Request>
</Recording>"""


def test_xml_becomes_objects_of_attributes_and_elements() -> None:
    assert read_document(PUZZEL.encode()) == {
        "Recording": {
            "Session": {
                "sessionID": "123456789",
                "start": "2026-11-23 14:05:02",
                "access_number": "+46846500400",
            },
            "Request": {"remoteAddress": "+46701740605", "queue_key": "600"},
        }
    }


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_xml_may_start_with_a_byte_order_mark(encoding: str) -> None:
    text = PUZZEL.partition("\n")[2]
    assert "Recording" in read_document(text.encode(encoding))


@pytest.mark.parametrize(
    ("content", "document"),
    [
        (b"<a/>", {"a": ""}),
        (b"\n <a> x </a>", {"a": "x"}),
        (b"<a><b>1</b><b>2</b><b c='3'/></a>", {"a": {"b": ["1", "2", {"c": "3"}]}}),
        (b"<a b='1'>x<c/>y</a>", {"a": {"b": "1", "c": "", "": "xy"}}),
        (b"<a b='1'><b>2</b></a>", {"a": {"b": ["1", "2"]}}),
        (b"<a><![CDATA[<b>&amp;]]></a>", {"a": "<b>&amp;"}),
        (b"<a>&lt;&#65;</a>", {"a": "<A"}),
        (b"<x:a xmlns:x='urn:y' x:b='1'/>", {"a": {"b": "1"}}),
    ],
)
def test_xml_of_many_shapes(content: bytes, document: dict[str, object]) -> None:
    assert read_document(content) == document


BOMB = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><a>&b;</a>'


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (BOMB, "document type"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "document type"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "document type"),
        (b'<!DOCTYPE a PUBLIC "x" "http://localhost/x.dtd"><a/>', "document type"),
        (b"<!DOCTYPE a><a/>", "document type"),
        (b"<a>&undefined;</a>", "not XML"),
        (b"<a>", "not XML"),
        (b"<a/><b/>", "not XML"),
        (b"<a>\0</a>", "not XML"),
        (b"<a b='1' b='2'/>", "not XML"),
        (b"<?xml version='1.0' encoding='no-such'?><a/>", "not XML"),
        (b"<?xml version='1.0' encoding='idna'?><a/>", "not XML"),
        (b"<?xml version='1.0' encoding='utf-7'?><a/>", "not XML"),
        (b"<" + b"a" * 100, "not XML"),
        (b"<a>" * (DEPTH_LIMIT + 1) + b"</a>" * (DEPTH_LIMIT + 1), "deep"),
        (b"<a>" * (LIMIT_BYTES // 3), "deep"),
        (b"<a>" + b"x" * LIMIT_BYTES + b"</a>", "larger"),
    ],
)
def test_xml_that_could_do_harm_or_is_broken_is_refused_whole(content: bytes, word: str) -> None:
    with pytest.raises(DocumentUnusable, match=word):
        read_document(content)


@pytest.mark.parametrize(
    ("content", "document"),
    [
        ("number,adviser\n+46701740605,Anna Berg\n", {"number": "+46701740605", "adviser": "Anna Berg"}),
        ("\ufeffnumber;adviser\r\n+46701740605;Berg, Anna\r\n", {"number": "+46701740605", "adviser": "Berg, Anna"}),
        ('"number"\t"adviser"\n"1"\t"a ""b"""', {"number": "1", "adviser": 'a "b"'}),
        ('"number","adviser"\n"1","x"', {"number": "1", "adviser": "x"}),
        ("+46701740605,3201\n", {"0": "+46701740605", "1": "3201"}),
        ("a,b\n,\n1,2", {"a": "1", "b": "2"}),
    ],
)
def test_csv_is_a_line_of_names_and_one_of_values(content: str, document: dict[str, str]) -> None:
    assert read_document(content.encode()) == document


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"a,b\n1,2\n3,4", "several calls"),
        (b"a,b\n1,2\n3,4\n5,6", "several calls"),
        (b"a,b\n1", "do not fit"),
        (b"a,a\n1,2", "do not fit"),
        (b'a,b\n"1,2', "not CSV"),
        (b"a,b\n1,\0", "no JSON, XML or CSV"),
        (b"words", "no JSON, XML or CSV"),
        (b"\n\n", "no JSON, XML or CSV"),
        (b",,\n,", "no JSON, XML or CSV"),
        (b"a,\xe5\n1,2", "not UTF-8"),
        (b"," * 600 + b"\n" + b"," * 599 + b"1", "more columns"),
    ],
)
def test_csv_that_is_none_is_refused_whole(content: bytes, word: str) -> None:
    with pytest.raises(DocumentUnusable, match=word):
        read_document(content)


@pytest.mark.parametrize(
    "content",
    [
        b"<a " + b"".join(b"b%d='' " % at for at in range(60_000)) + b"/>",
        b"<a>" + b"<b/>" * 200_000 + b"</a>",
        b"a," * 500_000,
        b'"' * 1_000_000,
        b'{"a":' + b'"b",' * 200_000,
    ],
)
def test_nothing_takes_long(content: bytes) -> None:
    started_s = time.process_time()
    with suppress(DocumentUnusable):
        read_document(content)
    assert time.process_time() - started_s < 3


@given(st.sampled_from([b"", b"<", b"<a", b"{", b'"', b"a,b\n"]), st.binary(max_size=200))
def test_no_bytes_raise_anything_but_that_they_are_unusable(start: bytes, content: bytes) -> None:
    with suppress(DocumentUnusable):
        assert isinstance(read_document(start + content), dict)
