"""Acknowledging what the recordings in place of a source have become: what somebody has seen, and nothing after it.

The contacts keep their remark, and every change its entry. A later change of the same recording stands anew.
"""

from __future__ import annotations

from agent.errors import Conflict, NotFound, WrongUse
from agent.installation import Installation
from agent.intake.standing import Standing, standing
from agent.services.gate import Access
from agent.services.listening import REASON_LIMIT
from db.queries import in_place

ACTION = "source.acknowledge"


def target_of(house: Installation, source: str) -> str:
    """What the log calls a source: its name, or a digest when there is none, since anything may have been typed."""
    return source if _is_known(house, source) else house.log.digest("source", source)


def acknowledged(access: Access, source: str, said: str, seen: Standing | None = None) -> Standing:
    """Let what stands of a source stand no longer. Inside the gate.

    Args:
        access: The request.
        source: Its name.
        said: Why, in words.
        seen: What it was when somebody looked; None for what it is now.

    Raises:
        WrongUse: no reason.
        NotFound: there is no such source.
        Conflict: nothing stands, or something else than was seen.
    """
    access.said = said.strip()[:REASON_LIMIT] or None
    if access.said is None:
        raise WrongUse(what="an acknowledgement needs a reason in words (--reason)")
    if not _is_known(access.house, source):
        raise NotFound(kind="source", id=source)

    def job() -> Standing:
        found = standing(source) if seen is None else standing(source, seen.newest_seq)
        if found is None or (seen is not None and found != seen):
            raise Conflict(what="nothing stands there, or something else than was seen; look again")
        in_place.acknowledge(source, found.newest_seq)
        access.detail.update(changed=found.changed, vanished=found.vanished)
        return found

    return access.commit(job)


def _is_known(house: Installation, source: str) -> bool:
    return any(known.name == source for known in house.settings.source)
