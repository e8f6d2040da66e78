"""What an entry is found by beside its columns: the digests in it, and its case. Pure.

A digest may stand anywhere in what the action names, for instance in the query of a search. The kind of what was typed
is part of the digest, so that no kind is needed beside it. Few entries have a mark: each is a row to write.
"""

from __future__ import annotations

import json

from agent.audit.digest import DIGEST, PREFIX

SAID = "said"
CASE = "case"


def marks_of(leaf: bytes) -> list[tuple[str, str]]:
    """(kind, value) of everything that an entry is to be found by, out of its leaf."""
    fields = json.loads(leaf.decode())
    said = (fields["target"], *fields["detail"].values())
    found = [(SAID, digest) for text in said if isinstance(text, str) for digest in DIGEST.findall(text)]
    found += [(CASE, fields["case"])] if fields["case"] else []
    return list(dict.fromkeys(found))


def mark_of(digest: str) -> str:
    """The value under which a digest is stored."""
    return digest.removeprefix(PREFIX)
