"""Why a witness does not cosign: one word, one status of HTTP, one exit code each.

    word              status  exit  meaning
    ────────────────  ──────  ────  ──────────────────────────────────────────────────────────────────────
    malformed         400     2     the request is not written as C2SP tlog-witness has it
    unknown-log       404     10    no log of this origin was pinned with `add-log`
    not-signed        403     11    the checkpoint is not signed by the pinned key
    other-size        409     12    the proof does not start at the size that was cosigned last
    shrank            409     13    the checkpoint is of fewer entries than the one that was cosigned last
    forked            422     14    as many entries, and another root
    inconsistent      422     15    the proof does not lead from the head that was seen to the new one
    memory-broken     500     16    what was remembered of this log is not what was written
    unwritable        507     17    the new head could not be kept, so it is not cosigned
    busy              503     18    another request holds this log for too long

Nothing is ever cosigned on the way to one of these.
"""

from __future__ import annotations

from typing import ClassVar


class Refused(Exception):
    """The witness does not cosign. Its text is a sentence for the log's operator, without outside text."""

    word: ClassVar[str] = "malformed"
    status: ClassVar[int] = 400
    exit_code: ClassVar[int] = 2

    def __init__(self, sentence: str, *, seen_size: int | None = None) -> None:
        super().__init__(sentence)
        self.seen_size = seen_size
        """Entries of the head that was cosigned last; for the statuses that name it."""


class Malformed(Refused):
    pass


class UnknownLog(Refused):
    word, status, exit_code = "unknown-log", 404, 10


class NotSigned(Refused):
    word, status, exit_code = "not-signed", 403, 11


class OtherSize(Refused):
    word, status, exit_code = "other-size", 409, 12


class Shrank(Refused):
    word, status, exit_code = "shrank", 409, 13


class Forked(Refused):
    word, status, exit_code = "forked", 422, 14


class Inconsistent(Refused):
    word, status, exit_code = "inconsistent", 422, 15


class MemoryBroken(Refused):
    word, status, exit_code = "memory-broken", 500, 16


class Unwritable(Refused):
    word, status, exit_code = "unwritable", 507, 17


class Busy(Refused):
    word, status, exit_code = "busy", 503, 18
