"""What the status says of a source."""

from __future__ import annotations

from agent.installation import Installation
from agent.intake.late import LateSidecars
from agent.intake.left import Left
from agent.intake.pipeline import Pipeline
from agent.intake.sidecar_watch import SidecarWatch
from agent.intake.silence import Silence
from agent.intake.spool import Spool
from agent.intake.standing import Standing
from agent.intake.watcher import Watcher
from tests.agent.clock import Clock


def test_a_silent_recorder_is_no_spool_that_is_not_watched_and_the_other_way(house: Installation, clock: Clock) -> None:
    source = house.settings.source[0].model_copy(update={"silent_after_h": 3})
    watcher = Watcher(source.spool, source.watch, lambda _woken: None)
    pipeline = Pipeline(house)
    late = LateSidecars(house, pipeline.leaving, pipeline.calls)
    sidecars = SidecarWatch(source, late, Left(house, pipeline.quarantine), 1.0)
    spool = Spool(source, watcher, sidecars, Silence(house, source), pipeline.calls)
    try:
        watcher.check()
        spool.silence.heard()
        clock.forward(hours=24)
        spool.silence.look()
        status = spool.status()
        assert (status.watching, status.trouble) == (True, "no file for 3 hours of office time")
        assert (status.silent_since_ms, status.silent_after_h) == (spool.silence.since_ms, 3)
        status = spool.status(Standing(0, 3, newest_seq=7))
        assert (status.watching, status.trouble) == (True, "of the recordings in place 0 were changed and 3 are gone")
        assert status.silent_since_ms is not None
    finally:
        watcher.stop()
    status = spool.status()
    assert (status.watching, status.trouble) == (False, "it has been stopped")
    assert status.silent_since_ms is not None
