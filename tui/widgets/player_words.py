"""What the player's line says: position and length, state, legs, purpose, and what is wrong."""

from __future__ import annotations

from textual.content import Content

from tui.player.legs import Legs
from tui.player.player import Player, State
from tui.text import _, sentence
from tui.widgets.contact_words import length_words


def player_words(player: Player, *, purpose: str) -> Content:
    """One line; a failure takes another.

    Args:
        player: What plays.
        purpose: What it was opened for; empty when that was not yet said.
    """
    position = f"{length_words(player.position_s)} / {length_words(player.duration_s)}"
    parts = [Content.styled(position, "bold"), _state_words(player)]
    if player.has_legs:
        parts.append(Content(_legs_words(player.legs, are_known=bool(player.sides))))
    if purpose:
        parts.append(Content.styled(_("purpose: {purpose}").format(purpose=purpose), "$text-muted"))
    line = Content(" · ").join(parts)
    if player.error is not None:
        return Content("\n").join([line, Content.styled(sentence(player.error), "bold $error")])
    if player.is_audible is False and player.state is not State.IDLE:
        silent = _("No sound device here: it plays silently.")
        return Content("\n").join([line, Content.styled(silent, "$warning")])
    return line


def _state_words(player: Player) -> Content:
    match player.state:
        case State.IDLE:
            return Content(_("not yet opened"))
        case State.FETCHING:
            return Content(_("fetching …"))
        case State.PLAYING:
            return Content.styled(_("playing"), "$success")
        case State.PAUSED:
            return Content(_("paused"))
        case State.ENDED:
            return Content(_("at the end"))
        case State.FAILED:
            return Content.styled(_("stopped"), "bold $error")


def _legs_words(legs: Legs, *, are_known: bool) -> str:
    if not are_known:
        return {
            Legs.BOTH: _("both channels"),
            Legs.ADVISER: _("the left channel alone"),
            Legs.CALLER: _("the right channel alone"),
        }[legs]
    return {
        Legs.BOTH: _("both legs"),
        Legs.ADVISER: _("the adviser alone"),
        Legs.CALLER: _("the caller alone"),
    }[legs]
