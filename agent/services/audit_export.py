"""The entries of a search with their proofs, for an auditor who trusts none of our programs.

Lines of JSON (RFC 8259, one object a line):

    first     checkpoint  the signed head that all proofs lead to (C2SP tlog-checkpoint)
              vkey        the log's key, as note tools read it
              entries     how many lines follow
    then      index       of the leaf, from 0; rising
              leaf        its bytes, base64
              proof       base64 hashes from the leaf's sibling to the root's child (RFC 6962, section 2.1.1)

The export is an entry with its reason, durable before the first line. The head that the lines lead to is signed after
it, so that the export's own entry can be among them. A log only grows: everything below that head stays as it is, and
parts that are read one after the other are one snapshot.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Generator
from dataclasses import dataclass
from functools import lru_cache

from agent.audit import tree
from agent.audit.log import AccessLog
from agent.errors import EarwitnessError, IntegrityBroken, NotFound, WrongUse
from agent.services.caller import Caller
from agent.services.gate import Access, Gate
from agent.services.log_question import Questions
from agent.wire import Capability, Outcome
from db.engine import RegisterUnwritable
from db.queries import log as stored
from db.queries import log_search
from db.queries.log_search import EntryFilter
from db.records import CheckpointRecord, EntryRecord

REASON_LIMIT = 1000
ENTRIES_A_PIECE = 250
NODES_KEPT = 4096
"""Nodes of the tree that neighbouring proofs share, in memory while an export runs."""


@dataclass(frozen=True, slots=True)
class Lines:
    """An export that is in the log and ready to go out."""

    first: bytes
    rest: Generator[bytes]

    def pieces(self) -> Generator[bytes]:
        """Whole lines.

        Raises:
            IntegrityBroken: an entry or the tree is not what was written; the log says that the export failed.
        """
        yield self.first
        yield from self.rest


class AuditExport:
    """See the module. Every method raises what `agent.services.gate` does."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._house = gate.house
        self._questions = Questions(gate.house)

    def export(self, caller: Caller, query: str, reason: str | None) -> Lines:
        """Write the entry of an export, and begin it.

        Raises:
            WrongUse: no reason.
        """
        with self._gate.access(caller, "audit.export", needs=Capability.AUDIT_READ) as access:
            said = (reason or "").strip()
            if not said:
                raise WrongUse(what="an export needs a reason in words (--reason)")
            question = self._questions.read(query)
            access.said = said[:REASON_LIMIT]
            access.detail["query"] = question.said
        lines = self._lines(access, EntryFilter(question.terms))
        return Lines(next(lines), lines)

    def _lines(self, access: Access, wanted: EntryFilter) -> Generator[bytes]:
        try:
            yield from self._read(wanted)
        except (EarwitnessError, RegisterUnwritable) as error:
            broken = error if isinstance(error, EarwitnessError) else IntegrityBroken(what="The log's tree")
            access.record(Outcome.FAILED, broken.code)
            raise broken from error

    def _read(self, wanted: EntryFilter) -> Generator[bytes]:
        with self._gate.reading():
            head = stored.newest_checkpoint()
            if head is None:
                raise NotFound(kind="checkpoint", id="newest")
            wanted = EntryFilter(wanted.terms, up_to_seq=head.size - 1)
            count = log_search.count(wanted)
        yield _json({"checkpoint": head.note, "vkey": self._house.log.signer.verifier.vkey, "entries": count})
        nodes = lru_cache(NODES_KEPT)(AccessLog.node)
        after = -1
        while True:
            with self._gate.reading():
                entries = log_search.entries_oldest_first(wanted, after=after, limit=ENTRIES_A_PIECE)
                lines = [_line(entry, head, nodes) for entry in entries]
            if not lines:
                return
            after = entries[-1].seq
            yield b"".join(lines)


def _line(entry: EntryRecord, head: CheckpointRecord, nodes: tree.Nodes) -> bytes:
    if nodes(0, entry.seq) != tree.leaf_hash(entry.leaf):
        raise IntegrityBroken(what=f"Entry {entry.seq} of the log")
    proof = tree.inclusion_proof(entry.seq, head.size, nodes)
    return _json({"index": entry.seq, "leaf": _base64(entry.leaf), "proof": list(map(_base64, proof))})


def _json(said: dict[str, object]) -> bytes:
    return json.dumps(said, separators=(",", ":")).encode() + b"\n"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
