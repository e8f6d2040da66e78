"""The command palette, fed from the same table as the keys."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from tui.commands import Command, Offering, offered


class CommandProvider(Provider):
    """Everything that can be done from the screen behind the palette; what is not possible says why."""

    async def discover(self) -> Hits:
        for node, command in self._commands():
            yield DiscoveryHit(self._name(command), partial(self._do, node, command), help=self._help(node, command))

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for node, command in self._commands():
            name = self._name(command)
            if (score := matcher.match(name)) > 0:
                yield Hit(
                    score,
                    matcher.highlight(name),
                    partial(self._do, node, command),
                    help=self._help(node, command),
                )

    def _commands(self) -> Iterator[tuple[Offering, Command]]:
        for node, command in offered(self.screen, self.focused):
            if command.in_palette:
                yield node, command

    @staticmethod
    def _name(command: Command) -> str:
        return f"{command.words}  ({command.shown_key})"

    @staticmethod
    def _help(node: Offering, command: Command) -> str:
        return node.why_not(command) or command.help

    async def _do(self, node: Offering, command: Command) -> None:
        reason = node.why_not(command)
        if reason is None:
            await node.app.run_action(command.action, node)
        else:
            node.app.notify(reason, severity="warning")
