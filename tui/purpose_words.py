"""What a purpose is called on the screen: the list of the privacy notice, section 5."""

from __future__ import annotations

from agent.wire import Purpose
from tui.text import _


def purpose_words(purpose: Purpose) -> str:
    return {
        Purpose.COMMISSION: _("to check what the customer ordered"),
        Purpose.COMPLAINT: _("to prove what was said, for instance in a complaint"),
        Purpose.QUALITY: _("to secure the quality of the service"),
        Purpose.TRAINING: _("to train the staff"),
        Purpose.PLANNING: _("to plan and develop the service"),
        Purpose.SURVEY: _("to measure the quality of contacts in a survey"),
    }[purpose]


def purpose_word(purpose: str) -> str:
    """One word for it, where there is no room for more; a purpose that is not known stands as it is."""
    return {
        Purpose.COMMISSION.value: _("commission"),
        Purpose.COMPLAINT.value: _("complaint"),
        Purpose.QUALITY.value: _("quality"),
        Purpose.TRAINING.value: _("training"),
        Purpose.PLANNING.value: _("planning"),
        Purpose.SURVEY.value: _("survey"),
    }.get(purpose, purpose)
