"""The application: modes, the errors of all workers, and an end in good order whatever happens.

It owns no screen and no question to the agent. Nothing here decides what is permitted.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from textual import events
from textual.app import App
from textual.command import CommandPalette
from textual.filter import LineFilter, NoColor
from textual.widgets import Input, TextArea
from textual.worker import WorkerFailed

from agent import wire
from agent.client import Client, clean
from agent.errors import EarwitnessError, NotSignedIn
from tui import crash
from tui.commands import Command, Offering
from tui.hangup import exit_on_signals, exit_when_hung_up
from tui.line_filter import NoControlCharacters
from tui.palette import CommandProvider
from tui.places import PLACES, places_for
from tui.session import LiveSession
from tui.text import _, sentence
from tui.theme import CONSOLE, DARK, THEMES, is_console, next_theme, use_plain_scrollbars
from tui.widgets.record_table import RecordTable

DemoAccounts = dict[str, dict[str, str]]
"""Role to `{"user": …, "password": …}`."""
SIGN_IN = "sign-in"
SHOW_CURSOR = "\x1b[?25h"
"""DECTCEM: Textual hides the terminal's cursor when it starts."""


class EarwitnessApp(Offering, App[int]):
    """The terminal UI.

    Args:
        client: How the agent is asked.
        signed_in: A session that has begun already; without one the sign-in comes first.
        demo_accounts: The demo's accounts, which the sign-in then offers.
        console: Whether to draw for a bare Linux console; None finds out.
        show_cursor: Whether the terminal's own cursor is visible on the selected row, for screen readers.
    """

    TITLE = "Earwitness"
    CSS_PATH = "app.tcss"
    ALLOW_SELECT = False
    """A copy of customer data is an export, which the agent must log: the mouse makes none behind its back."""
    COMMANDS: ClassVar[set[Any]] = {CommandProvider}
    OFFERS: ClassVar[tuple[Command, ...]] = (
        *(
            Command(
                action=f"go('{place.name}')",
                key=place.key,
                words=place.words,
                help=place.help,
                capability=place.capability,
            )
            for place in PLACES
        ),
        Command(
            action="help",
            key="question_mark,f1",
            words=_("help"),
            help=_("What can be done here."),
            hinted=True,
        ),
        Command(
            action="command_palette",
            key="ctrl+p",
            words=_("all commands"),
            help=_("Every command by its name."),
            hinted=True,
            in_palette=False,
        ),
        Command(
            action="next_theme",
            key="ctrl+t",
            words=_("other colours"),
            help=_("Dark, light, high contrast, console."),
        ),
        Command(action="sign_out", key="ctrl+o", words=_("sign out"), help=_("End your session on the agent.")),
        Command(
            action="quit",
            key="ctrl+q",
            words=_("quit"),
            help=_("End the program and your session."),
            first=True,
        ),
    )

    def __init__(
        self,
        client: Client,
        *,
        signed_in: wire.Session | None = None,
        demo_accounts: DemoAccounts | None = None,
        console: bool | None = None,
        show_cursor: bool = False,
    ) -> None:
        super().__init__()
        self.live = LiveSession(client)
        self.demo_accounts = demo_accounts or {}
        self._signed_in = signed_in
        self._control_filter = NoControlCharacters()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = CONSOLE.name if (is_console() if console is None else console) else DARK.name
        self.animation_level = "none"
        self._incident = ""
        self._show_cursor = show_cursor
        use_plain_scrollbars()

    # --- coming and going
    # ------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self.live.subscribe(self)
        if not self.is_headless:
            exit_on_signals(self.exit)
            exit_when_hung_up()
        if self._show_cursor and self._driver is not None:
            self._driver.write(SHOW_CURSOR)
        if self._signed_in is not None:
            self.live.begin(self._signed_in)
        else:
            self._ask_who()

    async def on_unmount(self) -> None:
        await self.live.client.close()

    def _ask_who(self, why: str = "") -> None:
        from tui.screens.sign_in import SignInScreen

        if isinstance(self.screen, SignInScreen):
            self.screen.say_why(why)
            return
        self.add_mode(SIGN_IN, lambda: SignInScreen(self.demo_accounts, why))
        self.switch_mode(SIGN_IN)
        self._leave_modes(place.name for place in PLACES)

    def _leave_modes(self, names: Iterable[str]) -> None:
        """Throw screens away, so that nothing of one person is left for the next."""
        for name in names:
            if name in self._modes:
                self.remove_mode(name)

    def on_live_session_signed_in(self, message: LiveSession.SignedIn) -> None:
        places = places_for(message.me)
        if not places:
            self._ask_who(_("Your role permits none of the screens here. Ask the register controller."))
            return
        for place in places:
            self.add_mode(place.name, place.open)
        self.switch_mode(places[0].name)
        self._leave_modes([SIGN_IN])
        self.run_worker(self.live.follow(), name="live events", group="session", exclusive=True)

    def on_live_session_ended(self, message: LiveSession.Ended) -> None:
        self._ask_who(sentence(message.error))

    def on_live_session_connection_lost(self, message: LiveSession.ConnectionLost) -> None:
        self.notify(_("Connection lost. What is shown may be out of date."), severity="warning")

    def on_live_session_connected_again(self, message: LiveSession.ConnectedAgain) -> None:
        self.notify(_("Connected again."))

    # --- errors
    # ----------------------------------------------------------------------------------------------------

    def on_record_table_failed(self, message: RecordTable.Failed[Any]) -> None:
        self.tell(message.error)

    def tell(self, error: EarwitnessError) -> None:
        """Say an error; an ended session leads back to the sign-in."""
        if isinstance(error, NotSignedIn):
            self.live.end(error)
        else:
            self.notify(sentence(error), severity="error")

    def _handle_exception(self, error: Exception) -> None:
        """Take the errors of all workers, whichever widget ran them; any other exception ends the program."""
        if not isinstance(error, WorkerFailed):
            self._return_code = 1
            if self._exception is None:
                self._exception = error
                self._exception_event.set()
            self._fatal_error()
        elif isinstance(error.error, EarwitnessError):
            self.tell(error.error)
        else:
            incident = crash.record(error.error)
            words = _("Something failed in this program, incident {incident}. It goes on; tell maintenance.")
            self.notify(words.format(incident=incident), severity="error", timeout=15)

    def _fatal_error(self) -> None:
        """End without a traceback: it would print names and numbers into the terminal's history."""
        error = self._exception or sys.exc_info()[1] or RuntimeError()
        self._incident = crash.record(error)
        self._close_messages_no_wait()

    def panic(self, *renderables: object) -> None:
        self._fatal_error()

    def _print_error_renderables(self) -> None:
        self._exit_renderables.clear()
        if self._incident:
            words = _("earwitness ended by an error in itself, incident {incident}. See {file}.")
            file = crash.state_folder() / f"crash-{self._incident}.txt"
            print(words.format(incident=self._incident, file=file), file=sys.stderr)  # noqa: T201 - the screen is gone

    # --- what reaches the terminal
    # ---------------------------------------------------------------------------------

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Filter every line; with NO_COLOR no colour is left, where Textual alone would send greys."""
        chosen = [NoColor()] if self.no_color else super().get_line_filters()
        return [*chosen, self._control_filter]

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Keep the cursor of a text input still: nothing moves, and nothing is sent, by itself."""
        if isinstance(event.widget, Input | TextArea):
            event.widget.cursor_blink = False

    def notify(self, message: str, *, markup: bool = False, **how: Any) -> None:
        """Show a notification; it is never read as markup, whoever asks."""
        super().notify(clean(message), markup=False, **how)

    # --- commands
    # --------------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Say why a key that is known here does nothing."""
        bound = self.screen.active_bindings.get(event.key)
        if bound is None or bound.enabled or not isinstance(bound.node, Offering):
            return
        reason = bound.node.why_not_action(bound.binding.action)
        if reason:
            event.prevent_default()
            self.notify(reason, severity="warning")

    def why_not(self, command: Command) -> str | None:
        if command.action.startswith("go(") and self.live.me is None:
            return _("Sign in first.")
        if command.action == "sign_out" and self.live.me is None:
            return _("You are not signed in.")
        return super().why_not(command)

    def action_go(self, name: str) -> None:
        self.switch_mode(name)

    def action_command_palette(self) -> None:
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(CommandPalette(placeholder=_("Name a command …"), id="--command-palette"))

    def action_help_quit(self) -> None:
        """Say how to leave when ctrl+c was pressed out of habit."""
        self.notify(_("ctrl+q ends the program."))

    def action_help(self) -> None:
        from tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen, self.screen.focused))

    def action_next_theme(self) -> None:
        self.theme = next_theme(self.theme).name

    async def action_sign_out(self) -> None:
        self.workers.cancel_group(self, "session")
        await self.live.sign_out()
        self._ask_who(_("You are signed out."))

    async def action_quit(self) -> None:
        if self.live.me is not None and self._signed_in is None:
            await self.live.sign_out()
        self.exit(0)


def run_app(
    client: Client,
    *,
    signed_in: wire.Session | None = None,
    demo_accounts: DemoAccounts | None = None,
    console: bool | None = None,
    show_cursor: bool = False,
) -> int:
    """Show the terminal UI until the person leaves it, and return the exit code."""
    app = EarwitnessApp(
        client, signed_in=signed_in, demo_accounts=demo_accounts, console=console, show_cursor=show_cursor
    )
    code = app.run()
    return app.return_code or code or 0
