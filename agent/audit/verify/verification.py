"""One check of an installation, in its order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from agent.audit import blocks, tree
from agent.audit.block_workers import working
from agent.audit.checkpoint import Checkpoint, CheckpointInvalid, CheckpointVerifier
from agent.audit.entry import LeafInvalid, read_leaf
from agent.audit.verify.facts import RESTORED, Facts
from agent.audit.verify.finding import Finding, Report
from agent.audit.verify.heads import Heads, note_in
from agent.audit.verify.leaves import check_leaves
from agent.audit.verify.marks import check_marks
from agent.audit.verify.nodes import LEVELS, NodeMissing, check_nodes, node
from agent.audit.verify.progress import Progress, silent
from agent.audit.verify.seals import CheckInPlace, check_recordings, check_seals, none_in_place
from agent.errors import IntegrityBroken
from agent.vault.store import Vault
from db.engine import Register, RegisterUnreadable
from db.queries import log as stored
from db.queries import log_check

WORTH_WORKERS = 100_000
"""Entries from which on further processes are quicker than they take to start."""

LookAt = Callable[[int], blocks.Look]


class Verification:
    """Checks an installation. Others may go on working on it.

    Args:
        register: The register.
        verifier: Of the log's key.
        vault: For `recordings`.
        checkpoint_file: The head that stands beside the database.
        progress: See `Progress`.
        far_file: The head that stands with the keys, when one was put there.
        in_place: For `recordings` that are not sealed.
    """

    def __init__(
        self,
        register: Register,
        verifier: CheckpointVerifier,
        vault: Vault,
        checkpoint_file: Path,
        progress: Progress = silent,
        far_file: Path | None = None,
        in_place: CheckInPlace = none_in_place,
    ) -> None:
        self._register = register
        self._verifier = verifier
        self._vault = vault
        self._checkpoint_file = checkpoint_file
        self._far_file = far_file
        self._in_place = in_place
        self._progress = progress
        self._report = Report()

    def run(self, *, recordings: bool, since: str | None = None, remembered: Mapping[str, str] | None = None) -> Report:
        """Check everything, or what came since a checkpoint.

        Args:
            recordings: Also every sealed file, which reads them whole.
            since: A note. That it is of this log and its beginning is checked by the tree; only what came after it is
                read and rehashed, and pages of the file are not looked through.
            remembered: Further notes to hold the log against, by the name that findings give them.

        Raises:
            IntegrityBroken: `since` is no note of this log.
        """
        begun = Checkpoint("", 0, b"") if since is None else self._opened(since)
        # Before the register: of one that is written to meanwhile, the later head would be larger than what is read.
        beside = note_in(self._checkpoint_file, "beside the database", self._report)
        notes = dict(remembered or {})
        if since is not None:
            notes["handed in"] = since
        if self._far_file is not None and (far := note_in(self._far_file, "with the keys", self._report)):
            notes["with the keys"] = far
        with ThreadPoolExecutor(1, thread_name_prefix="verify-pages") as meanwhile:
            pages = meanwhile.submit(self._damaged_pages) if since is None else None
            self._check(lambda: self._log(begun.size, beside, notes))
            if pages is not None:
                self._report.findings[:0] = pages.result()
        if recordings:
            self._check(lambda: check_seals(self._vault, self._report, self._progress, self._in_place))
        return self._report

    def _opened(self, note: str) -> Checkpoint:
        try:
            return self._verifier.open_of_any_epoch(note)
        except CheckpointInvalid as error:
            raise IntegrityBroken(what=f"The checkpoint that was handed in ({error})") from error

    def _check(self, part: Callable[[], None]) -> None:
        try:
            with self._register.read():
                part()
        except RegisterUnreadable as error:
            self._report.found("register", f"cannot be read further: {error}")
        except (TypeError, ValueError) as error:
            self._report.found("register", f"holds a value of another type than was written ({type(error).__name__})")

    def _damaged_pages(self) -> list[Finding]:
        try:
            with self._register.read():
                return [Finding("page", words) for words in self._register.damaged_pages()]
        except RegisterUnreadable as error:
            return [Finding("register", f"cannot be read further: {error}")]

    def _log(self, since: int, beside: str | None, notes: Mapping[str, str]) -> None:
        size, report = stored.size(), self._report
        report.entries = size
        first_block = min(since, size) // blocks.BLOCK
        report.checked_from = first_block * blocks.BLOCK
        facts = self._facts(size, first_block)
        if facts.marks is None or facts.marks != log_check.count_of_marks(report.checked_from):
            check_marks(report.checked_from, report)
        check_recordings(facts, report, is_whole_log=report.checked_from == 0)
        try:
            report.head = tree.root(size, node).hex()
        except NodeMissing as error:
            report.found("tree", f"node {error} is missing")
            return
        heads = Heads(self._verifier, size, facts, report)
        heads.check_stored(report.checked_from)
        heads.check_beside(beside)
        for name, note in notes.items():
            heads.check_remembered(note, name)

    def _facts(self, size: int, first_block: int) -> Facts:
        """Look at every leaf and node from a block on; what the leaves tell."""
        facts = Facts()
        with self._looking(size, first_block) as look_at:
            if blocks.is_upper_part_whole(size, LEVELS) and all(
                self._is_whole(block, size, facts, look_at) for block in range(first_block, blocks.count_of(size))
            ):
                self._note_earlier_epochs(first_block, facts)
                return facts
        self._report.checked_from = 0
        facts = Facts(marks=None)
        check_leaves(size, facts, self._report, self._progress)
        check_nodes(size, self._report)
        return facts

    def _is_whole(self, block: int, size: int, facts: Facts, look_at: LookAt) -> bool:
        self._progress("entries", block * blocks.BLOCK, size)
        look = look_at(block)
        facts.marks = None if facts.marks is None or look.marks is None else facts.marks + look.marks
        try:
            for seq, leaf in look.telling:
                facts.note(seq, read_leaf(leaf))
        except (LeafInvalid, KeyError, TypeError, ValueError, RecursionError):
            return False
        return look.is_whole

    @contextmanager
    def _looking(self, size: int, first_block: int) -> Iterator[LookAt]:
        if size - first_block * blocks.BLOCK < WORTH_WORKERS:
            yield lambda block: blocks.look_at(block, size)
            return
        with working(self._register.path, self._register.key, size, first_block) as workers:
            yield workers.look_at

    def _note_earlier_epochs(self, first_block: int, facts: Facts) -> None:
        """Where epochs began before what was read: a restart is a rare entry, and has its index."""
        for entry in stored.of_action(RESTORED, before=first_block * blocks.BLOCK):
            facts.note(entry.seq, read_leaf(entry.leaf))
