"""The house's own telephones, queues and numbers, as one source sees them.

A source's own settings go before those of the whole installation. Who has a telephone and what a queue serves is asked
for a moment on the source's clock; whether a party is the house's at all, for any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType

from agent.intake.numbers import is_extension, read_number
from agent.settings import Adviser, Directory, Settings, Source


@dataclass(frozen=True, slots=True)
class House:
    directories: tuple[Directory, ...]
    """The more exact first."""
    country: str
    extensions: frozenset[str]
    """All that are or were somebody's."""
    queues: frozenset[str]
    """All queues and called numbers, as the settings write them."""

    @classmethod
    def of(cls, settings: Settings, source: Source) -> House:
        return _house(source.directory, settings.directory, source.country)

    def is_telephone(self, party: str) -> bool:
        """Tell whether a party is an adviser's: configured, or of few digits and no queue."""
        return party in self.extensions or (is_extension(party) and self._queue_of(party) is None)

    def is_ours(self, party: str) -> bool:
        """Tell whether a party is a telephone, a queue or a number of the house, however that is written."""
        return is_extension(party, self.extensions) or self._queue_of(party) is not None

    def adviser(self, extension: str, local: datetime) -> Adviser | None:
        found = (directory.adviser(extension, local) for directory in self.directories)
        return next(filter(None, found), None)

    def called(self, word: str, local: datetime) -> list[Adviser]:
        """Who has this name, account or extension then."""
        found = (directory.called(word, local) for directory in self.directories)
        return next(filter(None, found), [])

    def service(self, party: str, local: datetime) -> str | None:
        """What a queue or called number serves then, however that is written."""
        queue = self._queue_of(party)
        if queue is None:
            return None
        found = (directory.service(queue, local) for directory in self.directories)
        return next(filter(None, found), None)

    def _queue_of(self, party: str) -> str | None:
        """A queue or called number as the settings write it."""
        if party in self.queues:
            return party
        numbers = _by_number(self.queues, self.country)
        # A country's rules are asked only where something can come of it.
        if not numbers or len(party) <= _NUMBER_LEAST_LETTERS:
            return None
        number = read_number(party, country=self.country).e164
        return None if number is None else numbers.get(number)


_NUMBER_LEAST_LETTERS = 5


@lru_cache(maxsize=64)
def _house(own: Directory, general: Directory, country: str) -> House:
    """Kept, since it is asked for with every file; a directory never changes."""
    return House((own, general), country, own.extensions | general.extensions, own.queues | general.queues)


@lru_cache(maxsize=64)
def _by_number(queues: frozenset[str], country: str) -> Mapping[str, str]:
    """The queues that are whole numbers; kept, since they are asked for with every call."""
    numbers = ((read_number(queue, country=country).e164, queue) for queue in sorted(queues))
    return MappingProxyType({number: queue for number, queue in numbers if number is not None})
