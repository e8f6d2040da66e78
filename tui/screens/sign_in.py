"""Sign in with a personal user name and password; in the demo, by choosing whom to be."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from agent.client import clean
from agent.errors import EarwitnessError
from agent.wire import Role
from tui.commands import Command
from tui.role_words import role_words
from tui.screens.shell import ShellScreen
from tui.text import _, sentence
from tui.widgets.choice_list import ChoiceList


class UserInput(Input):
    """Moves on at Tab before the next key is looked at.

    Keys that come in one burst (a paste, a slow line) are all handed to the field that has the focus when they come. Of
    those that follow a Tab the password consists: they are handed on to the field that has the focus by then.
    """

    async def _on_key(self, event: events.Key) -> None:
        focused = self.screen.focused  # `has_focus` changes only with a message that stands behind these keys
        if focused is not None and focused is not self:
            event.stop()
            event.prevent_default()
            focused._forward_event(events.Key(event.key, event.character))
        elif event.key == "tab":
            event.stop()
            event.prevent_default()
            self.screen.set_focus(self.screen.query_one("#password", Input))


class SignInScreen(ShellScreen):
    """Args:
    demo_accounts: Role to user and password, offered in a list; empty outside the demo.
    why: What to say first, for instance that the session has ended.
    """

    CSS_PATH = "sign_in.tcss"
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command(
            action="sign_in",
            key="enter",
            words=_("sign in"),
            help=_("Sign in with what is filled in."),
            hinted=True,
        ),
        Command(
            action="app.focus_next",
            key="tab",
            words=_("next field"),
            help=_("To the next field."),
            hinted=True,
            in_palette=False,
        ),
    )

    class Refused(Message, bubble=False):
        """The agent did not let the person in, or does not answer."""

        def __init__(self, error: EarwitnessError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, demo_accounts: dict[str, dict[str, str]] | None = None, why: str = "") -> None:
        super().__init__()
        self._demo = demo_accounts or {}
        self._why = why

    def compose_body(self) -> ComposeResult:
        with Vertical(id="form"):
            yield Static("Earwitness", classes="title", markup=False)
            yield Static("", classes="why", markup=False)
            with Horizontal(classes="field"):
                yield Static(Content(_("user")), classes="label")
                yield UserInput(id="user", max_length=200)
            with Horizontal(classes="field"):
                yield Static(Content(_("password")), classes="label")
                yield Input(id="password", password=True, max_length=1024)
            yield Static("", classes="error", markup=False)
            if self._demo:
                yield Static(_("This is the demo. Choose whom to be:"), classes="note", markup=False)
                yield ChoiceList(*map(self._option, self._demo), markup=False)

    def say_why(self, words: str) -> None:
        """Say above the form why one has to sign in."""
        line = self.query_one(".why", Static)
        line.update(Content(words))
        line.display = bool(words)

    def on_mount(self) -> None:
        self.say_why(self._why)
        self.query_one("OptionList" if self._demo else "#user").focus()

    def _option(self, role: str) -> Option:
        user = clean(self._demo[role]["user"])
        words = role_words(Role(role)) if role in list(Role) else clean(role)
        return Option(Content(f"{words:<24} {user}"), id=role)

    # --- signing in
    # --------------------------------------------------------------------------------------------------

    @on(OptionList.OptionSelected)
    def _sign_in_as(self, message: OptionList.OptionSelected) -> None:
        account = self._demo[str(message.option_id)]
        self.query_one("#user", Input).value = account["user"]
        self.query_one("#password", Input).value = account["password"]
        self.action_sign_in()

    @on(Input.Submitted)
    def action_sign_in(self) -> None:
        user, password = self.query_one("#user", Input), self.query_one("#password", Input)
        if not user.value.strip():
            user.focus()
        elif not password.value:
            password.focus()
        else:
            self._say(_("Signing in …"), is_error=False)
            work = self._sign_in(user.value.strip(), password.value)
            self.run_worker(work, name="sign in", group="sign-in", exclusive=True)

    async def _sign_in(self, user: str, password: str) -> None:
        try:
            await self.live.sign_in(user, password)
        except EarwitnessError as error:
            self.post_message(self.Refused(error))

    def on_sign_in_screen_refused(self, message: Refused) -> None:
        self._say(sentence(message.error), is_error=True)
        password = self.query_one("#password", Input)
        password.value = ""
        password.focus()

    def _say(self, words: str, *, is_error: bool) -> None:
        line = self.query_one(".error", Static)
        line.update(Content(words))
        line.set_class(is_error, "-bad")
