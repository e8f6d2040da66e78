"""The one way to what the agent keeps: permission first, then the work, then the entry, only then the answer.

    with gate.access(caller, "contact.show", needs=Capability.CONTACT_SHOW, target=contact_id) as access:
        contact = ...                       # look it up
        gate.require_scope(caller, contact) # permitted on this one?
        access.detail["recording"] = ...    # what the entry should name
    return contact                          # reached only once the entry is durable

Leaving the block writes the entry and waits for it: `allowed` when the block ran through, `refused` or `failed` when it
raised. A change goes through `access.commit(work)`: the change and its entry become durable in one transaction, or
neither does. If the entry cannot be written, `CannotLog` takes the place of the answer, and if there is still room for
so much, an entry says that. No setting turns this off.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeVar

from agent import wire
from agent.access.policy import Scope
from agent.access.sessions import Sessions
from agent.audit.entry import Actor, Draft
from agent.errors import (
    AgreementMissing,
    CannotLog,
    EarwitnessError,
    IntegrityBroken,
    LogBroken,
    NotPermitted,
    NotSignedIn,
    OutOfScope,
    PurposeRequired,
    Unwritable,
)
from agent.installation import Installation
from agent.services.caller import Asking, Caller
from agent.services.retries import Retries
from agent.vault.keys import SealBroken
from agent.wire import Capability, Outcome
from db.engine import RegisterUnreadable, RegisterUnwritable
from db.records import ContactRecord

Result = TypeVar("Result")

_REFUSALS = (NotPermitted, NotSignedIn, PurposeRequired)


@dataclass
class Access:
    """One request on its way through the gate. What the entry should name is filled in as it becomes known."""

    house: Installation
    actor: Actor
    action: str
    request_id: str
    target: str | None = None
    purpose: str | None = None
    case: str | None = None
    said: str | None = None
    """Why, in the person's own words; the entry gets their digest."""
    detail: dict[str, str | int | None] = field(default_factory=dict)
    searched: dict[str, str] = field(default_factory=dict)
    """What was typed in a search, by the digest that the entry has of it."""
    is_recorded: bool = False
    retries: Retries | None = None

    def commit(self, work: Callable[[], Result], *, is_repeatable: bool = False) -> Result:
        """Make a change and write its entry, in one transaction.

        Args:
            work: Makes the change.
            is_repeatable: A repetition of the request makes no further change, and `record` may pass over it.

        Raises:
            CannotLog: neither was kept.
        """

        def job() -> Result:
            result = work()
            self._append(Outcome.ALLOWED, None)
            return result

        result = self._durably(job)
        if is_repeatable:
            self._note_for_retries()
        return result

    def record(self, outcome: Outcome, reason: str | None = None) -> None:
        """Write the entry by itself, unless it stands there already and this is the same request once more."""
        if outcome is Outcome.ALLOWED and self._is_repetition():
            self.is_recorded = True
            return
        self._durably(lambda: self._append(outcome, reason))
        if outcome is Outcome.ALLOWED:
            self._note_for_retries()

    def _is_repetition(self) -> bool:
        asked = self._asked()
        return self.retries is not None and asked is not None and self.retries.is_covered(asked)

    def _note_for_retries(self) -> None:
        asked = self._asked()
        if self.retries is not None and asked is not None:
            self.retries.note(asked)

    def _asked(self) -> Hashable | None:
        """All that must be the same in a repetition; None for what belongs to no session."""
        if self.actor.session is None:
            return None
        detail = frozenset(self.detail.items())
        return self.actor, self.request_id, self.action, self.target, self.purpose, self.case, self.said, detail

    def record_failure(self, error: EarwitnessError) -> None:
        """Write that nothing came of it, unless its entry is there already."""
        if self.is_recorded:
            return
        if isinstance(error, CannotLog | LogBroken):
            self._record_that_it_could_not_be_logged(error)
            return
        try:
            self.record(Outcome.REFUSED if isinstance(error, _REFUSALS) else Outcome.FAILED, error.code)
        except (CannotLog, LogBroken) as unlogged:
            self._record_that_it_could_not_be_logged(unlogged)
            raise

    def _record_that_it_could_not_be_logged(self, error: EarwitnessError) -> None:
        """There may be room for this one, or it may have been the words of the other that could not be written."""
        self.detail, self.purpose, self.case, self.said = {}, None, None, None
        with suppress(CannotLog, LogBroken):
            self.record(Outcome.FAILED, error.code)

    def _durably(self, job: Callable[[], Result]) -> Result:
        result = self.house.log.durably(job)
        self.is_recorded = True
        return result

    def _append(self, outcome: Outcome, reason: str | None) -> None:
        log = self.house.log
        if reason is None and self.said:
            reason = log.append_reason(self.said)
        log.keep_searched(self.searched)
        log.append(
            Draft(
                actor=self.actor,
                action=self.action,
                outcome=outcome,
                target=self.target,
                purpose=self.purpose,
                case=self.case,
                reason=reason,
                detail=self.detail,
                request_id=self.request_id,
            )
        )


class Gate:
    """See the module."""

    def __init__(self, house: Installation, sessions: Sessions) -> None:
        self.house = house
        self.sessions = sessions
        self.retries = Retries()

    def caller(self, asking: Asking, *, is_use: bool = True) -> Caller:
        """The person who asks. `is_use`: see `Sessions.person`.

        Raises:
            NotSignedIn: nobody who is signed in; the refusal stands in the log.
        """
        try:
            with self.reading():
                person = self.sessions.person(asking.token, asking.uid, is_use=is_use)
        except NotSignedIn as refusal:
            access = Access(self.house, asking.actor, "session.use", asking.request_id)
            access.record(Outcome.REFUSED, refusal.code)
            raise
        return Caller(person, asking.uid, asking.request_id)

    @contextmanager
    def access(
        self,
        caller: Caller,
        action: str,
        *,
        needs: Capability | None,
        target: str | None = None,
        is_covered: bool = False,
    ) -> Iterator[Access]:
        """See the module.

        Args:
            caller: Who asks.
            action: What the entry calls it.
            needs: None for what everybody who has signed in may do.
            target: What the entry names.
            is_covered: An entry of this session already stands for it (a further page of the same query); only a
                refusal or a failure is written.
        """
        with self.attempt(caller.actor, action, caller.request_id, target, is_covered=is_covered) as access:
            if needs is not None:
                require(caller, needs)
            with self.reading():
                yield access

    @contextmanager
    def attempt(
        self,
        actor: Actor,
        action: str,
        request_id: str,
        target: str | None = None,
        *,
        is_covered: bool = False,
    ) -> Iterator[Access]:
        """The same for whom no permission can be asked: somebody signing in, a command on the server."""
        access = Access(self.house, actor, action, request_id, target, retries=self.retries)
        try:
            yield access
            if not access.is_recorded and not is_covered:
                access.record(Outcome.ALLOWED)
        except EarwitnessError as error:
            access.record_failure(error)
            raise
        except SealBroken as error:
            access.record(Outcome.FAILED, IntegrityBroken.code)
            raise IntegrityBroken(what=f"The seal of {error}") from error
        except RegisterUnwritable as error:
            raise Unwritable(why=str(error)) from error
        except Exception:
            access.record_failure(EarwitnessError())
            raise

    def require_scope(self, caller: Caller, contact: ContactRecord) -> None:
        """Check that the caller's scope holds this contact, whatever list it was found in.

        Raises:
            OutOfScope: it does not.
        """
        scope = caller.rights.scope
        is_own = contact.adviser_account is not None and contact.adviser_account == caller.user
        if not (scope is Scope.ALL or (scope is Scope.OWN and is_own)):
            raise OutOfScope

    @contextmanager
    def reading(self) -> Iterator[None]:
        """A consistent view of the register.

        Raises:
            IntegrityBroken: a page of it cannot be read.
        """
        try:
            with self.house.register.read():
                yield
        except RegisterUnreadable as error:
            raise IntegrityBroken(what=f"The register ({error})") from error


def require(caller: Caller, capability: Capability) -> None:
    """Check a capability.

    Raises:
        AgreementMissing: only a valid secrecy agreement is missing.
        NotPermitted: no role of the caller has it.
    """
    if capability in caller.rights.capabilities:
        return
    if caller.rights.withheld_for_agreement(capability):
        raise AgreementMissing
    raise NotPermitted(capability=capability.value)


def stated_purpose(purpose: str | None) -> wire.Purpose:
    """The purpose that a recording is opened for.

    Raises:
        PurposeRequired: none was stated, or one that the notice does not know.
    """
    try:
        return wire.Purpose(purpose or "")
    except ValueError as error:
        raise PurposeRequired(purposes=", ".join(known.value for known in wire.Purpose)) from error
