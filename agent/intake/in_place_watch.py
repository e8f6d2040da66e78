"""Whether what lies in place is still there as it was: looked at whenever a spool is read through.

It owns an index of what is known, two times eight bytes a file: digests, keyed for this process, of name and state.
What is not in it is a candidate, like a file that just came. What is in it and is missed twice, some seconds apart (a
renamed file is taken in under its new name meanwhile), is gone.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from hashlib import blake2b

from agent.installation import Installation
from agent.intake.in_place import VANISHED, state_of
from agent.intake.opened import Identity
from agent.intake.staying import Staying
from agent.settings import Source
from db.queries import in_place
from db.records import InPlaceRecord

MISSED_QUIETS = 5.0
"""How many times its `quiet_s` a file is missed for before it counts as gone."""
AT_ONCE = 200
"""Of those that are gone, noted before recordings are taken in again."""
READ_AT_ONCE = 200
"""Of those that are known, read from the register before recordings are taken in again."""
REST = 20
"""So many times as long as it took, a spool is not read through again."""


class InPlaceWatch:
    """Of one spool; for the intake's own thread."""

    def __init__(self, house: Installation, source: Source) -> None:
        self._house = house
        self._source = source
        self._staying = Staying(house)
        self._key = os.urandom(16)
        self._known: dict[int, int] | None = None
        self._devices: set[int] = set()
        self._met: set[int] = set()
        self._missed_since_s: dict[int, float] = {}
        self._begun_s = 0.0
        self._not_before_s = 0.0
        self.trouble: str | None = None
        """Why it is not known what became of them, in English; None when it is."""

    def is_due(self) -> bool:
        """Whether to read the spool through: it takes a twentieth of the time at most, however many files there are."""
        return time.monotonic() >= self._not_before_s

    def begin(self) -> Iterator[None]:
        """Before the spool is read through; yields now and then."""
        self._met.clear()
        self._begun_s = time.monotonic()
        if self._known is None:
            known: dict[int, int] = {}
            for records in self._all():
                for record in records:
                    self._know(record, known)
                yield
            self._known = known

    def heard(self, relative_name: str) -> None:
        """A file came, or came back, where the spool may have been read already."""
        self._met.add(self._digest(os.fsencode(relative_name)))

    def is_news(self, spool_fd: int, relative_name: str) -> bool:
        """Meet a file; whether it must be looked at."""
        assert self._known is not None
        try:
            found = os.stat(relative_name, dir_fd=spool_fd, follow_symlinks=False)
        except OSError:
            return True
        if not stat.S_ISREG(found.st_mode):
            return True
        path = os.fsencode(relative_name)
        name, state = self._digest(path), self._state_digest(state_of(Identity.of(found)))
        self._met.add(name)
        if self._known.get(name) == state:
            return False
        with self._house.register.read():
            here = [record for record in in_place.at_path(self._source.name, path) if record.state != VANISHED]
        for record in here:
            self._know(record, self._known)
        return self._known.get(name) != state

    def end(self, spool_fd: int) -> Iterator[None]:
        """After all was met: note what is gone; yields now and then.

        Raises:
            RegisterUnwritable: the next time tries again.
        """
        assert self._known is not None
        missing = self._known.keys() - self._met
        if missing and len(missing) == len(self._known) and os.fstat(spool_fd).st_dev not in self._devices:
            self.trouble = "another file system lies where the recordings lay"
            return
        now_s = time.monotonic()
        since_s = {name: self._missed_since_s.get(name, now_s) for name in missing}
        self._missed_since_s = since_s
        gone = {name for name in missing if now_s - since_s[name] >= MISSED_QUIETS * self._source.quiet_s}
        if gone:
            yield from self._note(gone)
        self.trouble = None
        self._not_before_s = time.monotonic() + REST * (time.monotonic() - self._begun_s)

    def _note(self, gone: set[int]) -> Iterator[None]:
        assert self._known is not None
        found: list[InPlaceRecord] = []
        for some in self._all():
            found += [record for record in some if self._digest(record.path) in gone]
            yield

        def job() -> None:
            for record in found[:AT_ONCE]:
                self._staying.vanished(record)

        if found:
            self._house.register.write(job)
        for name in gone - {self._digest(record.path) for record in found[AT_ONCE:]}:
            del self._known[name]

    def _all(self) -> Iterator[list[InPlaceRecord]]:
        """What lies in the spool as far as is known, some at a time."""
        after: InPlaceRecord | None = None
        while True:
            with self._house.register.read():
                records = in_place.of_source(self._source.name, after, READ_AT_ONCE)
            yield [record for record in records if record.state != VANISHED]
            if len(records) < READ_AT_ONCE:
                return
            after = records[-1]

    def _know(self, record: InPlaceRecord, known: dict[int, int]) -> None:
        known[self._digest(record.path)] = self._state_digest(record.identity)
        self._devices.add(int(record.identity.partition(":")[0]))

    def _digest(self, text: bytes) -> int:
        return int.from_bytes(blake2b(text, key=self._key, digest_size=8).digest(), "big")

    def _state_digest(self, state: str) -> int:
        return self._digest(state.partition(":")[2].encode())
