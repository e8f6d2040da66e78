"""The API is what its own schema says, also for requests that nobody would write."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.types import Receive, Scope, Send

from agent.services.desk import Desk
from agent.wire import Role
from tests.agent.conftest import People, TakeIn
from tests.agent.in_process import Api

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 12


@pytest.fixture
def api(desk: Desk, take_in: TakeIn) -> Iterator[Api]:
    take_in()
    made = Api(desk)
    yield made
    made.close()


@pytest.fixture
def described(api: Api) -> Any:
    """The schema, over an application that believes to be asked through its socket."""

    async def asked_by_us(scope: Scope, receive: Receive, send: Send) -> None:
        await api.app({**scope, "client": (str(os.getuid()), 1)}, receive, send)

    return schemathesis.openapi.from_asgi("/openapi.json", asked_by_us)


WITHOUT_END = {("get", "/v1/events")}
ENDS_THE_SESSION = {("delete", "/v1/session")}


def test_answers_are_what_the_schema_says(described: Any, people: People) -> None:
    headers = {"Authorization": f"Bearer {people.asking(Role.ADMINISTRATOR).token}"}
    tried = set()
    for found in described.get_all_operations():
        operation = found.ok()
        if (operation.method, operation.path) in WITHOUT_END | ENDS_THE_SESSION:
            continue

        @given(case=operation.as_strategy())
        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        def answers_as_described(case: Any) -> None:
            case.call_and_validate(checks=CHECKS, headers=headers)

        answers_as_described()
        tried.add((operation.method, operation.path))
    assert len(tried) >= 20
