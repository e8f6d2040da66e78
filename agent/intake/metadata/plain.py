"""Recorders whose file names say nothing that can be relied on.

It owns the decision to read nothing: a name such as a UUID, or one that means something else at every site,
is kept as it stands and gives no fact. Sidecars, tags and the file's own time remain; a site whose names do
say something asks for a convention of their own beside this one.
"""

from __future__ import annotations

from agent.intake.metadata.name import NameFacts


def read_name() -> NameFacts:
    """Give the facts of a name that has none, without a problem: none were promised."""
    return NameFacts()
