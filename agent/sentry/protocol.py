"""What sentry and agent say to each other over the agent's socket for the sentry. Version 1.

A frame:

    offset  bytes  what
    ──────  ─────  ─────────────────────────────────────────────
    0       4      length n of the message, big-endian, 2 to 65,536
    4       n      the message: a JSON object in UTF-8; a byte of outside text that is no UTF-8 is a lone surrogate
                   (\\udc80 to \\udcff, PEP 383) in an escape

The sentry speaks first. Each end looks at the other's OS user (SO_PEERCRED, unix(7)) before it says or hears a word.

    from    kind        keys
    ──────  ──────────  ─────────────────────────────────────────────────────────────────────────────────────────────
    sentry  hello       v, run, since_ms, unwatched (array of places), audit (bool), previous (null, or run, alive_ms,
                        has_left)
    agent   welcome     v, durable (the highest n of this run in the log, 0 for none), previous_durable (of the
                        previous run)
    sentry  report      n (1, 2, 3, … in a run), of (null, or run/n of a previous run), what, and the keys of `what`
    agent   ack         n: this report and those before it are durable in the log; late: those of them that were
                        entered as late
    sentry  alive       every two seconds when nothing else is said
    sentry  bye         it leaves by itself

A report's `what`:

    open        at_ms, by_ms (CLOCK_MONOTONIC: goes on without an answer then; 0 when it has gone on already), outcome
                (`allowed`, `refused`), late (bool), place, name, device, inode, who (`process.Who`)
    counted     place, exe, uid, count, since_ms, until_ms: expected opens, not listed one by one
    gap         why, since_ms, until_ms, lost (null when unknown)
    late        first, last, count: of this run's reports, entered as in time, which went on before they were durable
    difference  missed_by (`fanotify`, `audit`), at_ms, pid, uid, login_uid, exe, device, inode

An agent that does not know a version says so by closing. Unknown keys are ignored, unknown kinds are an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

VERSION = 1
MESSAGE_BYTES = 65_536
ALIVE_EVERY_S = 2.0
SILENT_S = 10.0
"""A sentry that says nothing for so long counts as gone."""
_LENGTH_BYTES = 4

Message = dict[str, Any]


class ProtocolBroken(Exception):
    """What was received is no message of this version."""


def frame(message: Mapping[str, Any]) -> bytes:
    """A message as it is sent.

    Raises:
        ProtocolBroken: it is too long.
    """
    text = json.dumps(message, separators=(",", ":")).encode("ascii")
    if len(text) > MESSAGE_BYTES:
        raise ProtocolBroken("a message is too long")
    return len(text).to_bytes(_LENGTH_BYTES, "big") + text


class Frames:
    """Cuts what is received into messages."""

    def __init__(self) -> None:
        self._held = bytearray()

    def received(self, part: bytes) -> Iterator[Message]:
        """The messages that are complete now.

        Raises:
            ProtocolBroken: see there.
        """
        self._held += part
        while len(self._held) >= _LENGTH_BYTES:
            length = int.from_bytes(self._held[:_LENGTH_BYTES], "big")
            if not 2 <= length <= MESSAGE_BYTES:
                raise ProtocolBroken("a message's length")
            if len(self._held) < _LENGTH_BYTES + length:
                return
            text = bytes(self._held[_LENGTH_BYTES : _LENGTH_BYTES + length])
            del self._held[: _LENGTH_BYTES + length]
            yield _message(text)


def _message(text: bytes) -> Message:
    try:
        message = json.loads(text)
    except ValueError as error:
        raise ProtocolBroken("a message is not JSON") from error
    if not isinstance(message, dict) or not isinstance(message.get("kind"), str):
        raise ProtocolBroken("a message without a kind")
    return message
