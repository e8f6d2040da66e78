"""Every action that the agent can log has a sentence, and no sentence is of an action that does not exist."""

from __future__ import annotations

import ast
import re

from tests.translations import ROOT
from tui.widgets.action_words import action_sentence, known_actions

NO_ACTIONS = {"agent.sentry", "agent.sock", "agent.toml", "contact.annotate", "intake.claims", "log.key"}
"""They are written like one: files, a module, a capability."""


def written_in_the_agent() -> set[str]:
    """Texts in its source that are written like an action of a kind that is known."""
    kinds = "|".join(sorted({action.partition(".")[0] for action in known_actions()}))
    written = re.compile(rf"({kinds})\.[a-z_]+")
    nodes = (node for file in (ROOT / "agent").rglob("*.py") for node in ast.walk(ast.parse(file.read_text("utf-8"))))
    texts = (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return {text for text in texts if written.fullmatch(text)} - NO_ACTIONS


def test_every_action_of_the_agent_has_a_sentence() -> None:
    assert written_in_the_agent() == set(known_actions())
    assert all(action_sentence(action).endswith(".") for action in known_actions())
    assert action_sentence("new.action") == ""
