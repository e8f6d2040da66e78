"""The keys of a listening, as one table."""

from __future__ import annotations

from typing import Any

from agent import wire
from tui.commands import Command
from tui.text import _

STEP_S, LEAP_S = 5, 30
TENTHS = 10


def _listening(**command: Any) -> Command:
    return Command(capability=wire.Capability.CONTACT_LISTEN, **command)


LISTENING = (
    _listening(action="play_or_pause", key="space", words=_("play"), help=_("Play or pause."), hinted=True),
    _listening(
        action=f"step({-STEP_S})",
        key="left",
        key_words="← →",
        words=_("5 s"),
        help=_("Five seconds back or on."),
        hinted=True,
        in_palette=False,
    ),
    _listening(
        action=f"step({STEP_S})",
        key="right",
        words=_("5 s on"),
        help=_("Five seconds on."),
        in_palette=False,
        in_help=False,
    ),
    _listening(
        action=f"step({-LEAP_S})",
        key="comma,shift+left",
        words=_("30 s back"),
        help=_("Thirty seconds back; Shift and the arrow where the terminal has it."),
    ),
    _listening(
        action=f"step({LEAP_S})",
        key="full_stop,shift+right",
        words=_("30 s on"),
        help=_("Thirty seconds on; Shift and the arrow where the terminal has it."),
    ),
    _listening(action="to_start", key="home", words=_("start"), help=_("To the start.")),
    _listening(action="to_end", key="end", words=_("end"), help=_("To the last five seconds.")),
    *(
        _listening(
            action=f"to_tenth({tenth})",
            key=str(tenth),
            key_words="0-9" if tenth == 0 else "",
            words=_("jump"),
            help=_("To a tenth of the recording: 5 is its middle."),
            hinted=tenth == 0,
            in_palette=False,
            in_help=tenth == 0,
        )
        for tenth in range(TENTHS)
    ),
    _listening(
        action="next_leg",
        key="l",
        words=_("legs"),
        help=_("Hear both legs, the adviser alone, or the caller alone."),
        hinted=True,
    ),
)
