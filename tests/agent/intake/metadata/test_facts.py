from __future__ import annotations

import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.intake.metadata.facts import CallFacts, facts_of
from agent.intake.metadata.sidecar import SIDECAR_LIMIT_BYTES
from agent.intake.metadata.statement import Statement
from agent.intake.tags import Tags
from agent.intake.wav import WavHeader, read_header
from agent.settings import Adviser, Settings, Source
from agent.wire import Direction
from tests.assets import wav

AT = datetime(2026, 11, 23, 12, 5, 2, tzinfo=UTC)
TAIL = "-20261123-140502-1795435500.265.wav"
WRITTEN_AT = datetime(2026, 11, 23, 12, 9, 0, tzinfo=UTC)
SETTINGS = Settings(
    state_dir=Path("/nowhere/state"),
    socket=Path("/nowhere/socket"),
    adviser=[
        Adviser(extension="3201", name="Anna Berg", account="anna.berg", service="Vatten"),
        Adviser(extension="3202", name="Erik Sund", account="erik.sund"),
        Adviser(extension="3300", name="One", account="one", until="2026-05-01"),
        Adviser(extension="3300", name="Two", account="two", from_="2026-05-01"),
    ],
    services={"600": "Avlopp", "+46846500400": "Fakturering"},
)


def header_of(content: bytes) -> WavHeader:
    return read_header(io.BytesIO(content), len(content))


HEADER = header_of(wav.riff(wav.fmt(), wav.chunk(b"data", wav.SECOND)))


def facts(
    name: str,
    sidecar: dict[str, Any] | bytes | None = None,
    *,
    header: WavHeader = HEADER,
    tags: Tags = Tags(),  # noqa: B008 - frozen
    **source: Any,
) -> CallFacts:
    content = json.dumps(sidecar).encode() if isinstance(sidecar, dict) else sidecar
    configured = Source(name="pbx", spool=Path("/nowhere/spool"), **{"country": "SE", **source})
    return facts_of(configured, SETTINGS, name, content, header, tags, WRITTEN_AT)


def test_a_call_to_an_extension_is_known_whole() -> None:
    call = facts("2026/11/23/in-3201-0701740605" + TAIL)
    assert (call.started_at, call.number, call.withheld) == (AT, "+46701740605", False)
    assert (call.direction, call.extension) == (Direction.IN, "3201")
    assert (call.adviser_name, call.adviser_account, call.service) == ("Anna Berg", "anna.berg", "Vatten")
    assert call.attention is None
    assert {field: provenance.read_from for field, provenance in call.provenance.items()} == {
        "started_at": "file name",
        "duration": "samples",
        "number": "file name",
        "direction": "file name",
        "extension": "file name",
        "adviser": "settings",
        "service": "settings",
    }
    assert call.provenance["started_at"].said == "20261123-140502"
    assert call.provenance["number"].said == "0701740605"


def test_a_call_to_a_customer_has_its_extension_on_the_other_side() -> None:
    call = facts("out-0701740605-3201" + TAIL)
    assert (call.direction, call.number, call.extension) == (Direction.OUT, "+46701740605", "3201")
    assert (call.adviser_account, call.service, call.attention) == ("anna.berg", "Vatten", None)


@pytest.mark.parametrize(
    ("dest", "service"),
    [("600", "Avlopp"), ("46846500400", "Fakturering"), ("084650 04 00", "Fakturering"), ("601", None)],
)
def test_a_queue_or_called_number_is_a_service(dest: str, service: str | None) -> None:
    call = facts(f"q-{dest}-0701740605" + TAIL)
    assert call.service == service
    assert call.number == "+46701740605"
    assert call.adviser_name is None
    assert "adviser" in (call.attention or "")


@pytest.mark.parametrize("caller", ["anonymous", "unknown", "", "hemlig"])
def test_a_withheld_number_stays_withheld(caller: str) -> None:
    header = header_of(wav.riff(wav.fmt(), wav.info(IART="x (+46701740605)"), wav.chunk(b"data", wav.SECOND)))
    call = facts(f"in-3201-{caller}" + TAIL, header=header, withheld=["hemlig"])
    assert (call.number, call.withheld, call.attention) == (None, True, None)


def test_a_withheld_number_in_the_sidecar_is_not_read_from_the_name() -> None:
    call = facts("in-3201-0701740605" + TAIL, {"number": None})
    assert (call.number, call.withheld) == (None, True)


def test_a_number_that_was_called_cannot_be_withheld() -> None:
    call = facts("out-unknown-3201" + TAIL)
    assert (call.number, call.withheld) == (None, False)
    assert call.attention == "not known: number"


def test_garbage_for_a_number_is_kept_as_said_and_named() -> None:
    call = facts("force-0701XXXX4605-3201" + TAIL)
    assert (call.number, call.withheld, call.direction) == (None, False, Direction.OUT)
    assert call.provenance["number"].said == "0701XXXX4605"
    assert call.provenance["number"].problem
    assert call.attention == "not known: number"


def test_an_internal_call_has_no_customer_and_needs_no_attention_for_it() -> None:
    call = facts("internal-3201-3400" + TAIL)
    assert (call.direction, call.number, call.withheld, call.extension) == (None, None, False, "3201")
    assert call.attention is None
    assert facts("internal-3201-3202" + TAIL).extension is None


def test_the_sidecar_is_believed_over_the_name() -> None:
    call = facts(
        "in-3201-0701740605" + TAIL,
        {
            "started_at": "2026-11-23T15:00:00+02:00",
            "number": "+46701740699",
            "direction": "outbound",
            "agent": "ERIK.SUND",
            "service": "Avlopp",
        },
    )
    assert call.started_at == datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
    assert (call.number, call.direction) == ("+46701740699", Direction.OUT)
    assert (call.adviser_name, call.adviser_account, call.service) == ("Erik Sund", "erik.sund", "Avlopp")
    assert "otherwise" in call.provenance["direction"].problem
    assert call.provenance["number"].read_from == "sidecar"


def test_a_time_without_a_zone_in_the_sidecar_is_local_to_the_source() -> None:
    call = facts("a.wav", {"started_at": "2026-11-23T14:05:02"}, convention="plain")
    assert call.started_at == AT


@pytest.mark.parametrize("said", ["Anna Berg", "anna.berg", "3201"])
def test_an_adviser_is_known_by_account_name_or_extension(said: str) -> None:
    assert facts("a.wav", {"adviser": said}, convention="plain").adviser_account == "anna.berg"


def test_an_adviser_whom_the_settings_do_not_know_has_a_name_and_no_account() -> None:
    call = facts("in-3201-0701740605" + TAIL, {"adviser": "Nora Lind"})
    assert (call.adviser_name, call.adviser_account) == ("Nora Lind", None)
    assert call.provenance["adviser"].problem


@pytest.mark.parametrize(
    ("stamp", "account"),
    [
        ("20260430-235959", "one"),
        ("20260501-000000", "two"),
        ("20260501-000001", "two"),
    ],
)
def test_an_extension_is_whose_it_was_when_the_call_began_on_the_clock_of_the_source(stamp: str, account: str) -> None:
    at = datetime.strptime(stamp, "%Y%m%d-%H%M%S").replace(tzinfo=ZoneInfo("Europe/Helsinki"))
    name = f"in-3300-0701740605-{stamp}-{at.timestamp():.0f}.1.wav"
    call = facts(name)
    assert (call.adviser_account, call.attention) == (account, "not known: service")


def test_an_extension_that_is_nobodys_any_more_names_nobody() -> None:
    settings = SETTINGS.model_copy(
        update={"adviser": [Adviser(extension="3300", name="One", account="one", until="2026-05-01")]}
    )
    source = Source(name="pbx", spool=Path("/nowhere/spool"))
    call = facts_of(source, settings, "in-3300-0701740605" + TAIL, None, HEADER, Tags(), WRITTEN_AT)
    assert (call.extension, call.adviser_name, call.adviser_account) == ("3300", None, None)
    assert call.provenance["adviser"].problem == "the settings name no adviser for this extension then"


def test_a_source_has_advisers_and_services_of_its_own_that_go_before_the_others() -> None:
    call = facts(
        "q-600-0701740605" + TAIL,
        adviser=[Adviser(extension="3201", name="Nora Lind", account="nora.lind")],
        services={"600": [{"service": "Vatten", "until": "2026-01-01"}, {"service": "Avfall", "from": "2026-01-01"}]},
    )
    assert call.service == "Avfall"
    own = facts("in-3201-0701740605" + TAIL, adviser=[Adviser(extension="3201", name="Nora Lind", account="nora.lind")])
    assert own.adviser_account == "nora.lind"
    assert (
        facts("in-3202-0701740605" + TAIL, adviser=[Adviser(extension="3201", name="N")]).adviser_account == "erik.sund"
    )


def test_what_cannot_be_used_in_the_sidecar_is_read_from_the_name_and_said() -> None:
    call = facts("in-3201-0701740605" + TAIL, {"number": "Anna", "started_at": "soon", "direction": "sideways"})
    assert (call.started_at, call.number, call.direction) == (AT, "+46701740605", Direction.IN)
    for field in ("started_at", "number", "direction"):
        assert call.provenance[field].read_from == "file name"
        assert "sidecar" in call.provenance[field].problem


@pytest.mark.parametrize(
    "content", [b"no json", b'"../../x"', b"\xff", b"x" * (SIDECAR_LIMIT_BYTES + 1), b"[" * 100_000]
)
def test_an_unusable_sidecar_costs_nothing_but_attention(content: bytes) -> None:
    call = facts("in-3201-0701740605" + TAIL, content)
    assert (call.started_at, call.number) == (AT, "+46701740605")
    assert "sidecar" in (call.attention or "")
    assert call.provenance["sidecar"].problem


def test_a_path_in_a_sidecar_is_only_a_text() -> None:
    call = facts("a.wav", {"adviser": "../../x", "service": "/etc/passwd", "number": "../../x"}, convention="plain")
    assert (call.adviser_name, call.service, call.number) == ("../../x", "/etc/passwd", None)


def test_when_nothing_is_known_the_start_is_the_file_time_less_the_length() -> None:
    call = facts("7d0c4c8e.wav", convention="plain")
    assert call.started_at == datetime(2026, 11, 23, 12, 8, 59, tzinfo=UTC)
    assert call.provenance["started_at"].read_from == "file time"
    assert call.provenance["started_at"].problem
    assert call.direction is call.number is call.extension is call.adviser_name is call.service is None
    assert call.withheld is False
    for word in ("start", "direction", "number", "adviser", "service"):
        assert word in (call.attention or "")


def test_plain_names_are_not_read() -> None:
    call = facts("in-3201-0701740605" + TAIL, convention="plain")
    assert (call.number, call.direction, call.extension) == (None, None, None)
    assert "name" not in call.provenance


def test_an_absurd_length_does_not_move_the_start_out_of_time() -> None:
    content = io.BytesIO(wav.riff(wav.fmt(rate_hz=1, bits=8), wav.chunk(b"data", b"x" * 100, size=0), size=0))
    call = facts("a.wav", header=read_header(content, 1 << 50), convention="plain")
    assert call.started_at == WRITTEN_AT


def test_the_channels_epoch_stands_in_for_a_missing_time() -> None:
    call = facts("1795435500.265.wav")
    assert call.started_at == datetime(2026, 11, 23, 12, 5, tzinfo=UTC)
    assert "start" in (call.attention or "")


@pytest.mark.parametrize(
    ("parts", "tags"),
    [
        ([wav.bext("2026-11-23", "14:05:02")], Tags()),
        ([wav.info(ICRD="2026-11-23 14:05:02")], Tags()),
        ([], Tags({"TDRC": "2026-11-23 14:05:02"})),
    ],
)
def test_tags_are_believed_over_the_file_time(parts: list[bytes], tags: Tags) -> None:
    header = header_of(wav.riff(wav.fmt(), *parts, wav.chunk(b"data", wav.SECOND)))
    call = facts("a.wav", header=header, tags=tags, convention="plain")
    assert (call.started_at, call.provenance["started_at"].read_from) == (AT, "tag")


def test_the_artist_of_freeswitch_gives_the_number() -> None:
    header = header_of(wav.riff(wav.fmt(), wav.info(IART="Kund (0701740605)"), wav.chunk(b"data", wav.SECOND)))
    call = facts("a.wav", header=header, convention="plain")
    assert (call.number, call.provenance["number"].read_from) == ("+46701740605", "tag")


def test_the_artist_is_not_the_customer_of_a_call_to_one() -> None:
    header = header_of(wav.riff(wav.fmt(), wav.info(IART="Hus (0846500400)"), wav.chunk(b"data", wav.SECOND)))
    assert facts("a.wav", {"direction": "out"}, header=header, convention="plain").number is None


def test_a_zone_that_the_epoch_contradicts_is_brought_to_attention() -> None:
    call = facts("in-3201-0701740605" + TAIL, zone="UTC")
    assert "zone" in call.provenance["started_at"].problem
    assert "start" in (call.attention or "")


def test_an_interrupted_recording_says_so_of_its_length() -> None:
    header = header_of(wav.UNFINISHED["sizes-of-zero"][0])
    assert facts("in-3201-0701740605" + TAIL, header=header).provenance["duration"].problem == "sizes-zero"


@pytest.mark.parametrize(
    "name", [b"in-3201-\xff\xfe" + TAIL.encode(), b"in-32\n01-\x1b[2J" + TAIL.encode(), b"[red].wav"]
)
def test_a_hostile_name_gives_facts_that_can_be_kept(name: bytes) -> None:
    call = facts(os.fsdecode(name))
    assert call.number is None
    for provenance in call.provenance.values():
        provenance.said.encode()


def test_attention_holds_no_text_from_outside() -> None:
    call = facts("force-0701XXXX4605-Bob-3201-99" + TAIL, {"number": "0800CALLME", "direction": "up"}, zone="UTC")
    for word in ("0701", "Bob", "0800", "up:"):
        assert word not in (call.attention or "")


# --- other recorders' ---------------------------------------------------------------------------------------

PUZZEL = b"""<Recording><Session sessionID="1" start="2026-11-23 14:05:02" accessNumber="+46846500400"/>
    <Request remoteAddress="0046701740605" queue_key="600" queue_description="Other"/></Recording>"""


def test_a_recording_of_puzzel_is_known_by_its_xml() -> None:
    stereo = header_of(wav.riff(wav.fmt(channels=2), wav.chunk(b"data", wav.SECOND)))
    call = facts("1_1.WAV", PUZZEL, header=stereo, convention="puzzel")
    assert (call.started_at, call.number, call.direction) == (AT, "+46701740605", Direction.IN)
    assert (call.service, call.call_id, call.legs) == ("Avlopp", "1", ("caller", "adviser"))
    assert call.provenance["legs"].said == "caller adviser"


def test_the_description_of_a_queue_is_its_service_when_the_settings_know_none() -> None:
    content = PUZZEL.replace(b'"600"', b'"700"')
    assert facts("1_1.WAV", content, convention="puzzel").service == "Other"


def test_a_sidecar_with_both_parties_tells_the_direction_by_whose_they_are() -> None:
    out = {"callerPhoneNumber": "+46846500400", "dialedPhoneNumber": "0701740605"}
    call = facts("a.wav", out, convention="plain", sidecar_map="genesys")
    assert (call.direction, call.number, call.service) == (Direction.OUT, "+46701740605", "Fakturering")
    call = facts("a.wav", {"caller": "0701740605", "called": "3201"}, convention="plain")
    assert (call.direction, call.number, call.extension, call.adviser_account) == (
        Direction.IN,
        "+46701740605",
        "3201",
        "anna.berg",
    )


def test_channels_are_whose_the_sidecar_says_before_whose_the_source_says() -> None:
    stereo = header_of(wav.riff(wav.fmt(channels=2), wav.chunk(b"data", wav.SECOND)))
    said = {"channel1": "Caller", "channel2": "Agent"}
    assert facts("a.wav", said, header=stereo, sidecar_map="webex", convention="plain").legs == ("caller", "adviser")
    both = {"channel1": "Agent", "channel2": "Agent"}
    settings = {"sidecar_map": "webex", "convention": "plain", "legs": ["adviser", "caller"]}
    assert facts("a.wav", both, header=stereo, **settings).legs == ("adviser", "caller")
    assert facts("a.wav", said, **settings).legs == ()
    assert "legs" not in facts("a.wav", said, **settings).provenance


def test_a_day_that_the_folder_tells_is_compared_with_the_start() -> None:
    name = "7d0c4c8e-5c7b-4e2f-9a57-0f1f6f0f1a11.wav"
    for folder, is_odd in (("archive/2026/Nov/23/", False), ("archive/2026/Nov/22/", True)):
        call = facts(folder + name, {"started_at": "2026-11-23T14:05:02"}, convention="freeswitch")
        assert call.started_at == AT
        assert ("another day" in call.provenance["started_at"].problem) == is_odd
    assert (
        "another day" in facts("archive/2026/Nov/22/" + name, convention="freeswitch").provenance["started_at"].problem
    )


@pytest.mark.parametrize(("zone", "is_wrong"), [("Europe/Helsinki", False), ("UTC", True), ("Asia/Tokyo", False)])
def test_a_name_without_an_epoch_is_compared_with_the_files_time(zone: str, is_wrong: bool) -> None:
    call = facts("20261123_140502_1.wav", convention="oreka", zone=zone)
    assert ("zone" in call.provenance["started_at"].problem) == is_wrong


@pytest.mark.parametrize("convention", ["oreka", "vicidial", "encoded", "3cx", "pattern"])
def test_the_doubled_hour_is_said_whatever_the_convention(convention: str) -> None:
    name = {
        "oreka": "20261025_033000_1.wav",
        "vicidial": "20261025-033000_3201.wav",
        "encoded": "x_20261025_033000_in_3201_0701740605.wav",
        "3cx": "[]_0701740605-3201_20261025033000(1).wav",
        "pattern": "20261025033000.wav",
    }[convention]
    more = {"name_pattern": "{start:YYYYMMDDHHMMSS}"} if convention == "pattern" else {}
    call = facts(name, convention=convention, **more)
    assert call.started_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert "came twice" in call.provenance["started_at"].problem


def test_vicidial_names_customer_or_adviser_whichever_way_the_call_went() -> None:
    customer = facts("20261123-140502_0701740605-all.wav", convention="vicidial")
    assert (customer.number, customer.direction, customer.started_at) == ("+46701740605", None, AT)
    adviser = facts("20261123-140502_anna.berg-all.wav", convention="vicidial")
    assert adviser.adviser_account == "anna.berg"
    telephone = facts("20261123-140502_3201-all.wav", convention="vicidial")
    assert (telephone.extension, telephone.adviser_account) == ("3201", "anna.berg")


def test_a_withheld_number_is_in_no_name_that_could_not_be_parted() -> None:
    call = facts("[]_0701740605-3201_20261123140502(1).wav", {"number": None}, convention="3cx")
    assert (call.withheld, call.strangers) == (True, None)
    assert not any("0701740605" in origin.said for origin in call.provenance.values())


def test_a_call_record_fills_what_sidecar_and_name_leave_open() -> None:
    record = Statement(
        "call record",
        {"started_at": "2026-11-23 14:05:02", "caller": "0701740605", "called": "600", "extension": "3201"},
    )
    source = Source(name="pbx", spool=Path("/nowhere/spool"), country="SE")
    call = facts_of(
        source, SETTINGS, "1795435500.265.wav", None, HEADER, Tags(), WRITTEN_AT, {"1795435500.265": record}.get
    )
    assert (call.started_at, call.direction, call.number) == (AT, Direction.IN, "+46701740605")
    assert (call.extension, call.adviser_account, call.service) == ("3201", "anna.berg", "Avlopp")
    assert call.provenance["number"].read_from == "call record"
    named = facts_of(source, SETTINGS, "in-3202-0701740606" + TAIL, None, HEADER, Tags(), WRITTEN_AT, lambda _: record)
    assert (named.number, named.extension) == ("+46701740606", "3202")


@given(st.text(alphabet="inoutq-0123456789.+/\n\x1b[]%ä\udcff", max_size=60), st.booleans())
def test_no_name_raises_anything(text: str, is_named: bool) -> None:
    call = facts(text + TAIL if is_named else text)
    assert call.started_at.tzinfo is UTC
    assert not (call.number and call.withheld)
