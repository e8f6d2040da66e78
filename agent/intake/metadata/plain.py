"""Recorders whose file names say nothing that can be relied on.

It owns the decision to read nothing: a name such as a UUID, or one that means something else at every site,
is kept as it stands and gives no fact. Sidecars, tags and the file's own time remain; a site whose names do
say something describes them by a `name_pattern`.
"""

from __future__ import annotations

from agent.intake.metadata.name import IsOurs, NameFacts


def read_name(relative_name: str, is_ours: IsOurs) -> NameFacts:
    """Give the facts of a name that has none, without a problem: none were promised."""
    return NameFacts()
