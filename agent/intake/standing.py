"""What recordings in place have become, as far as nobody has acknowledged it: so long it stands as a trouble.

It is read from the register whenever it is asked for, so that what somebody acknowledges stands nowhere any longer.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent.intake.in_place import CHANGED, VANISHED
from db.queries import in_place


@dataclass(frozen=True, slots=True)
class Standing:
    changed: int
    vanished: int
    newest_seq: int
    """Of the entries that tell of them: what comes later is not among them."""

    @property
    def trouble(self) -> str:
        """The same in English."""
        return f"of the recordings in place {self.changed} were changed and {self.vanished} are gone"


def standing(source: str, up_to_seq: int = in_place.LAST_SEQ) -> Standing | None:
    """What stands of a source, by entries up to one; None when nothing does. Inside a read or a job."""
    found = {one.state: one for one in in_place.open_states(source, up_to_seq)}
    if not found:
        return None
    changed, vanished = (found[state].count if state in found else 0 for state in (CHANGED, VANISHED))
    return Standing(changed, vanished, max(one.newest_seq for one in found.values()))
