"""What can go wrong, said once: for programs a stable code, for people a sentence.

    EarwitnessError
    ├── WrongUse             400  exit 2   what was asked cannot be understood
    │   ├── UnknownTerm      400           a query term that does not exist
    │   └── PurposeRequired  400           a recording was asked for without saying why
    ├── NotSignedIn          401  exit 4   no session, an ended one, or somebody else's
    │   ├── SignInFailed     401           wrong name or password, deliberately not told apart
    │   └── AccountLocked    423           too many wrong passwords
    ├── NotPermitted         403  exit 4   the role does not allow it
    │   ├── OutOfScope       403           the role allows it, but not on this contact
    │   └── AgreementMissing 403           no valid secrecy agreement on file
    ├── NotFound             404  exit 1   no such thing
    ├── Conflict             409  exit 1   it is there already, or has changed meanwhile
    ├── RangeUnavailable     416  exit 1   the recording is shorter than the range asked for
    ├── Undecodable          422  exit 1   kept and exportable, but no decoder here can play it
    ├── SettingsInvalid      500  exit 2   the configuration file cannot be used
    ├── CannotLog            503  exit 1   the log cannot be written, so nothing is released
    ├── Unwritable           503  exit 1   the register cannot be written
    ├── AgentUnreachable     —    exit 3   nobody answers on the socket
    └── IntegrityBroken      500  exit 5   a seal, a page or an entry is not what was written
        └── LogBroken        500           the log that is stored is not the one that was signed last

A sentence says what happened, to what, and what to do next. It is a template in English; whoever shows it to a
person translates the template first and fills it afterwards, so that parameters (which may be outside text) are never
part of a look-up. On the wire an error is an RFC 9457 problem body, see `agent.wire.Problem`.
"""

from __future__ import annotations

from typing import ClassVar


def _(template: str) -> str:
    """Mark a template for the catalogues without translating it here."""
    return template


class EarwitnessError(Exception):
    """An error that a person can be told about.

    Args:
        parameters: What the sentence's placeholders stand for. Values are shown to people: they hold ids, names of
            accounts, terms of the query; never a source's file name or a customer's number.
    """

    code: ClassVar[str] = "failed"
    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1
    sentence: ClassVar[str] = _("Something failed in the agent: {what}. Its journal says more under the same id.")

    def __init__(self, /, **parameters: str) -> None:
        self.parameters = parameters
        super().__init__(self.in_english())

    def in_english(self) -> str:
        """Fill the untranslated sentence."""
        return fill(self.sentence, self.parameters)


def fill(template: str, parameters: dict[str, str]) -> str:
    """Put parameters into a sentence, translated or not; a missing one shows as a question mark."""
    return template.format_map(_OrQuestionMark(parameters))


class _OrQuestionMark(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


class WrongUse(EarwitnessError):
    code, status, exit_code = "wrong-use", 400, 2
    sentence = _("This cannot be done as asked: {what}.")


class UnknownTerm(WrongUse):
    code = "unknown-term"
    sentence = _("The query term “{term}” cannot be understood: {why}. Press F1 or see --help for the terms there are.")


class PurposeRequired(WrongUse):
    code = "purpose-required"
    sentence = _("Say what the recording is opened for. The notice allows: {purposes}.")


class NotSignedIn(EarwitnessError):
    code, status, exit_code = "not-signed-in", 401, 4
    sentence = _("You are not signed in, or your session has ended. Sign in again (earwitness login).")


class SignInFailed(NotSignedIn):
    code = "sign-in-failed"
    sentence = _("The user name or the password is wrong.")


class AccountLocked(NotSignedIn):
    code, status = "account-locked", 423
    sentence = _("Too many wrong passwords. Wait {minutes} minutes and try again, or ask an administrator.")


class NotPermitted(EarwitnessError):
    code, status, exit_code = "not-permitted", 403, 4
    sentence = _("Your role does not permit this ({capability}). The refusal stands in the log.")


class OutOfScope(NotPermitted):
    code = "out-of-scope"
    sentence = _("This contact is not one of your own calls. The refusal stands in the log.")


class AgreementMissing(NotPermitted):
    code = "agreement-missing"
    sentence = _("There is no valid secrecy agreement on file for you. Ask the register controller to renew it.")


class NotFound(EarwitnessError):
    code, status = "not-found", 404
    sentence = _("There is no {kind} “{id}”. It may have been erased, or the id is mistyped.")


class Conflict(EarwitnessError):
    code, status = "conflict", 409
    sentence = _("This is not possible now: {what}.")


class RangeUnavailable(EarwitnessError):
    code, status = "range-unavailable", 416
    sentence = _("The recording ends before the part that was asked for ({size} bytes).")


class Undecodable(EarwitnessError):
    code, status = "undecodable", 422
    sentence = _("The encoding {encoding} cannot be played here. The recording is sealed and can be exported.")


class SettingsInvalid(EarwitnessError):
    code, status, exit_code = "settings-invalid", 500, 2
    sentence = _("The configuration {file} cannot be used: {what}")


class CannotLog(EarwitnessError):
    code, status = "cannot-log", 503
    sentence = _("The access log cannot be written, so nothing is released ({why}). Tell technical maintenance.")


class Unwritable(EarwitnessError):
    code, status = "unwritable", 503
    sentence = _("The register cannot be written ({why}). Nothing was changed. Tell technical maintenance.")


class AgentUnreachable(EarwitnessError):
    code, exit_code = "agent-unreachable", 3
    sentence = _("The agent does not answer on {socket}. Is it running? (earwitness-agent status, or --socket PATH)")


class IntegrityBroken(EarwitnessError):
    code, exit_code = "integrity-broken", 5
    sentence = _("{what} is not what was written. Stop and tell security: do not use it as evidence.")


class LogBroken(IntegrityBroken):
    code = "log-broken"
    sentence = _(
        "Nothing more can be logged, so nothing is released: {why}. Put the newest copy of the register back; if"
        " there is none, begin a new epoch of the log: earwitness-agent log restart."
    )


def kinds() -> dict[str, type[EarwitnessError]]:
    """Every error by its code, to rebuild one from a problem body."""
    found: dict[str, type[EarwitnessError]] = {}
    pending: list[type[EarwitnessError]] = [EarwitnessError]
    while pending:
        kind = pending.pop()
        found[kind.code] = kind
        pending.extend(kind.__subclasses__())
    return found
