from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.intake.zone import LEFT_OUT, TWICE, in_utc

HELSINKI = "Europe/Helsinki"


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_local_time_becomes_utc_in_winter_and_summer() -> None:
    assert in_utc(local("2026-11-23T14:05:02"), HELSINKI).at == utc("2026-11-23T12:05:02")
    assert in_utc(local("2026-07-01T14:05:02"), HELSINKI).at == utc("2026-07-01T11:05:02")


@pytest.mark.parametrize(
    ("channel", "at"),
    [("2026-10-25T00:29:40", "2026-10-25T00:30:00"), ("2026-10-25T01:29:40", "2026-10-25T01:30:00")],
)
def test_the_epoch_settles_the_hour_that_comes_twice(channel: str, at: str) -> None:
    moment = in_utc(local("2026-10-25T03:30:00"), HELSINKI, utc(channel).timestamp())
    assert (moment.at, moment.problem) == (utc(at), "")


def test_without_an_epoch_the_first_of_the_doubled_hours_is_taken_and_said_so() -> None:
    moment = in_utc(local("2026-10-25T03:30:00"), HELSINKI)
    assert (moment.at, moment.problem) == (utc("2026-10-25T00:30:00"), TWICE)


def test_an_hour_that_never_was_is_odd_and_settled_by_the_epoch() -> None:
    moment = in_utc(local("2026-03-29T03:30:00"), HELSINKI)
    assert (moment.at, moment.problem) == (utc("2026-03-29T01:30:00"), LEFT_OUT)
    moment = in_utc(local("2026-03-29T03:30:00"), HELSINKI, utc("2026-03-29T00:29:50").timestamp())
    assert (moment.at, moment.problem) == (utc("2026-03-29T00:30:00"), LEFT_OUT)


@pytest.mark.parametrize("waited_s", [0, 5, 400, 2500, 4000, 12_500, -60])
def test_a_recording_that_starts_after_a_queue_is_nothing_odd(waited_s: int) -> None:
    at = utc("2026-11-23T12:05:02")
    moment = in_utc(local("2026-11-23T14:05:02"), HELSINKI, at.timestamp() - waited_s)
    assert (moment.at, moment.problem) == (at, "")


@pytest.mark.parametrize("zone", ["UTC", "Europe/Stockholm", "Asia/Tokyo", "America/New_York"])
def test_a_wrong_zone_is_noticed_and_the_written_time_kept(zone: str) -> None:
    channel = utc("2026-11-23T12:04:42").timestamp()
    moment = in_utc(local("2026-11-23T14:05:02"), zone, channel)
    assert "zone" in moment.problem
    assert moment.at == in_utc(local("2026-11-23T14:05:02"), zone).at


@given(
    st.datetimes(local("1990-01-01"), local("2099-12-31")),
    st.none() | st.floats(0, 4e9),
    st.sampled_from([HELSINKI, "UTC", "America/St_Johns", "Pacific/Apia"]),
)
def test_every_local_time_has_an_instant_within_a_day_of_it(at: datetime, epoch_s: float | None, zone: str) -> None:
    moment = in_utc(at, zone, epoch_s)
    assert moment.at.tzinfo is UTC
    assert abs(moment.at.replace(tzinfo=None) - at) <= timedelta(hours=25)
