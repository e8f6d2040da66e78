"""Checkpoints: those in the register, those kept outside it, those that somebody else remembered."""

from __future__ import annotations

from pathlib import Path

from agent.audit import tree
from agent.audit.checkpoint import Checkpoint, CheckpointInvalid, CheckpointVerifier
from agent.audit.verify.facts import Facts
from agent.audit.verify.finding import Report
from agent.audit.verify.nodes import NodeMissing, node
from db.queries import log as stored


class Heads:
    """Checks signed heads against a log of `size` entries. Inside a read.

    Args:
        verifier: Of the log's key, in the epoch that the keys name.
        size: Entries that are there.
        facts: What the leaves tell: where epochs began.
        report: Takes what is found.
    """

    def __init__(self, verifier: CheckpointVerifier, size: int, facts: Facts, report: Report) -> None:
        self._verifier = verifier
        self._size = size
        self._facts = facts
        self._report = report

    def check_stored(self, above: int) -> None:
        """Those in the register for more than `above` entries; the newest must be for all, and of this epoch."""
        kept = [record for record in stored.checkpoints() if record.size > above or record.size == self._size]
        if self._size and (not kept or kept[-1].size != self._size):
            signed_for = kept[-1].size if kept else 0
            self._report.found("checkpoint", f"of {self._size} entries only {signed_for} are signed for")
        for record in kept:
            signed = self._check(record.note, f"of size {record.size}")
            if signed is None:
                continue
            if signed.size != record.size:
                self._report.found("checkpoint", f"of size {record.size}: signed for {signed.size} entries")
            elif record.size == self._size:
                self._require_present(signed, f"of size {record.size}")

    def check_beside(self, note: str | None) -> None:
        """The one beside the database."""
        if note is not None:
            signed = self._check(note, "beside the database")
            if signed is not None:
                self._require_present(signed, "beside the database")
        elif self._size:
            self._report.found("checkpoint", "beside the database: it is not there")

    def check_remembered(self, note: str, name: str) -> None:
        """One that somebody kept, of whichever epoch."""
        self._check(note, name)

    def _require_present(self, signed: Checkpoint, name: str) -> None:
        if signed.epoch != self._verifier.epoch:
            self._report.found(
                "checkpoint", f"{name}: of epoch {signed.epoch}, and the keys are of epoch {self._verifier.epoch}"
            )

    def _check(self, note: str, name: str) -> Checkpoint | None:
        """The head in a note; None when it is not signed."""
        try:
            signed = self._verifier.open_of_any_epoch(note)
        except CheckpointInvalid as error:
            self._report.found("checkpoint", f"{name}: {error}")
            return None
        ended = self._facts.size_at_end_of(signed.epoch)
        if ended is not None and signed.size > ended:
            self._report.found(
                "checkpoint",
                f"{name}: signed for {signed.size} entries in epoch {signed.epoch}, which ended with {ended}:"
                f" entries {ended} to {signed.size - 1} of it are lost",
            )
        elif signed.size > self._size:
            self._report.found("checkpoint", f"{name}: signed for {signed.size} entries, {self._size} are there")
        else:
            self._check_root(signed, name)
        return signed

    def _check_root(self, signed: Checkpoint, name: str) -> None:
        try:
            if tree.root(signed.size, node) != signed.root:
                self._report.found("checkpoint", f"{name}: the first {signed.size} entries are not those signed for")
        except NodeMissing as error:
            self._report.found("tree", f"node {error} is missing")


def note_in(file: Path, where: str, report: Report) -> str | None:
    """The note in a file; None when there is none."""
    try:
        return file.read_text("utf-8", "replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        report.found("checkpoint", f"{where} cannot be read ({error.strerror})")
        return None
