from __future__ import annotations

import pytest

from agent.wire import Role
from tests.agent.conftest import PASSWORD
from tests.agent.running import Running, user_of


@pytest.mark.parametrize("role", list(Role))
def test_every_role_can_sign_in_and_see_what_it_may(role: Role, agent: Running) -> None:
    me = agent.ask("GET", "/me", role=role).json()
    assert (me["user"], me["roles"]) == (user_of(role), [role.value])
    assert me["scope"] == {"adviser": "own", "security": "none", "dpo": "none"}.get(role.value, "all")
    assert me["expires_at"].endswith("Z")


def test_signing_out_ends_the_session(agent: Running) -> None:
    token = agent.sign_in(Role.MANAGER)
    assert agent.ask("DELETE", "/session", token=token).status_code == 204
    assert agent.ask("GET", "/me", token=token).status_code == 401
    assert agent.ask("DELETE", "/session", token=token).status_code == 401


@pytest.mark.parametrize("sent", ["Bearer", "Basic {}", "{}", "Bearer {}x", "bearer  {}  x", "Token {}"])
def test_a_token_travels_as_bearer_and_no_other_way(sent: str, agent: Running) -> None:
    token = agent.sign_in(Role.MANAGER)
    answer = agent.ask("GET", "/me", headers={"Authorization": sent.format(token)})
    assert answer.status_code == 401
    assert agent.ask("GET", "/me", headers={"Authorization": f"bearer {token}"}).status_code == 200
    assert agent.ask("GET", "/me", params={"token": token}).status_code == 401
    assert agent.ask("GET", "/me", headers={"Cookie": f"token={token}"}).status_code == 401


def test_a_wrong_password_is_refused(agent: Running) -> None:
    asked = {"user": user_of(Role.DPO), "password": PASSWORD + "x"}
    assert agent.ask("POST", "/session", json=asked).status_code == 401
