"""What a role is called on the screen."""

from __future__ import annotations

from agent.wire import Role
from tui.text import _


def role_words(role: Role) -> str:
    return {
        Role.ADVISER: _("adviser"),
        Role.MANAGER: _("manager"),
        Role.CONTROLLER: _("register controller"),
        Role.ADMINISTRATOR: _("system administrator"),
        Role.MAINTENANCE: _("technical maintenance"),
        Role.SECURITY: _("security"),
        Role.DPO: _("data protection officer"),
    }[role]
