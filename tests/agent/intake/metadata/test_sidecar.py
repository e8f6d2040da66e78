from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.intake.metadata.sidecar import (
    SIDECAR_LIMIT_BYTES,
    is_sidecar,
    read_direction,
    read_sidecar,
    read_time,
    sidecars_of,
    value_at,
)
from agent.intake.metadata.statement import Statement
from agent.wire import Direction


def read(document: object, **places: str) -> Statement:
    return read_sidecar(json.dumps(document).encode(), places)


def test_a_sidecar_lies_beside_its_recording_under_two_names_and_three_endings() -> None:
    assert sidecars_of("2026/a.b.wav")[:2] == ("2026/a.b.wav.json", "2026/a.b.json")
    assert "1_1.XML" in sidecars_of("1_1.WAV")
    assert all(is_sidecar(name) for name in sidecars_of("A.WAV"))
    assert not is_sidecar("a.wav")
    assert not is_sidecar("xml")


def test_the_default_names_are_read() -> None:
    texts = {
        "started_at": "2026-11-23T14:05:02",
        "number": "+46701740605",
        "direction": "in",
        "agent": "anna.berg",
        "extension": 3201,
        "queue": "600",
        "something": "else",
    }
    assert dict(read(texts).texts) == {
        "started_at": "2026-11-23T14:05:02",
        "number": "+46701740605",
        "direction": "in",
        "adviser": "anna.berg",
        "extension": "3201",
        "queue": "600",
    }


def test_a_source_maps_fields_to_places_in_objects_and_lists() -> None:
    document = {"caller": {"phone": "+46701740605"}, "parties": [{"name": "Anna Berg"}], "number": "wrong"}
    found = read(document, number="caller.phone", adviser="parties.0.name", queue="parties.7.name")
    assert dict(found.texts) == {"number": "+46701740605", "adviser": "Anna Berg"}


def test_a_null_number_is_a_withheld_one_and_other_nulls_are_nothing() -> None:
    assert dict(read({"number": None, "direction": None}).texts) == {"number": ""}


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "no JSON, XML or CSV"),
        (b"no json", "no JSON, XML or CSV"),
        (b'{"number": "1"', "not JSON"),
        (b"[]", "not a JSON object"),
        (b'"../../x"', "not a JSON object"),
        (b"null", "no JSON, XML or CSV"),
        (b"\xff\xfe{}", "not XML"),
        (b"\xff{}", "not UTF-8"),
        (b'{"number": "1", "number": "2"}', "twice"),
        (b'{"a": {"b": 1, "b": 1}}', "twice"),
        (b'{"number": NaN}', "none"),
        (b'{"number": -Infinity}', "none"),
        (b'{"a":' + b"[" * 100 + b"]" * 100 + b"}", "deep"),
        (b'{"a":' * 100_000, "deep"),
        (b"[" * 1_000_000, "deep"),
        (b'{"number": ' + b"9" * 5000 + b"}", "not JSON"),
        (b" " * (SIDECAR_LIMIT_BYTES + 1), "larger"),
    ],
)
def test_an_unusable_sidecar_is_a_problem_and_nothing_else(content: bytes, word: str) -> None:
    found = read_sidecar(content, {})
    assert not found.texts
    assert word in found.problems["sidecar"]


def test_brackets_inside_texts_are_no_depth() -> None:
    assert read({"number": "[" * 100 + '\\"{{'}).texts["number"].startswith("[[")


def test_many_quotes_take_no_time_that_grows_with_their_square() -> None:
    assert "no JSON" in read_sidecar(b'\\"' * (SIDECAR_LIMIT_BYTES // 2), {}).problems["sidecar"]


@pytest.mark.parametrize("value", [True, 1.5, float(10**30), [], {}, ["+46701740605"], 10**30])
def test_a_value_of_another_type_is_a_problem_of_its_field(value: object) -> None:
    found = read({"number": value, "queue": "600"})
    assert dict(found.texts) == {"queue": "600"}
    assert set(found.problems) == {"number"}


def test_a_text_is_cut_and_half_a_character_replaced() -> None:
    found = read_sidecar(b'{"adviser": "\\ud800' + b"x" * 1000 + b'"}', {})
    assert found.texts["adviser"].startswith("\ufffdx")
    assert len(found.texts["adviser"]) == 500


def test_a_byte_order_mark_is_no_problem() -> None:
    assert read_sidecar(b'\xef\xbb\xbf{"queue": "600"}', {}).texts["queue"] == "600"


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("2026-11-23T14:05:02Z", datetime(2026, 11, 23, 14, 5, 2, tzinfo=UTC)),
        ("2026-11-23T14:05:02.500+0000", datetime(2026, 11, 23, 14, 5, 2, 500_000, tzinfo=UTC)),
        ("2026-11-23T14:05:02+02:00", datetime(2026, 11, 23, 14, 5, 2, tzinfo=timezone(timedelta(hours=2)))),
        ("2026-11-23 14:05:02", datetime.fromisoformat("2026-11-23T14:05:02")),
        ("1795435500", datetime(2026, 11, 23, 12, 5, tzinfo=UTC)),
        ("1795435500123", datetime(2026, 11, 23, 12, 5, 0, 123_000, tzinfo=UTC)),
        ("1795435500.5", datetime(2026, 11, 23, 12, 5, 0, 500_000, tzinfo=UTC)),
    ],
)
def test_times_are_read_with_or_without_a_zone_and_as_epochs(said: str, at: datetime) -> None:
    read_at = read_time(said)
    assert read_at == at
    assert read_at is not None
    assert (read_at.tzinfo is None) == (at.tzinfo is None)


@pytest.mark.parametrize(
    "said",
    ["", "now", "2026-11-23", "14:05", "20261123", "20261123140502", "0001-01-01T00:00:00", "-1", "T", "1e9"],
)
def test_what_is_no_time_is_none(said: str) -> None:
    assert read_time(said) is None


def test_directions_have_many_words() -> None:
    assert [read_direction(word) for word in ("in", "Inbound", " INCOMING ")] == [Direction.IN] * 3
    assert [read_direction(word) for word in ("out", "outbound", "outgoing")] == [Direction.OUT] * 3
    assert read_direction("internal") is None


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything(content: bytes) -> None:
    read_sidecar(content, {"number": "a.0.b"})


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy
@given(st.dictionaries(st.sampled_from(["started_at", "number", "direction", "agent", "extension", "queue"]), _JSON))
def test_no_document_raises_anything(document: dict[str, object]) -> None:
    found = read(document)
    for text in found.texts.values():
        text.encode()
        read_time(text)


@given(st.text(alphabet="0123456789-:TZ+. W", max_size=30))
def test_no_time_raises_anything(said: str) -> None:
    read_time(said)


# --- the sidecars of known recorders ------------------------------------------------------------------------


def test_puzzels_xml() -> None:
    content = """<Recording><Session><sessionID>123456789</sessionID><start>2026-11-23 14:05:02</start>
        <accessNumber>+46846500400</accessNumber></Session>
        <Request><remoteAddress>+46701740605</remoteAddress><queue_key>600</queue_key>
        <queue_description>Vatten</queue_description></Request>
        <Request><remoteAddress>+46701740605</remoteAddress><queue_key>601</queue_key></Request></Recording>"""
    assert dict(read_sidecar(content.encode(), {}, "puzzel").texts) == {
        "started_at": "2026-11-23 14:05:02",
        "number": "+46701740605",
        "called": "+46846500400",
        "queue": "600",
        "queue_name": "Vatten",
        "call_id": "123456789",
    }


def test_genesys_json() -> None:
    document = {
        "callerPhoneNumber": "+46701740605",
        "dialedPhoneNumber": "+46846500400",
        "startTime": "2015-09-10T16:58:22.000+0000",
        "stopTime": "2015-09-10T16:59:22.000+0000",
        "mediaFiles": [{"mediaPath": "../../etc/passwd", "duration": "60000"}],
    }
    found = read_sidecar(json.dumps(document).encode(), {}, "genesys")
    assert dict(found.texts) == {
        "started_at": "2015-09-10T16:58:22.000+0000",
        "caller": "+46701740605",
        "called": "+46846500400",
    }
    assert read_time(found.texts["started_at"]) == datetime(2015, 9, 10, 16, 58, 22, tzinfo=UTC)


def test_webex_json() -> None:
    document = {
        "fileName": "recording-1.wav",
        "filePath": "https://localhost/x",
        "startTime": 1795435502000,
        "stopTime": 1795435562000,
        "participants": ["*****0605"],
        "channel1": "Caller",
        "channel2": "Agent",
        "callType": "main",
    }
    assert dict(read_sidecar(json.dumps(document).encode(), {}, "webex").texts) == {
        "started_at": "1795435502000",
        "channel1": "Caller",
        "channel2": "Agent",
    }


def test_sinch_json() -> None:
    document = {
        "Agent": {"Username": "anna.berg", "ConnectedToAgentTimestamp": "2026-11-23T12:05:02Z"},
        "CustomerEndpoint": {"Address": "+46701740605", "Type": "TELEPHONE_NUMBER"},
        "Attributes": {"QueueName": "Vatten"},
    }
    assert dict(read_sidecar(json.dumps(document).encode(), {}, "sinch").texts) == {
        "started_at": "2026-11-23T12:05:02Z",
        "number": "+46701740605",
        "adviser": "anna.berg",
        "queue_name": "Vatten",
    }


@pytest.mark.parametrize(("number", "said"), [("+46701740605", "+46701740605"), (None, "")])
def test_bcr_json(number: str | None, said: str) -> None:
    document = {"timestamp_unix_ms": 1795435502000, "direction": "in", "calls": [{"phone_number": number}]}
    assert dict(read_sidecar(json.dumps(document).encode(), {}, "bcr").texts) == {
        "started_at": "1795435502000",
        "direction": "in",
        "number": said,
    }


def test_a_sources_own_place_goes_before_that_of_the_map() -> None:
    document = {"calls": [{"phone_number": "1"}], "other": "2"}
    assert read_sidecar(json.dumps(document).encode(), {"number": "other"}, "bcr").texts["number"] == "2"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("**.b", "deep"),
        ("**.c.0", "first"),
        ("**.c.1", None),
        ("a.0.b", "deep"),
        ("**", None),
        ("", None),
        ("a.b.c.d", None),
        ("**.**.b", None),
    ],
)
def test_a_place_is_found_wherever_it_stands(path: str, value: str | None) -> None:
    document = {"a": [{"b": "deep"}], "z": {"c": ["first"], "b": {"b": "deeper"}}, "y": {"": "own text", "k": "1"}}
    is_there, found = value_at(document, path)
    assert (found if is_there else None) == (value if path != "**.b" else {"b": "deeper"})


def test_the_text_of_an_element_with_attributes_is_found() -> None:
    assert value_at({"y": {"": "own text", "k": "1"}}, "y") == (True, "own text")


def test_csv_columns_are_places() -> None:
    content = b"Kund;Agent\n+46701740605;anna.berg\n"
    assert dict(read_sidecar(content, {"number": "Kund", "adviser": "Agent"}).texts) == {
        "number": "+46701740605",
        "adviser": "anna.berg",
    }
    assert dict(read_sidecar(b"+46701740605,3201", {"number": "0", "extension": "1"}).texts) == {
        "number": "+46701740605",
        "extension": "3201",
    }


def test_a_source_has_words_of_its_own_for_a_direction() -> None:
    words = {"Inkommande": "in"}
    assert read_direction("INKOMMANDE", words) is Direction.IN
    assert read_direction("outbound", words) is Direction.OUT
    assert read_direction("Inkommande") is None
