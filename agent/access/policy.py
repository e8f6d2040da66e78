"""Who may do what, on which contacts: one table. Pure; the privacy notice's section 10 is its source.

    role           capabilities                                  scope   condition
    ─────────────  ────────────────────────────────────────────  ──────  ─────────────────────────────────
    adviser        search, show, listen, annotate                own
    manager        search, show, listen, export, annotate        all
    controller     the same, read the log and the status         all
    administrator  the same, the intake, quarantine: retry and   all
                   export, sources: acknowledge
    maintenance    search, show, listen, the intake, quarantine: all     contacts, quarantine.export:
                   retry and export, sources: acknowledge, read          valid agreement
                   the status
    security       read the log and the status                   none
    dpo            read the log and the status                   none

A quarantined file may hold a voice that nothing has understood yet: to take it away is as near to a customer as to
listen, and bound to secrecy like it.

Several roles add up. Whoever asks, the agent looks here at every request; screens only spare people the question.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from agent.wire import Capability, Role


class Scope(IntEnum):
    """On which contacts, in rising order."""

    NONE = 0
    OWN = 1
    ALL = 2

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Rule:
    capabilities: frozenset[Capability]
    scope: Scope
    needs_agreement: bool = False
    """Nothing about contacts without a secrecy agreement that is valid now."""


CONTACT_CAPABILITIES = frozenset(Capability) - {
    Capability.AUDIT_READ,
    Capability.INTAKE_READ,
    Capability.QUARANTINE_RETRY,
    Capability.SOURCE_ACKNOWLEDGE,
    Capability.STATUS_READ,
}

_HEARING = frozenset({Capability.CONTACT_SEARCH, Capability.CONTACT_SHOW, Capability.CONTACT_LISTEN})
_SETTLING = _HEARING | {Capability.CONTACT_EXPORT, Capability.CONTACT_ANNOTATE}
_REVIEWING = frozenset({Capability.AUDIT_READ, Capability.STATUS_READ})
_TENDING = frozenset(
    {
        Capability.INTAKE_READ,
        Capability.QUARANTINE_RETRY,
        Capability.QUARANTINE_EXPORT,
        Capability.SOURCE_ACKNOWLEDGE,
        Capability.STATUS_READ,
    }
)

POLICY: dict[Role, Rule] = {
    Role.ADVISER: Rule(_HEARING | {Capability.CONTACT_ANNOTATE}, Scope.OWN),
    Role.MANAGER: Rule(_SETTLING, Scope.ALL),
    Role.CONTROLLER: Rule(_SETTLING | _REVIEWING, Scope.ALL),
    Role.ADMINISTRATOR: Rule(_SETTLING | _REVIEWING | _TENDING, Scope.ALL),
    Role.MAINTENANCE: Rule(_HEARING | _TENDING, Scope.ALL, needs_agreement=True),
    Role.SECURITY: Rule(_REVIEWING, Scope.NONE),
    Role.DPO: Rule(_REVIEWING, Scope.NONE),
}


@dataclass(frozen=True, slots=True)
class Rights:
    """What a person may do right now."""

    capabilities: frozenset[Capability]
    scope: Scope
    agreement_missing: bool
    """A role would give more if there were a valid secrecy agreement."""

    def withheld_for_agreement(self, capability: Capability) -> bool:
        """Whether only the missing agreement stands between the person and this capability."""
        return (
            self.agreement_missing
            and capability not in self.capabilities
            and any(capability in rule.capabilities for rule in POLICY.values() if rule.needs_agreement)
        )


def rights_of(roles: Iterable[Role], *, has_agreement: bool) -> Rights:
    """Add up the roles of a person.

    Args:
        roles: All that the person holds.
        has_agreement: Whether a secrecy agreement of theirs is valid now.
    """
    capabilities: frozenset[Capability] = frozenset()
    scope, agreement_missing = Scope.NONE, False
    for role in roles:
        rule = POLICY[role]
        granted = rule.capabilities
        if rule.needs_agreement and not has_agreement:
            granted -= CONTACT_CAPABILITIES
            agreement_missing = True
        capabilities |= granted
        if granted & CONTACT_CAPABILITIES:
            scope = max(scope, rule.scope)
    return Rights(capabilities, scope, agreement_missing)
