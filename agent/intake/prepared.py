"""A file that is sealed and of which nothing stands in the register yet, with what lay beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from agent.intake.catalogue import removal_of
from agent.intake.metadata.sidecar import SIDECAR_LIMIT_BYTES, sidecars_of
from agent.intake.opened import NotRegular, Opened, open_in_spool
from agent.settings import Source
from agent.vault.store import Sealed
from db.records import RemovalRecord


class SourceChanged(Exception):
    """The file is being written, or was written to or replaced while it was read: it is not complete after all."""


class Foreign(Exception):
    """A file of a source that is kept in place is no recording; it lies where it lies.

    Args:
        reason: Why it is none, see `NotWav`.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file."""

    contact_id: str | None
    """None when it went to the quarantine."""
    account: str | None = None
    """Whose own call it is."""
    is_new: bool = True
    """Whether a recording came; otherwise one that was there is found to lie elsewhere, or to be another."""


@dataclass(frozen=True, slots=True)
class Prepared:
    sealed_id: str
    opened: Opened
    keep: Callable[[], Taken]
    """Writes its rows and its entry; inside a transaction, once."""
    leaving: tuple[RemovalRecord, ...]
    """What is removed from the spool once that is durable."""
    is_sealed: bool = True
    """Otherwise it stays where it lies."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What lies beside a recording."""

    content: bytes | None = None
    """None when there is nothing; cut off where it is larger than a sidecar."""
    removal: RemovalRecord | None = None
    """None when it stays where it lies."""

    @property
    def kept(self) -> bytes | None:
        return None if self.removal is None else self.content

    @property
    def leaving(self) -> tuple[RemovalRecord, ...]:
        return () if self.removal is None else (self.removal,)


def beside(spool_fd: int, source: Source, relative_name: str, recording_id: str) -> Beside:
    """What lies beside a recording, when it can be read.

    Raises:
        SourceChanged: it was written to while it was read.
    """
    for name in sidecars_of(relative_name):
        try:
            with open_in_spool(spool_fd, name) as opened:
                content = opened.read_at_most(SIDECAR_LIMIT_BYTES)
                if len(content) > SIDECAR_LIMIT_BYTES:
                    return Beside(content)
                if not opened.is_unchanged():
                    raise SourceChanged
                return Beside(content, removal_of(f"{recording_id}.sidecar", source, name, opened.identity))
        except (NotRegular, OSError):
            continue
    return Beside()


def require_unchanged(opened: Opened, sealed: Sealed) -> None:
    """Check that what was sealed is the file as it was opened.

    Raises:
        SourceChanged: it is not.
    """
    if not opened.is_unchanged() or sealed.size_bytes != opened.identity.size_bytes:
        raise SourceChanged
