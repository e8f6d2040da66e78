"""`doctor` as maintenance runs it."""

from __future__ import annotations

from pathlib import Path

from tests.agent.running import configuration, install, run_command, started


def test_it_says_what_is_wrong_and_what_to_do_and_ends_with_one(tmp_path: Path) -> None:
    config = configuration(tmp_path)
    settings = install(config)
    (settings.keys / "log.key").chmod(0o440)
    ended = run_command("doctor", "--config", config)
    assert ended.returncode == 1
    assert "[wrong] permissions" in ended.stdout
    assert "[good] spools" in ended.stdout
    assert f"chmod go= {settings.keys / 'log.key'}" in ended.stdout


def test_an_agent_without_a_sentry_is_told_that_direct_opens_are_not_seen(tmp_path: Path) -> None:
    config = configuration(tmp_path)
    install(config)
    with started(config):
        ended = run_command("doctor", "--config", config)
    assert "[wrong] direct opens" in ended.stdout
    assert "earwitness-sentry" in ended.stdout


def test_without_an_installation_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    ended = run_command("doctor", "--config", configuration(tmp_path))
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
