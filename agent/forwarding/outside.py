"""All that is carried out of one house: heads to witnesses and sinks, entries to whoever gets them forwarded."""

from __future__ import annotations

from datetime import UTC, datetime

from agent import wire
from agent.forwarding.appended_file import AppendedFile
from agent.forwarding.command import CommandForEach, RunningCommand
from agent.forwarding.delivery import Delivery
from agent.forwarding.entries import Entries
from agent.forwarding.heads import Heads
from agent.forwarding.journal import Journal
from agent.forwarding.sink import Sink
from agent.forwarding.syslog import Syslog
from agent.forwarding.witnessing import Witnessing
from agent.installation import Installation
from agent.settings import CheckpointSink, Destination, Forward, WitnessSettings
from agent.settings.forward import JOURNAL_SOCKET
from db.queries import witness as witnessed


class Outside:
    """Made with the desk, started by the agent once its log works.

    Raises:
        WrongUse: the settings hold a verifier key that is none.
    """

    def __init__(self, house: Installation) -> None:
        self._house = house
        settings = house.settings
        self._witnesses = {one.name: self._witness(one) for one in settings.witness}
        self._deliveries = [
            *self._witnesses.values(),
            *map(self._head_sink, settings.checkpoint_sink),
            *map(self._forward, settings.forward),
        ]

    def _witness(self, settings: WitnessSettings) -> Delivery:
        carry = Witnessing(self._house, settings).carry
        name = f"witness {settings.name}"
        return Delivery(name, carry, timeout_s=settings.timeout_s, interval_s=settings.interval_s)

    def _head_sink(self, settings: CheckpointSink) -> Delivery:
        is_for_each = settings.kind == "command"
        sink = CommandForEach(settings.command) if is_for_each else opened(settings)
        return _delivery(f"checkpoint sink {settings.name}", Heads(self._house, sink), settings)

    def _forward(self, settings: Forward) -> Delivery:
        return _delivery(f"forward {settings.name}", Entries(self._house, settings, opened(settings)), settings)

    def start(self) -> None:
        self._house.register.after_commit.append(self._wake)
        for delivery in self._deliveries:
            delivery.start()

    def stop(self) -> None:
        """Let everything deliver what is still there, for a few seconds, all at the same time."""
        if self._wake in self._house.register.after_commit:
            self._house.register.after_commit.remove(self._wake)
        for delivery in self._deliveries:
            delivery.leave()
        for delivery in self._deliveries:
            delivery.join()

    def _wake(self) -> None:
        for delivery in self._deliveries:
            delivery.wake()

    def troubles(self) -> list[str]:
        """What does not arrive, and why, in English."""
        return [f"{one.name}: {trouble}" for one in self._deliveries if (trouble := one.trouble)]

    def witness_states(self) -> list[wire.WitnessState]:
        """Of every witness in the settings. Inside a read of the register."""
        return [self._state(name, delivery.trouble) for name, delivery in self._witnesses.items()]

    @staticmethod
    def _state(name: str, trouble: str | None) -> wire.WitnessState:
        newest = witnessed.newest_cosignature(name)
        return wire.WitnessState(
            name=name,
            size=newest.size if newest else None,
            at=datetime.fromtimestamp(newest.at_ms / 1000, UTC) if newest else None,
            trouble=trouble,
        )


def _delivery(name: str, carrying: Heads | Entries, settings: Destination) -> Delivery:
    return Delivery(
        name, carrying.carry, timeout_s=settings.timeout_s, interval_s=settings.interval_s, close=carrying.close
    )


def opened(settings: Destination) -> Sink:
    """The sink that the settings describe; it reaches out when something is sent."""
    if settings.kind == "syslog":
        return Syslog(settings.address)
    if settings.kind == "journal":
        return Journal(settings.file or JOURNAL_SOCKET)
    if settings.kind == "command":
        return RunningCommand(settings.command)
    assert settings.file is not None
    return AppendedFile(settings.file)
