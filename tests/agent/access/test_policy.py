"""The whole table, cell by cell: whoever changes a cell changes this test, in sight of a reviewer."""

from __future__ import annotations

import itertools

import pytest

from agent.access.policy import CONTACT_CAPABILITIES, POLICY, Scope, rights_of
from agent.wire import Capability, Role

HEARING = {"contact.search", "contact.show", "contact.listen"}
SETTLING = HEARING | {"contact.export", "contact.annotate"}
TENDING = {"intake.read", "quarantine.retry", "quarantine.export", "source.acknowledge", "status.read"}
EXPECTED = {
    "adviser": (HEARING | {"contact.annotate"}, "own"),
    "manager": (SETTLING, "all"),
    "controller": (SETTLING | {"audit.read", "status.read"}, "all"),
    "administrator": (SETTLING | TENDING | {"audit.read"}, "all"),
    "maintenance": (HEARING | TENDING, "all"),
    "security": ({"audit.read", "status.read"}, "none"),
    "dpo": ({"audit.read", "status.read"}, "none"),
}


def test_every_role_has_its_row() -> None:
    assert set(POLICY) == set(Role)
    assert set(EXPECTED) == {role.value for role in Role}


@pytest.mark.parametrize(("role", "capability"), list(itertools.product(Role, Capability)))
def test_a_role_may_do_just_what_the_notice_says(role: Role, capability: Capability) -> None:
    allowed, _ = EXPECTED[role.value]
    rights = rights_of([role], has_agreement=True)
    assert (capability in rights.capabilities) == (capability.value in allowed)


@pytest.mark.parametrize("role", Role)
def test_a_role_reaches_just_these_contacts(role: Role) -> None:
    assert rights_of([role], has_agreement=True).scope.word == EXPECTED[role.value][1]


def test_maintenance_hears_nothing_without_an_agreement() -> None:
    rights = rights_of([Role.MAINTENANCE], has_agreement=False)
    assert not rights.capabilities & CONTACT_CAPABILITIES
    assert rights.scope is Scope.NONE
    assert rights.agreement_missing
    assert rights.withheld_for_agreement(Capability.CONTACT_LISTEN)
    assert Capability.INTAKE_READ in rights.capabilities


def test_maintenance_takes_no_quarantined_file_away_without_an_agreement() -> None:
    rights = rights_of([Role.MAINTENANCE], has_agreement=False)
    assert Capability.QUARANTINE_EXPORT not in rights.capabilities
    assert rights.withheld_for_agreement(Capability.QUARANTINE_EXPORT)
    assert Capability.QUARANTINE_RETRY in rights.capabilities


def test_maintenance_tends_its_sources_without_an_agreement() -> None:
    assert Capability.SOURCE_ACKNOWLEDGE in rights_of([Role.MAINTENANCE], has_agreement=False).capabilities


def test_nobody_else_needs_one() -> None:
    for role in set(Role) - {Role.MAINTENANCE}:
        assert rights_of([role], has_agreement=False) == rights_of([role], has_agreement=True)


def test_roles_add_up() -> None:
    rights = rights_of([Role.ADVISER, Role.SECURITY], has_agreement=False)
    assert rights.scope is Scope.OWN
    assert {Capability.CONTACT_LISTEN, Capability.AUDIT_READ} <= rights.capabilities


def test_nobody_may_do_anything_without_a_role() -> None:
    assert rights_of([], has_agreement=True).capabilities == frozenset()
