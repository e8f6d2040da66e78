"""The newest checkpoint to one place, so that root of this server cannot take it back."""

from __future__ import annotations

import json

from agent.audit.entry import rfc3339
from agent.forwarding.delivery import Patience
from agent.forwarding.sink import Record, Sink
from agent.installation import Installation
from db.queries import log as stored
from db.records import CheckpointRecord


class Heads:
    """The way of the log's signed heads to one sink. Those that a newer one has overtaken are left out.

    Args:
        house: Whose log.
        sink: The place.
    """

    def __init__(self, house: Installation, sink: Sink) -> None:
        self._house = house
        self._sink = sink
        self._sent: str | None = None
        """After a start the newest goes once more: better twice than not at all."""

    def carry(self, patience: Patience) -> bool:
        """Deliver the newest. See `agent.forwarding.delivery.Carry`."""
        with self._house.register.read():
            newest = stored.newest_checkpoint()
        if newest is not None and newest.note != self._sent:
            self._sink.send([_record(newest)], patience)
            self._sent = newest.note
        return False

    def close(self) -> None:
        self._sink.close()


def _record(head: CheckpointRecord) -> Record:
    at = rfc3339(head.at_ms)
    line = json.dumps({"at": at, "size": head.size, "checkpoint": head.note}, ensure_ascii=False, separators=(",", ":"))
    return Record("checkpoint", line.encode(), at, head.note.encode(), fields={"SIZE": str(head.size)})
