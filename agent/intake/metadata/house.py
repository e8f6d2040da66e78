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

    @classmethod
    def of(cls, settings: Settings, source: Source) -> House:
        return cls((source.directory, settings.directory), source.country)

    @property
    def extensions(self) -> frozenset[str]:
        """All that are or were somebody's."""
        return frozenset().union(*(directory.extensions for directory in self.directories))

    @property
    def queues(self) -> frozenset[str]:
        """All queues and called numbers, as the settings write them."""
        return frozenset().union(*(directory.queues for directory in self.directories))

    def is_telephone(self, party: str) -> bool:
        """Tell whether a party is an adviser's: configured, or of few digits and no queue."""
        return any(party in directory.extensions for directory in self.directories) or (
            is_extension(party) and self._queue_of(party) is None
        )

    def is_ours(self, party: str) -> bool:
        """Tell whether a party is a telephone, a queue or a number of the house, however that is written."""
        return (
            is_extension(party)
            or any(party in directory.extensions for directory in self.directories)
            or self._queue_of(party) is not None
        )

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
        if any(party in directory.queues for directory in self.directories):
            return party
        # Most parties are none, and short ones never are: do not ask for a country's rules.
        if len(party) <= _NUMBER_LEAST_LETTERS or not any(self.queues):
            return None
        number = read_number(party, country=self.country).e164
        return None if number is None else _by_number(self.queues, self.country).get(number)


_NUMBER_LEAST_LETTERS = 5


@lru_cache(maxsize=64)
def _by_number(queues: frozenset[str], country: str) -> Mapping[str, str]:
    """The queues that are whole numbers; kept, since they are asked for with every call."""
    numbers = ((read_number(queue, country=country).e164, queue) for queue in sorted(queues))
    return MappingProxyType({number: queue for number, queue in numbers if number is not None})
