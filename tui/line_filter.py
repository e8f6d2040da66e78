"""The last line of defence: nothing that a widget draws carries a control character to the terminal.

Text from outside is cleaned when the agent's reply is decoded and again where it becomes a cell; this
filter is for what slips past both, whichever widget drew it.
"""

from __future__ import annotations

import re

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_NEVER_DRAWN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\ud800-\udfff]"
)


class NoControlCharacters(LineFilter):
    """Put a replacement character for each; what Textual itself sends as a control passes."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        if not any(_NEVER_DRAWN.search(segment.text) for segment in segments if not segment.control):
            return segments
        return [
            segment
            if segment.control
            else Segment(_NEVER_DRAWN.sub("\N{REPLACEMENT CHARACTER}", segment.text), segment.style)
            for segment in segments
        ]
