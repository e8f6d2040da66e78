"""What every screen has: the first line, the line of key hints, the session, and a way back."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.screen import ModalScreen, Screen

from agent.client import Client
from tui.commands import Command, Offering
from tui.session import LiveSession, session_of
from tui.text import _
from tui.widgets.key_hints import KeyHints
from tui.widgets.top_bar import TopBar

Result = TypeVar("Result")


class _Framed(Offering, Screen[Result]):
    """What lies between the two lines is said in `compose_body`. It receives the messages of `LiveSession`."""

    def compose(self) -> ComposeResult:
        yield TopBar()
        yield from self.compose_body()
        yield KeyHints()

    def compose_body(self) -> ComposeResult:
        yield from ()

    def on_mount(self) -> None:
        self.live.subscribe(self)

    @property
    def live(self) -> LiveSession:
        return session_of(self)

    @property
    def client(self) -> Client:
        return self.live.client


class ShellScreen(_Framed[None]):
    """A whole screen: derive from it and say in `compose_body` what lies between the two lines."""


class AsideScreen(_Framed[Result | None]):
    """A whole screen on the way from another: Esc leads back. It returns a value, or None."""

    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command(action="leave", key="escape", words=_("back"), help=_("Back to where you came from."), hinted=True),
    )

    def action_leave(self) -> None:
        self.dismiss(None)


class Dialog(Offering, ModalScreen[Result | None]):
    """A question in front of a screen. It returns a value; None means that the person changed their mind."""

    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command(
            action="leave",
            key="escape",
            words=_("back"),
            help=_("Leave without changing anything."),
            hinted=True,
        ),
    )

    @property
    def client(self) -> Client:
        return session_of(self).client

    def action_leave(self) -> None:
        self.dismiss(None)
