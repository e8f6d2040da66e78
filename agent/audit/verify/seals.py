"""Recordings: that the register has those that the log says were taken in, and that their files are those."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from agent.audit.verify.facts import Facts
from agent.audit.verify.finding import Report
from agent.audit.verify.progress import Progress
from agent.vault.keys import SealBroken
from agent.vault.store import Vault
from db.queries import contacts, quarantine

CheckInPlace = Callable[[str, bytes], None]
"""Reads a recording in place, by its id, and compares it with a SHA-256; it raises `SealBroken` or OSError."""


def none_in_place(recording_id: str, sha256: bytes) -> None:
    """Where nobody says how to read one.

    Raises:
        SealBroken: always.
    """
    raise SealBroken(f"recording {recording_id}, it is not sealed")


@dataclass(frozen=True, slots=True)
class _Sealed:
    id: str
    sha256: bytes
    size_bytes: int
    wrapped_key: bytes


def _sealed() -> Iterator[_Sealed]:
    """Everything that was sealed, as the register has it."""
    for recording in contacts.all_recordings():
        yield _Sealed(recording.id, recording.sha256, recording.size_bytes, recording.wrapped_key)
    for item in quarantine.sealed_items():
        if item.sha256 is not None and item.wrapped_key is not None:
            yield _Sealed(item.id, item.sha256, item.size_bytes, item.wrapped_key)


def check_recordings(facts: Facts, report: Report, *, is_whole_log: bool) -> None:
    """Compare the register's rows with the entries of their taking-in. Inside a read.

    Args:
        facts: What the entries tell.
        report: Takes what is found.
        is_whole_log: The facts are of every entry: a recording that none of them names was never taken in.
    """
    seen: set[str] = set()
    for sealed in _sealed():
        seen.add(sealed.id)
        report.recordings += 1
        if not is_whole_log and sealed.id not in facts.sealed:
            continue
        sha256, size_bytes = facts.sealed.get(sealed.id, (b"", None))
        if sha256 != sealed.sha256 or size_bytes not in (None, sealed.size_bytes):
            report.found("recording", f"{sealed.id} is not the one that the log says was taken in")
    for lost in sorted(facts.sealed.keys() - seen):
        report.found("recording", f"{lost} was taken in and is no longer in the register")


def check_seals(vault: Vault, report: Report, progress: Progress, in_place: CheckInPlace) -> None:
    """Read, decrypt and hash every sealed file, and those in place. Inside a read.

    Args:
        vault: Of the sealed ones.
        report: Takes what is found.
        progress: See `Progress`.
        in_place: How one that is not sealed is read.
    """
    for done, sealed in enumerate(_sealed(), 1):
        _check_seal(vault, sealed, report, in_place)
        progress("recordings", done, report.recordings)


def _check_seal(vault: Vault, sealed: _Sealed, report: Report, in_place: CheckInPlace) -> None:
    try:
        if sealed.wrapped_key:
            vault.check(sealed.id, sealed.wrapped_key, sealed.sha256)
        else:
            in_place(sealed.id, sealed.sha256)
    except SealBroken as error:
        report.found("recording", str(error).removeprefix("recording "))
    except OSError as error:
        report.found("recording", f"{sealed.id} cannot be read ({error.strerror})")
