"""Names that attack whoever shows them: terminal escapes, reordering, and Textual's markup."""

from __future__ import annotations

HOSTILE = (
    "\x1b]0;owned\x07Åsa",
    "\x9b31mC1 red",
    "\u202egnp.exe\u2066x",
    "[red]bold[/red].wav",
    "[@click=app.quit]click[/]",
    "[/nope",
    "a\x00b\rc\nd\x1b[2Je",
    "zero\u200bwidth\u00adsoft",
)

ATTACK_BYTES = (
    b"\x1b]0;owned",
    b"\x9b31m",
    b"\x1b[2Je",
    b"\x00",
    *(character.encode() for character in "\x9b\u202e\u2066\u200b\u00ad"),
)
"""What none of them may leave in the terminal's input. (A byte 0x9b alone occurs inside UTF-8 characters.)"""
