"""Every entry to one place: in order, at least once, after it is durable, a page in memory at a time.

A line is the leaf itself, byte for byte, so that whoever keeps the lines can hash them anew (RFC 6962). The position
moves only after the place has taken a page; what was delivered after it was last written down comes again after a
crash. `seq` in each line tells the second time from the first.
"""

from __future__ import annotations

import base64
import json
import time
from contextlib import suppress

from agent.audit.entry import LeafInvalid, read_leaf, rfc3339
from agent.forwarding.delivery import NotDelivered, Patience
from agent.forwarding.sink import Record, Sink
from agent.installation import Installation
from agent.settings import Forward
from agent.wire import Outcome
from db.engine import RegisterError
from db.queries import log as stored
from db.queries import witness as positions

PAGE = 256
SAVE_S = 2.0
"""How often the position is written down while there is more to deliver."""


class Entries:
    """The log's way to one sink.

    Args:
        house: Whose log.
        settings: Name and beginning.
        sink: The place.
    """

    def __init__(self, house: Installation, settings: Forward, sink: Sink) -> None:
        self._house = house
        self._settings = settings
        self._sink = sink
        self._next_seq: int | None = None
        self._is_saved = True
        self._saved_s = 0.0

    def carry(self, patience: Patience) -> bool:
        """Deliver the next page. See `agent.forwarding.delivery.Carry`."""
        if self._next_seq is None:
            self._next_seq = self._position()
        with self._house.register.read():
            page = positions.leaves(self._next_seq, PAGE)
        if page:
            try:
                self._sink.send([_record(seq, leaf) for seq, leaf in page], patience)
            except NotDelivered:
                self._save()  # of the pages before this one
                raise
            self._next_seq, self._is_saved = page[-1][0] + 1, False
        if len(page) < PAGE or time.monotonic() - self._saved_s > SAVE_S:
            self._save()
        return len(page) == PAGE

    def close(self) -> None:
        """Write the position down a last time, and let go of the place."""
        with suppress(RegisterError):  # then the last pages come once more
            self._save()
        self._sink.close()

    def _position(self) -> int:
        with self._house.register.read():
            known = positions.forward_position(self._settings.name)
            if known is not None:
                return known
            first = 0 if self._settings.since == "first" else stored.size()
        self._next_seq, self._is_saved = first, False
        self._save()
        return first

    def _save(self) -> None:
        if self._is_saved or self._next_seq is None:
            return
        name, next_seq, now_ms = self._settings.name, self._next_seq, self._house.now_ms()
        self._house.register.write(lambda: positions.set_forward_position(name, next_seq, now_ms))
        self._is_saved, self._saved_s = True, time.monotonic()


def _record(seq: int, leaf: bytes) -> Record:
    try:
        fields = read_leaf(leaf)
        at, outcome, action = rfc3339(fields["at_ms"]), str(fields["outcome"]), str(fields["action"])
        if b"\n" in leaf or not (action + outcome).isprintable():
            raise LeafInvalid("not one line")
    except (LeafInvalid, KeyError):
        return _unreadable(seq, leaf)
    return Record(
        "entry",
        leaf,
        at,
        leaf,
        is_notable=outcome != Outcome.ALLOWED.value,
        fields={"SEQ": str(seq), "ACTION": action, "OUTCOME": outcome},
    )


def _unreadable(seq: int, leaf: bytes) -> Record:
    """Of stored bytes that are no leaf: somebody has altered them, and they must not pose as other lines."""
    line = json.dumps({"seq": seq, "unreadable": base64.b64encode(leaf).decode()}).encode()
    return Record("entry", line, rfc3339(0), leaf, is_notable=True, fields={"SEQ": str(seq)})
