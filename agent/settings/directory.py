"""Who has which extension and what each queue serves: of the whole installation, or of one source alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import Field

from agent.settings.validity import Validity, overlap


class Adviser(Validity):
    extension: str
    """The internal number of the telephone."""
    name: str
    account: str | None = None
    """The personal user name of this adviser, for "own calls"; None when there is none yet."""
    service: str | None = None


class Served(Validity):
    """What a queue or a called number serves, for a time."""

    service: str = Field(min_length=1)


Services = dict[str, str | list[Served]]
"""Queue or called number = service, or the services that it had one after the other."""


class Directory:
    """Answers who and what at a moment on the source's clock.

    Raises:
        ValueError: two advisers have one extension, or two services one queue, at the same time.
    """

    def __init__(self, advisers: Sequence[Adviser], services: Services) -> None:
        self._by_extension: dict[str, list[Adviser]] = {}
        self._by_word: dict[str, list[Adviser]] = {}
        for adviser in advisers:
            self._by_extension.setdefault(adviser.extension, []).append(adviser)
            words = (adviser.account, adviser.name, adviser.extension)
            for word in {word.casefold() for word in words if word}:
                self._by_word.setdefault(word, []).append(adviser)
        if nameless := next((queue for queue, served in services.items() if served in ("", [])), None):
            raise ValueError(f"services: {nameless} has no service")
        self._services: Mapping[str, list[Served]] = {
            queue: [Served(service=served)] if isinstance(served, str) else served for queue, served in services.items()
        }
        for extension, having in self._by_extension.items():
            if overlap(having):
                raise ValueError(f"adviser: extension {extension} belongs to two advisers at the same time")
        for queue, serving in self._services.items():
            if overlap(serving):
                raise ValueError(f"services: {queue} has two services at the same time")
        self.extensions = frozenset(self._by_extension)
        """All that are or ever were somebody's."""
        self.queues = frozenset(self._services)

    def adviser(self, extension: str, local: datetime) -> Adviser | None:
        """Who has an extension then."""
        having = self._by_extension.get(extension, ())
        return next((adviser for adviser in having if adviser.holds(local)), None)

    def called(self, word: str, local: datetime) -> list[Adviser]:
        """Who has this name, account or extension then, without regard to case."""
        return [adviser for adviser in self._by_word.get(word.casefold(), ()) if adviser.holds(local)]

    def service(self, queue: str, local: datetime) -> str | None:
        """What a queue or called number, written just so, serves then."""
        return next((served.service for served in self._services.get(queue, ()) if served.holds(local)), None)
