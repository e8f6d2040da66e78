"""Hear a recording: its waveform, a line that says where the player stands, and the keys that move it.

It owns one player at a time and the purpose it was opened for. Nothing is fetched before a purpose was stated; the
sound's own process starts with the recording, so that the first key is answered at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from agent import wire
from agent.client import Client
from agent.errors import EarwitnessError, NotSignedIn, Undecodable
from tui.commands import Command, Offering
from tui.player.legs import sides_of
from tui.screens.purpose import AskPurpose, PurposeStated
from tui.session import session_of
from tui.text import _, sentence
from tui.widgets.listening_commands import LISTENING, STEP_S, TENTHS
from tui.widgets.waveform import Waveform

if TYPE_CHECKING:
    from tui.player.player import Player
    from tui.player.protocol import Device

WAVEFORM_COLUMNS = 400


class Listening(Offering, Vertical, can_focus=True):
    """One recording of one contact, to be heard.

    `device` is the sound card; tests choose the one that nobody hears.
    """

    DEFAULT_CSS = """
    Listening { height: auto; }
    Listening > #player-line { height: auto; max-height: 3; padding-top: 0; }
    """
    OFFERS: ClassVar[tuple[Command, ...]] = LISTENING
    device: ClassVar[Device] = "auto"

    class PlayerMoved(Message):
        """The state or the position has changed."""

        def __init__(self, player: Player) -> None:
            super().__init__()
            self.player = player

    class WaveformCame(Message):
        def __init__(self, waveform: wire.Waveform) -> None:
            super().__init__()
            self.waveform = waveform

    class WaveformFailed(Message):
        def __init__(self, error: EarwitnessError) -> None:
            super().__init__()
            self.error = error

    def __init__(self) -> None:
        super().__init__()
        self._contact: wire.ShownContact | None = None
        self._recording: wire.Recording | None = None
        self._player: Player | None = None
        self._cannot_play = _("The recording is still being loaded.")
        self.stated: PurposeStated | None = None
        """What it was opened for, once that was said."""

    def compose(self) -> ComposeResult:
        yield Waveform()
        yield Static("", id="player-line", markup=False)

    @property
    def position_s(self) -> float | None:
        """Where the listener stands; None when there is no sound."""
        return self._player.position_s if self._player else None

    def show(self, contact: wire.ShownContact, recording: wire.Recording) -> None:
        """Take up a recording, silently and at its start."""
        self._contact, self._recording = contact, recording
        self._waveform.say(_("Loading the waveform …"))
        self._waveform.position_s = 0.0
        self.mark_notes(contact.noted)
        self.run_worker(
            self._load_waveform(contact.id, recording.id), name="waveform", exclusive=True, group="waveform"
        )
        self._open_player(recording)
        self._say_position()
        self.refresh_bindings()

    def mark_notes(self, notes: list[wire.Note]) -> None:
        """Mark the moments that notes are about."""
        self._waveform.mark_notes([note.position_s for note in notes if note.position_s is not None])

    def show_nothing(self, why: str) -> None:
        """Say that there is no sound, and why."""
        self._cannot_play = why
        self._waveform.say(why)
        self.refresh_bindings()

    async def stated_purpose(self) -> PurposeStated | None:
        """What the contact is opened for: said before, or asked now. For workers."""
        if self.stated is None:
            self.stated = await self.app.push_screen_wait(AskPurpose())
            self._say_position()
        return self.stated

    # --- the waveform ---------------------------------------------------------------------------------------

    @property
    def _waveform(self) -> Waveform:
        return self.query_one(Waveform)

    async def _load_waveform(self, contact_id: str, recording_id: str) -> None:
        try:
            waveform = await self._client.waveform(contact_id, recording_id=recording_id, columns=WAVEFORM_COLUMNS)
        except NotSignedIn:
            raise
        except EarwitnessError as error:
            self.post_message(self.WaveformFailed(error))
        else:
            self.post_message(self.WaveformCame(waveform))

    def on_listening_waveform_came(self, message: WaveformCame) -> None:
        self._waveform.show(message.waveform, sides_of(self._recording.legs) if self._recording else ())

    def on_listening_waveform_failed(self, message: WaveformFailed) -> None:
        self._waveform.say(_("No waveform: {why}").format(why=sentence(message.error)))

    def on_waveform_seek_asked(self, message: Waveform.SeekAsked) -> None:
        message.stop()
        self._seek(message.position_s)

    # --- the player -----------------------------------------------------------------------------------------

    @property
    def _client(self) -> Client:
        return session_of(self).client

    def _open_player(self, recording: wire.Recording) -> None:
        from tui.player.player import Player  # numpy and libsndfile need not delay the screen

        self._player = None
        self.workers.cancel_group(self, "player")
        if super().why_not(self._play_command):
            return
        try:
            player = Player(recording, self._fetched, on_change=lambda: self._tell(player), device=self.device)
        except Undecodable as error:
            self._cannot_play = sentence(error)
            return
        self._player = player
        self.run_worker(player.run(), name="player", group="player", exclusive=True)

    def _tell(self, player: Player) -> None:
        self.post_message(self.PlayerMoved(player))

    async def _fetched(self, start: int, stop: int) -> bytes:
        assert self._contact is not None
        assert self._recording is not None
        assert self.stated is not None
        return await self._client.audio(
            self._contact.id,
            purpose=self.stated.purpose,
            case=self.stated.case,
            start=start,
            stop=stop,
            recording_id=self._recording.id,
        )

    def on_listening_player_moved(self, message: PlayerMoved) -> None:
        if message.player is not self._player:
            return
        if isinstance(self._player.error, NotSignedIn):
            session_of(self).end(self._player.error)
            return
        self._waveform.position_s = self._player.position_s
        self._say_position()

    def _say_position(self) -> None:
        line, said = self.query_one("#player-line", Static), self._player_words()
        if line.content != said:
            line.update(said)

    def _player_words(self) -> Content:
        from tui.widgets.player_words import player_words

        if self._recording is None:
            return Content("")
        if self._player is None:
            return Content.styled(self._reason_for_silence(), "$warning")
        return player_words(self._player, purpose=self.stated.in_words() if self.stated else "")

    def _reason_for_silence(self) -> str:
        return self.why_not(self._play_command) or ""

    @property
    def _play_command(self) -> Command:
        return next(command for command in LISTENING if command.action == "play_or_pause")

    # --- commands -------------------------------------------------------------------------------------------

    def why_not(self, command: Command) -> str | None:
        not_permitted = super().why_not(command)
        if not_permitted or command not in LISTENING:
            return not_permitted
        if self._player is None:
            return self._cannot_play
        if command.action == "next_leg" and not self._player.has_legs:
            return _("This recording has both sides in one channel.")
        return None

    def action_play_or_pause(self) -> None:
        if self._player is None:
            return
        if self.stated is None:
            self.run_worker(self._ask_and_play(self._player), name="purpose", group="purpose", exclusive=True)
        elif self._player.is_wanted:
            self._player.pause()
        else:
            self._player.play()

    async def _ask_and_play(self, player: Player) -> None:
        if await self.stated_purpose() is not None:
            player.play()

    def action_step(self, seconds: int) -> None:
        if self._player is not None:
            self._seek(self._player.position_s + seconds)

    def action_to_start(self) -> None:
        self._seek(0.0)

    def action_to_end(self) -> None:
        if self._player is not None:
            self._seek(self._player.duration_s - STEP_S)

    def action_to_tenth(self, tenth: int) -> None:
        if self._player is not None:
            self._seek(self._player.duration_s * tenth / TENTHS)

    def action_next_leg(self) -> None:
        if self._player is not None:
            self._player.hear(self._player.legs.following)

    def _seek(self, position_s: float) -> None:
        if self._player is not None:
            self._player.seek(position_s)
