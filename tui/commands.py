"""What can be done where: one table gives key, hint, palette entry, help and the capability it needs.

Each screen or widget lists its commands once, as `OFFERS`; the bindings, the line of key hints, the
palette and the help are made from that list. Lower case looks, upper case acts; ctrl+a and ctrl+b belong
to screen and tmux. What is not permitted stays visible and says why when its key is pressed; the agent
refuses by itself all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

from agent import wire
from tui.session import session_of
from tui.text import _

TAKEN_BY_MULTIPLEXERS = frozenset({"ctrl+a", "ctrl+b"})


@dataclass(frozen=True, kw_only=True)
class Command:
    """One thing that can be done.

    `action` names the method `action_…` of whoever offers it and may carry arguments: `jump('hour', -1)`.
    """

    action: str
    key: str
    """One key or several, with commas: `down,j`."""
    words: str
    """Two words at most, for the line of key hints and the palette."""
    help: str
    """A sentence."""
    capability: wire.Capability | None = None
    key_words: str = ""
    """How the key is written, where its name will not do: `Enter`, `m M`."""
    hinted: bool = False
    """Whether it stands in the line of key hints."""
    in_palette: bool = True
    in_help: bool = True
    first: bool = False
    """Whether it comes before what the focused widget makes of the key; for keys that no text input types."""

    def __post_init__(self) -> None:
        keys = self.key.split(",")
        assert not TAKEN_BY_MULTIPLEXERS.intersection(keys), self.key

    @property
    def shown_key(self) -> str:
        return self.key_words or written_key(self.key.split(",")[0])

    @property
    def key_while_typing(self) -> str:
        """The first key that a text input does not take for itself; empty when there is none."""
        return next((written_key(key) for key in self.key.split(",") if not is_typed(key)), "")

    def binding(self) -> Binding:
        return Binding(
            self.key,
            self.action,
            self.words,
            show=self.hinted,
            key_display=self.shown_key,
            tooltip=self.help,
            priority=self.first,
        )


# Textual follows one base of a widget only for its styles, so this must be none of its own classes.
if TYPE_CHECKING:
    _Mixin = DOMNode
else:
    _Mixin = object


class Offering(_Mixin):
    """A screen or widget with commands: derive from it in front of Textual's class.

    `OFFERS` becomes the bindings of the class; each action is a method `action_…` beside it.
    """

    OFFERS: ClassVar[tuple[Command, ...]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if "OFFERS" in cls.__dict__:
            cls.BINDINGS = [command.binding() for command in cls.OFFERS]
        super().__init_subclass__(**kwargs)

    def all_offers(self) -> Iterator[Command]:
        """The commands of this class and of those it derives from, its own first."""
        for kind in type(self).__mro__:
            yield from kind.__dict__.get("OFFERS", ())

    def why_not(self, command: Command) -> str | None:
        """Say why a command cannot be done now, None when it can. Extend it for reasons of the moment."""
        return missing_capability(session_of(self).me, command.capability)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Tell Textual: True for possible, None for visible but not possible."""
        command = self.offer_of(action, parameters)
        if command is None:
            return True
        return None if self.why_not(command) else True

    def why_not_action(self, action: str) -> str | None:
        """The same as `why_not` for an action as it is written in a binding."""
        command = next((command for command in self.all_offers() if command.action == action), None)
        return self.why_not(command) if command else None

    def offer_of(self, action: str, parameters: tuple[object, ...]) -> Command | None:
        """The command behind a parsed action."""
        written = f"{action}({', '.join(map(repr, parameters))})" if parameters else action
        return next((command for command in self.all_offers() if command.action == written), None)


def missing_capability(me: wire.Me | None, capability: wire.Capability | None) -> str | None:
    """Say why somebody may not do something, None when they may."""
    if capability is None:
        return None
    if me is None:
        return _("You are not signed in.")
    if capability in me.capabilities:
        return None
    if me.agreement_missing:
        return _("There is no valid secrecy agreement on file for you. Ask the register controller to renew it.")
    return _("Your role does not permit this ({capability}).").format(capability=capability.value)


def offered(screen: Screen[Any], focused: DOMNode | None) -> Iterator[tuple[Offering, Command]]:
    """Everything that can be done from here: the focused widget's commands first, the application's last."""
    node: DOMNode | None = focused or screen
    while node is not None:
        if isinstance(node, Offering):
            for command in node.all_offers():
                yield node, command
        if node is screen and screen.is_modal:
            return
        node = node.parent if node is not screen else screen.app


_ARROWS = frozenset({"up", "down", "left", "right"})
_KEY_WORDS = {
    "enter": "Enter",
    "escape": "Esc",
    "space": "Space",
    "question_mark": "?",
    "exclamation_mark": "!",
    "slash": "/",
    "tab": "Tab",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "plus": "+",
    "minus": "-",
    "comma": ",",
    "full_stop": ".",
    "delete": "Del",
}


def written_key(key: str) -> str:
    """A key as it is written for people: `enter` is Enter, `slash` is /, `f1` is F1."""
    if key[0] == "f" and key[1:].isdigit():
        return key.upper()
    return _KEY_WORDS.get(key, key)


def is_typed(key: str) -> bool:
    """Whether the key puts a character into a text input."""
    return len(key) == 1 or key == "space" or (len(written_key(key)) == 1 and key not in _ARROWS)
