"""What the player and its output process say to each other over two pipes.

To the process, one message after another; from it, one JSON object a line.

    offset  bytes  what (little-endian)
    0       1      F feed, P play, H hold, X flush, Q quit
    1       4      bytes that follow
    5       …      F: 32-bit float frames for two ears; X: the number of the flush, 4 bytes; else nothing

After a flush the process counts frames from 0 again and says its number, so that an older report is not
mistaken.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Literal

FRAME_BYTES = 2 * 4
"""Two ears, 32-bit floats."""
HELD_LIMIT_S = 2.0
"""Sound that the process holds at most."""

Device = Literal["auto", "null"]
"""`auto`: the sound card; `null`: miniaudio's device that plays into nothing, in real time."""

_HEAD = struct.Struct("<cI")
_FLUSH = struct.Struct("<I")


class Kind(Enum):
    FEED = b"F"
    PLAY = b"P"
    HOLD = b"H"
    FLUSH = b"X"
    QUIT = b"Q"


@dataclass(frozen=True)
class Report:
    """What the process tells of itself."""

    audible: bool
    """Whether a person can hear it; False with no sound device."""
    flush: int
    played_frames: int
    """Handed to the device since the flush."""
    held_frames: int
    first_heard_at_s: float | None
    """When the first frame since the flush went to the device, on the machine's monotonic clock."""

    def encoded(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def decoded(cls, line: bytes) -> Report:
        return cls(**json.loads(line))


def message(kind: Kind, payload: bytes = b"") -> bytes:
    """Encode one message to the process."""
    return _HEAD.pack(kind.value, len(payload)) + payload


def flush_message(number: int) -> bytes:
    """Encode the message that drops what is held and begins to count anew."""
    return message(Kind.FLUSH, _FLUSH.pack(number))


def flush_number(payload: bytes) -> int:
    """Read a flush message's payload."""
    number: int = _FLUSH.unpack(payload)[0]
    return number


class Messages:
    """Take messages out of a stream that comes in arbitrary pieces."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def read(self, piece: bytes) -> Iterator[tuple[Kind, bytes]]:
        """Give the messages that are complete with this piece."""
        self._pending += piece
        while len(self._pending) >= _HEAD.size:
            kind, size = _HEAD.unpack_from(self._pending)
            if len(self._pending) < _HEAD.size + size:
                return
            payload = bytes(self._pending[_HEAD.size : _HEAD.size + size])
            del self._pending[: _HEAD.size + size]
            yield Kind(kind), payload
