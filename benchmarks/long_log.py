"""A log of a year as a customer service writes it, many entries in a transaction; always the same one.

Of a hundred entries 40 are listening (a chunk each), 24 searches, 16 looks at a contact, 12 taking-in, 4 refusals, 4
the rest; people work in office hours on weekdays, and a few entries lie at night. Leaves, tree and marks are those that
the log itself would write.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from itertools import islice

from agent.audit import tree
from agent.audit.entry import AGENT, Actor, Draft, columns_of, leaf_of
from agent.audit.log import AccessLog
from agent.audit.marks import marks_of
from agent.installation import Installation
from agent.services import stand_ins
from agent.wire import Outcome
from benchmarks import synthetic
from benchmarks.scene import tell
from db.engine import database
from db.queries import log as stored
from db.queries.contacts import Term, TermKind
from db.records import CheckpointRecord

DAY_MS = 86_400_000
SPAN_DAYS = 365
BATCH = 20_000
PEOPLE = tuple(f"{first}.{last}".lower() for first in synthetic.FIRST_NAMES for last in synthetic.LAST_NAMES)
_COLUMNS = ("at_ms", "account", "uid", "action", "outcome", "target", "purpose")


def fill_log(house: Installation, count: int, contacts: int, *, now_ms: int) -> None:
    """Add `count` entries that end now, and sign their head."""
    coming, done, began_s = _drafts(house, count, contacts, now_ms), 0, time.perf_counter()
    nodes: dict[tuple[int, int], bytes] = {}
    while batch := list(islice(coming, BATCH)):
        house.register.write(lambda batch=batch: _add(house, batch, nodes))  # type: ignore[misc]
        done += len(batch)
        if done % (10 * BATCH) == 0 or done == count:
            tell(f"{done:,} of {count:,} entries, {done / (time.perf_counter() - began_s):,.0f}/s")
    verified = Draft(AGENT, "log.verify", Outcome.ALLOWED, detail={"size": count, "findings": 0})
    house.register.write(lambda: _add(house, [(verified, now_ms)], nodes))
    house.register.write(lambda: _sign(house, now_ms))


def _sign(house: Installation, now_ms: int) -> None:
    size = stored.size()
    note = house.log.signer.sign(size, tree.root(size, AccessLog.node))
    stored.add_checkpoint(CheckpointRecord(size=size, at_ms=now_ms, note=note))
    house.log.checkpoint_file.write_text(note, "utf-8")


def _add(house: Installation, batch: list[tuple[Draft, int]], nodes: dict[tuple[int, int], bytes]) -> None:
    def known(level: int, place: int) -> bytes:
        return nodes.get((level, place)) or AccessLog.node(level, place)

    seq = stored.size()
    rows, gained, marks = [], [], []
    for draft, at_ms in batch:
        leaf = leaf_of(draft, seq, at_ms)
        columns = columns_of(draft, at_ms)
        rows.append((seq, leaf, *(columns[name] for name in _COLUMNS)))
        for level, place, digest in tree.grown(seq, tree.leaf_hash(leaf), known):
            nodes[level, place] = digest
            nodes.pop((level, place - 2), None)
            gained.append((level, place, digest))
        marks += [(kind, value, seq) for kind, value in marks_of(leaf)]
        seq += 1
    connection = database.obj.connection()
    connection.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    connection.executemany("INSERT INTO tree_node (level, place, hash) VALUES (?, ?, ?)", gained)
    connection.executemany("INSERT INTO entry_mark (kind, value, seq) VALUES (?, ?, ?)", marks)


def _drafts(house: Installation, count: int, contacts: int, now_ms: int) -> Iterator[tuple[Draft, int]]:
    lot = random.Random(4)
    first_ms, step_ms = now_ms - SPAN_DAYS * DAY_MS, SPAN_DAYS * DAY_MS / count
    sessions: dict[tuple[str, int], str] = {}
    for number in range(count):
        at_ms = _at_work(lot, int(first_ms + number * step_ms))
        person = lot.choice(PEOPLE)
        session = sessions.setdefault((person, at_ms // DAY_MS), f"{lot.getrandbits(64):016x}")
        actor = Actor(
            account=person, uid=1000 + PEOPLE.index(person), via=lot.choice(("tui", "tui", "cli")), session=session
        )
        contact, request = f"{lot.randrange(contacts):012x}", f"{lot.getrandbits(64):016x}"
        yield _draft(house, lot, actor, contact, request), at_ms


def _at_work(lot: random.Random, at_ms: int) -> int:
    """Mostly within ten hours of a day; entries need not be in the order of their times."""
    if lot.random() < 0.002:
        return at_ms
    day = at_ms // DAY_MS
    return day * DAY_MS + 6 * 3_600_000 + (at_ms % DAY_MS) * 10 // 24


def _draft(house: Installation, lot: random.Random, actor: Actor, contact: str, request: str) -> Draft:
    drawn = lot.randrange(100)
    if drawn < 40:
        purpose = lot.choice(("quality", "quality", "training", "complaint"))
        case = f"C-{lot.randrange(2000)}" if purpose == "complaint" else None
        detail: dict[str, str | int | None] = {"recording": contact.rjust(32, "0"), "from_byte": 0, "to_byte": 131072}
        detail |= {"from_ms": 0, "to_ms": 8192}
        return Draft(
            actor, "contact.listen", Outcome.ALLOWED, contact, purpose, case, detail=detail, request_id=request
        )
    if drawn < 64:
        asked = Term(TermKind.NUMBER, lot.choice(synthetic.NUMBERS))
        query, _ = stand_ins.of_query([asked], house.log.digest)
        return Draft(
            actor, "contact.search", Outcome.ALLOWED, detail={"query": query, "shown": 100}, request_id=request
        )
    if drawn < 80:
        return Draft(actor, "contact.show", Outcome.ALLOWED, contact, request_id=request)
    if drawn < 92:
        return Draft(AGENT, "contact.take_in", Outcome.ALLOWED, contact, detail={"source": "pbx"})
    if drawn < 96:
        return Draft(actor, "contact.show", Outcome.REFUSED, contact, reason="out-of-scope", request_id=request)
    return Draft(actor, "contact.note", Outcome.ALLOWED, contact, request_id=request)
