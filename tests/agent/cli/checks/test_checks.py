"""Each check finds what is wrong, says what to do, and finds nothing where all is well."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.cli.checks.access_log import access_log
from agent.cli.checks.direct_opens import direct_opens
from agent.cli.checks.finding import Examination, Finding, examination
from agent.cli.checks.memory import memory
from agent.cli.checks.permissions import permissions
from agent.cli.checks.spools import spools
from agent.installation import create
from agent.settings import Settings


@pytest.fixture
def examined(settings: Settings, tmp_path: Path) -> Iterator[Examination]:
    run = tmp_path / "run"
    run.mkdir(mode=0o700)
    made = settings.model_copy(update={"socket": run / "agent.sock"})
    create(made).close()
    return examination(made)


def _what(findings: Iterator[Finding]) -> list[str]:
    found = list(findings)
    assert all(finding.advice for finding in found)
    return [finding.what for finding in found if finding.is_wrong]


def test_a_new_installation_has_nothing_wrong(examined: Examination) -> None:
    for check in (permissions, access_log, spools, memory):
        assert _what(check(examined)) == []


def test_keys_and_folders_that_others_may_reach_are_found(examined: Examination) -> None:
    (examined.settings.keys / "master.key").chmod(0o644)
    examined.settings.state_dir.chmod(0o750)
    examined.settings.socket.parent.chmod(0o755)
    found = _what(permissions(examined))
    assert len(found) == 3
    assert "master.key" in " ".join(found)


def test_what_belongs_to_another_user_or_is_not_there_is_found(examined: Examination) -> None:
    found = _what(permissions(replace(examined, agent_uid=examined.agent_uid + 1)))
    assert found
    assert all("another OS user" in what for what in found)
    (examined.settings.keys / "log.key").unlink()
    (examined.settings.keys / "master.key").unlink()
    (examined.settings.state_dir / "vault").rename(examined.settings.state_dir / "away")
    assert any("not there" in what for what in _what(permissions(examined)))


def test_a_log_whose_keys_have_gone_is_found(examined: Examination) -> None:
    (examined.settings.keys / "log.key").unlink()
    assert len(_what(access_log(examined))) == 1


def test_a_spool_that_is_not_there_or_no_folder_is_found(examined: Examination) -> None:
    spool = examined.settings.source[0].spool
    spool.rmdir()
    assert "not there" in _what(spools(examined))[0]
    spool.write_text("")
    assert "no folder" in _what(spools(examined))[0]


@pytest.mark.parametrize(("mode", "said"), [(0o700, "may not read"), (0o755, "may not remove"), (0o777, None)])
def test_a_spool_that_the_agents_user_may_not_use_is_found(examined: Examination, mode: int, said: str | None) -> None:
    spool = examined.settings.source[0].spool
    spool.chmod(mode)
    found = _what(spools(replace(examined, agent_uid=61_001)))
    assert (said is None and found == []) or (said is not None and said in found[0])


def _proc(folder: Path, *, swaps: str = "", core: str = "0", cgroup: str = "0::/x\n") -> Path:
    own = folder / "4711"
    own.mkdir(parents=True)
    (folder / "swaps").write_text("Filename Type Size Used Priority\n" + swaps)
    (own / "limits").write_text(f"Limit  Soft Hard Units\nMax core file size        0      {core}      bytes\n")
    (own / "cgroup").write_text(cgroup)
    return folder


def test_core_files_and_swap_on_a_disk_are_found(examined: Examination, tmp_path: Path) -> None:
    running = replace(examined, agent_pid=4711)
    proc = _proc(tmp_path / "proc", swaps="/dev/vdb partition 1 0 -2\n", core="unlimited")
    cgroups = tmp_path / "cgroups"
    (cgroups / "x").mkdir(parents=True)
    found = list(memory(running, proc, cgroups))
    assert [finding.is_wrong for finding in found] == [False, True]
    (cgroups / "x" / "memory.swap.max").write_text("0\n")
    assert len(list(memory(running, proc, cgroups))) == 1


def test_swap_in_memory_and_no_core_files_are_nothing(examined: Examination, tmp_path: Path) -> None:
    proc = _proc(tmp_path / "proc", swaps="/dev/zram0 partition 1 0 -2\n")
    assert list(memory(replace(examined, agent_pid=4711), proc, tmp_path)) == []


def test_an_agent_without_a_sentry_is_found(examined: Examination) -> None:
    assert any("No sentry" in what for what in _what(direct_opens(replace(examined, agent_pid=os.getpid()))))


def test_a_run_dir_that_would_be_watched_is_found(examined: Examination) -> None:
    sentry = examined.settings.sentry.model_copy(update={"run_dir": examined.settings.state_dir / "run"})
    settings = examined.settings.model_copy(update={"sentry": sentry})
    assert any("run_dir" in what for what in _what(direct_opens(replace(examined, settings=settings))))
