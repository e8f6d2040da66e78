"""Whatever fails while a recording is released: no byte goes out without its entry."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from agent.intake.pipeline import Pipeline
from db.queries import accounts
from tests.agent.conftest import stored_password
from tests.agent.log_reading import entries
from tests.agent.stored import findings
from tests.faults.forked import Forking
from tests.faults.house import Template, made_with_one, opened, settings_in, take_in
from tests.faults.injected import Fault, each, faults, forks_of, injected
from tests.faults.scenarios.listening import USER
from tests.faults.traced import traced
from tests.system_programs import needs

pytestmark = needs("strace")

one_at_a_time = threading.Lock()
"""A process has one register open."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """An installation with one contact and somebody who may hear it, closed."""
    template = made_with_one(tmp_path_factory.mktemp("template") / "house")
    with opened(settings_in(template.folder)) as house:
        take_in(house, Pipeline(house))

        def appoint() -> None:
            accounts.add(USER, display_name="The Manager", password=stored_password(), now_ms=house.now_ms())
            accounts.grant_role(USER, "manager", house.now_ms())
            accounts.grant_role(USER, "controller", house.now_ms())

        house.register.write(appoint)
    return template


def complaint(folder: Path, said: list[str]) -> str | None:
    """What is not as it should be after a restart."""
    released = {line.split()[0] for line in said if line.startswith("contact.")}
    with opened(settings_in(folder)) as house:
        broken = findings(house)
        allowed = {entry["action"] for entry in entries(house) if entry["outcome"] == "allowed"}
    if not released <= allowed:
        return f"released {released}, in the log {allowed}"
    return f"broken: {broken}" if broken else None


def test_whatever_call_fails_or_is_the_last_nothing_is_released_without_its_entry(
    template: Template, place: Path
) -> None:
    def one(forking: Forking, fault: Fault, folder: Path) -> str | None:
        template.copy(folder)
        ended = injected(forking, folder, fault)
        with one_at_a_time:
            return complaint(folder, ended.said)

    with forks_of("listening") as forks:
        template.copy(place / "traced")
        trace = traced(forks.mine(), place / "traced")
        assert trace.ended.how == "exited 0", trace.ended.said
        assert {line.split()[0] for line in trace.ended.said} == {"contact.listen", "contact.export"}
        wanted = [fault for fault in faults(trace.calls) if fault.call.phase == 1]
        assert len(wanted) > 50
        assert each(forks, place, wanted, one) == []
