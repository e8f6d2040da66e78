from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import soundfile

from agent.demo.encodings import Encoding
from agent.demo.freepbx import recording_path
from agent.demo.plan import CallPlan, arriving, backlog
from agent.demo.recorder import STEP_BYTES, LiveRecorder, performed, record, write_backlog
from agent.demo.wave_file import samples_at, unfinished_header

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
PLANS = [plan for plan in backlog(1000, NOW) if plan.duration_s < 40]


def one(*, encoding: Encoding = Encoding.ALAW_STEREO, queued: bool = False, even_seed: bool = True) -> CallPlan:
    return next(
        plan
        for plan in PLANS
        if plan.encoding is encoding and (plan.queue is not None) == queued and (plan.seed % 2 == 0) == even_seed
    )


def until(fact: Callable[[], bool]) -> None:
    """Wait for a fact; give up when it has long been due."""
    gives_up_at = time.monotonic() + 30
    while not fact():
        assert time.monotonic() < gives_up_at, "never became true"
        time.sleep(0.002)


def recordings(spool: Path) -> list[Path]:
    return [path for path in spool.rglob("*") if path.suffix.lower() == ".wav"]


def test_a_backlog_is_written_complete_where_freepbx_would_and_as_long_as_planned(tmp_path: Path) -> None:
    plans = PLANS[:20]
    assert write_backlog(tmp_path, plans) == 20
    assert {path.relative_to(tmp_path) for path in recordings(tmp_path)} == set(map(recording_path, plans))
    for plan in plans:
        file = soundfile.info(str(tmp_path / recording_path(plan)))
        assert file.frames / file.samplerate == pytest.approx(plan.duration_s, abs=1e-9)


def test_a_backlogs_files_are_as_old_as_their_calls(tmp_path: Path) -> None:
    write_backlog(tmp_path, PLANS[:3])
    for plan in PLANS[:3]:
        modified_at = (tmp_path / recording_path(plan)).stat().st_mtime
        assert modified_at == pytest.approx(plan.ended_at.timestamp(), abs=0.01)


def test_a_queued_call_of_the_backlog_has_its_sidecar(tmp_path: Path) -> None:
    plan = one(queued=True)
    write_backlog(tmp_path, [plan])
    said = json.loads((tmp_path / recording_path(plan)).with_suffix(".json").read_text())
    assert said["agent"] == plan.adviser.extension


def test_progress_is_told_after_each_call(tmp_path: Path) -> None:
    told: list[int] = []
    write_backlog(tmp_path, PLANS[:3], told.append)
    assert told == [1, 2, 3]


@pytest.mark.parametrize("encoding", Encoding)
def test_while_a_call_lasts_its_header_says_nothing_and_afterwards_everything(
    tmp_path: Path, encoding: Encoding
) -> None:
    plan = one(encoding=encoding)
    path = tmp_path / recording_path(plan)
    complete = performed(plan)
    hang_up = threading.Event()
    call = threading.Thread(target=record, args=(tmp_path, plan, 3600.0, hang_up))
    call.start()
    try:
        until(lambda: path.exists() and path.stat().st_size > 0)
        assert path.read_bytes() == unfinished_header(complete)
    finally:
        hang_up.set()
        call.join()
    assert path.read_bytes() == complete


def test_a_recording_grows_in_steps(tmp_path: Path) -> None:
    plan = one()
    path = tmp_path / recording_path(plan)
    start = samples_at(performed(plan))
    seen_bytes: list[int] = []

    class Watched(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            seen_bytes.append(path.stat().st_size)
            return False

    record(tmp_path, plan, 1.0, Watched())
    assert seen_bytes == [start + step * STEP_BYTES for step in range(len(seen_bytes))]
    assert len(seen_bytes) > 3


@pytest.mark.parametrize("even_seed", [True, False])
def test_the_sidecar_comes_before_or_after_the_recording(tmp_path: Path, even_seed: bool) -> None:
    plan = one(queued=True, even_seed=even_seed)
    sidecar = (tmp_path / recording_path(plan)).with_suffix(".json")
    there_while_it_lasts: list[bool] = []

    class Watched(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            there_while_it_lasts.append(sidecar.exists())
            return True

    record(tmp_path, plan, 1.0, Watched())
    assert set(there_while_it_lasts) == {even_seed}
    assert sidecar.exists()


def test_calls_arrive_until_the_recorder_is_stopped_and_every_one_is_complete(tmp_path: Path) -> None:
    with LiveRecorder(tmp_path, first_sequence=1, pause_s=(0, 0), over_s=(0, 0)):
        until(lambda: len(recordings(tmp_path)) >= 3)
    assert "demo-recorder" not in {thread.name for thread in threading.enumerate()}
    kept = recordings(tmp_path)
    assert all(soundfile.info(str(path)).frames > 0 for path in kept)
    assert {int(path.stem.rsplit(".", 1)[1]) for path in kept} == set(range(1, len(kept) + 1))


def test_stopping_does_not_wait_for_a_call_to_take_its_time(tmp_path: Path) -> None:
    recorder = LiveRecorder(tmp_path, first_sequence=1, pause_s=(0, 0), over_s=(3600, 3600))
    recorder.start()
    until(lambda: len(recordings(tmp_path)) == 1)
    recorder.stop()
    [path] = recordings(tmp_path)
    assert soundfile.info(str(path)).frames > 0


def test_a_spool_that_cannot_be_written_is_reported_when_the_recorder_is_stopped(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    spool.write_text("no folder")
    recorder = LiveRecorder(spool, first_sequence=1, pause_s=(0, 0), over_s=(0, 0))
    recorder.start()
    until(lambda: "demo-recorder" not in {thread.name for thread in threading.enumerate()})
    with pytest.raises(NotADirectoryError):
        recorder.stop()


def test_a_call_sounds_the_same_whenever_it_is_performed() -> None:
    plan = arriving(NOW, 1, random.Random(4))
    assert performed(plan) == performed(plan)
