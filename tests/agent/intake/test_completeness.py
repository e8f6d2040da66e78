from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from agent.intake.completeness import (
    HeaderState,
    Irregular,
    Kind,
    Progress,
    Ready,
    Seen,
    Thresholds,
    Verdict,
    Wait,
    header_state,
)
from agent.intake.wav import NotWav, read_header
from tests.assets import wav

THRESHOLDS = Thresholds(settle_s=0.04, quiet_s=2.0, unfinished_s=60.0)
NOW_NS = 1_795_000_000 * 10**9
NEW = Seen(1000.0, 16_044, NOW_NS, NOW_NS, 7, 1, Kind.REGULAR, HeaderState.FINISHED)
"""A finished file, written just now."""


class Clocked:
    """A file in a spool, with a clock that the test turns."""

    def __init__(self, first: Seen = NEW) -> None:
        self.file = first
        self.at_s = first.at_s
        self.progress = Progress(THRESHOLDS)

    def look(self, *, wall_ns: int = NOW_NS) -> Verdict:
        return self.progress.seen(replace(self.file, at_s=self.at_s), wall_ns)

    def look_after(self, seconds: float) -> Verdict:
        self.at_s += seconds
        return self.look()


def test_a_closed_finished_file_is_ready_once_it_has_settled() -> None:
    file = Clocked()
    file.progress.closed()
    assert file.look() == Wait(1000.04)
    assert file.look_after(0.04) == Ready(interrupted=False)


def test_a_finished_file_whose_closing_was_not_seen_must_be_quiet() -> None:
    file = Clocked()
    assert file.look() == Wait(1002.0)
    assert file.look_after(1.9) == Wait(1002.0)
    assert file.look_after(0.1) == Ready(interrupted=False)


def test_a_finished_file_written_long_ago_is_ready_at_first_sight() -> None:
    file = Clocked(replace(NEW, mtime_ns=NOW_NS - 2 * 10**9))
    assert file.look() == Ready(interrupted=False)


def test_a_time_of_writing_in_the_future_counts_as_now() -> None:
    file = Clocked(replace(NEW, mtime_ns=NOW_NS + 3600 * 10**9))
    assert file.look() == Wait(1002.0)


@pytest.mark.parametrize("header", [HeaderState.UNFINISHED, HeaderState.EMPTY])
@pytest.mark.parametrize("is_closed", [True, False])
def test_an_unfinished_file_is_taken_as_interrupted_only_after_long(header: HeaderState, is_closed: bool) -> None:
    file = Clocked(replace(NEW, header=header, mtime_ns=NOW_NS - 10**12))
    if is_closed:
        file.progress.closed()
    assert file.look() == Wait(1060.0)
    assert file.look_after(59.9) == Wait(1060.0)
    assert file.look_after(0.1) == Ready(interrupted=True)


def test_a_header_that_is_mended_after_a_closing_makes_the_file_whole() -> None:
    file = Clocked(replace(NEW, header=HeaderState.UNFINISHED))
    file.progress.closed()
    file.look()
    file.at_s += 20
    file.file = replace(NEW, mtime_ns=NOW_NS + 1)
    file.progress.closed()
    assert file.look() == Wait(1020.04)
    assert file.look_after(0.05) == Ready(interrupted=False)


def test_garbage_that_was_closed_waits_for_quiet_and_open_garbage_for_long() -> None:
    file = Clocked(replace(NEW, header=HeaderState.NOT_WAV))
    assert file.look() == Wait(1060.0)
    file.progress.closed()
    assert file.look_after(1.0) == Wait(1002.0)
    assert file.look_after(1.0) == Ready(interrupted=False)


def test_a_closing_counts_for_what_was_written_before_it_and_seen_after() -> None:
    file = Clocked(replace(NEW, header=HeaderState.UNFINISHED))
    file.look()
    file.at_s += 300
    file.file = replace(NEW, size_bytes=4_800_044, mtime_ns=NOW_NS + 300 * 10**9)
    file.progress.closed()
    assert file.look() == Wait(1300.04)
    assert file.look_after(0.04) == Ready(interrupted=False)


@pytest.mark.parametrize(
    "change",
    [
        {"size_bytes": 16_046},
        {"mtime_ns": NOW_NS + 1},
        {"ctime_ns": NOW_NS + 1},
        {"inode": 8},
        {"device": 2},
    ],
)
def test_any_change_after_a_closing_takes_it_back(change: dict[str, int]) -> None:
    file = Clocked()
    file.progress.closed()
    file.look()
    file.file = replace(NEW, **change)  # type: ignore[arg-type] # fields that are numbers
    assert file.look_after(0.03) == Wait(pytest.approx(1002.03))
    assert file.look_after(1.0) == Wait(pytest.approx(1002.03))
    assert file.look_after(1.1) == Ready(interrupted=False)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.REGULAR])
def test_what_is_no_regular_file_is_irregular_at_once(kind: Kind) -> None:
    assert Clocked(replace(NEW, kind=kind)).look() == Irregular(kind)


def test_a_monotonic_clock_that_runs_backwards_starts_the_wait_again() -> None:
    file = Clocked()
    file.look_after(1.5)
    assert file.look_after(-1000.0) == Wait(3.5)


def test_a_wall_clock_that_jumps_later_changes_nothing() -> None:
    file = Clocked()
    file.look()
    file.at_s += 1
    assert file.look(wall_ns=NOW_NS + 10**15) == Wait(1002.0)
    assert file.look(wall_ns=0) == Wait(1002.0)


@pytest.mark.parametrize(
    ("content", "state"),
    [
        (wav.GOOD["pcm"], HeaderState.FINISHED),
        (wav.UNFINISHED["sizes-of-zero"][0], HeaderState.UNFINISHED),
        (wav.BAD["nothing"][0], HeaderState.EMPTY),
        (wav.BAD["zeros"][0], HeaderState.UNFINISHED),
        (wav.BAD["44-bytes-open"][0], HeaderState.UNFINISHED),
        (wav.BAD["44-bytes-closed"][0], HeaderState.NOT_WAV),
        (wav.BAD["text"][0], HeaderState.NOT_WAV),
    ],
)
def test_the_state_of_a_header_follows_from_reading_it(content: bytes, state: HeaderState) -> None:
    try:
        read = read_header(io.BytesIO(content), len(content))
    except NotWav as refused:
        assert header_state(refused) is state  # noqa: PT017 - both outcomes are compared
    else:
        assert header_state(read) is state


class AnyRecorder(RuleBasedStateMachine):
    """Whatever a recorder and the clocks do, no file is ready before it was unchanged for long enough."""

    def __init__(self) -> None:
        super().__init__()
        self.progress = Progress(THRESHOLDS)
        self.file = NEW
        self.at_s = 1000.0
        self.unchanged_since_s = 1000.0
        self.verdict: Verdict | None = None
        self.is_first = True
        self.was_closed = False

    @rule(seconds=st.sampled_from([0.001, 0.02, 0.04, 0.5, 2.0, 30.0, 60.0]))
    def wait(self, seconds: float) -> None:
        self.at_s += seconds
        self.verdict = None

    @rule(header=st.sampled_from(HeaderState), grown=st.integers(0, 2))
    def write(self, header: HeaderState, grown: int) -> None:
        before = self.file
        size_bytes = before.size_bytes + grown
        self.file = replace(before, header=header, size_bytes=size_bytes, mtime_ns=before.mtime_ns + 1)
        self.unchanged_since_s = self.at_s
        self.verdict = None

    @rule()
    def close(self) -> None:
        self.progress.closed()
        self.was_closed = True
        self.verdict = None

    @rule(wall_ns=st.sampled_from([0, NOW_NS, NOW_NS + 10**18]))
    def look(self, wall_ns: int) -> None:
        wall_ns = NOW_NS if self.is_first else wall_ns
        self.is_first = False
        self.verdict = self.progress.seen(replace(self.file, at_s=self.at_s), wall_ns)

    @invariant()
    def nothing_is_ready_too_early(self) -> None:
        unchanged_s = self.at_s - self.unchanged_since_s
        if isinstance(self.verdict, Ready):
            header = self.file.header
            assert self.verdict.interrupted == (header in (HeaderState.UNFINISHED, HeaderState.EMPTY))
            least_s = {HeaderState.FINISHED: 0.04 if self.was_closed else 2.0, HeaderState.NOT_WAV: 2.0}
            assert unchanged_s >= least_s.get(header, 60.0) - 1e-6
        if isinstance(self.verdict, Wait):
            assert self.at_s < self.verdict.until_s <= self.at_s + 60.0

    @invariant()
    def a_quiet_file_is_ready_in_the_end(self) -> None:
        if self.verdict is not None:
            self.at_s += 61
            assert isinstance(self.progress.seen(replace(self.file, at_s=self.at_s), NOW_NS), Ready)
            self.verdict = None


TestAnyRecorder = AnyRecorder.TestCase
