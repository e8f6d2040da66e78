"""Going on after the end of the log was lost: a new epoch, whose first entry names what is missing."""

from __future__ import annotations

from agent.audit.checkpoint import Checkpoint
from agent.audit.entry import Actor, Draft
from agent.audit.epoch import begin_epoch
from agent.errors import CannotLog
from agent.installation import Installation
from agent.wire import Outcome
from db.engine import RegisterUnwritable

ACTION = "log.restored"


def restarted(house: Installation, actor: Actor, said: str) -> int:
    """Begin a new epoch of the log; its number. No agent may run meanwhile.

    The number is durable with the keys before anything is signed under it: after a crash in between the log does not go
    on, and the next restart takes the number after it.

    Raises:
        CannotLog: the first entry could not be written; the log still does not go on.
        OSError: the number could not be written with the keys.
    """
    signer = house.log.signer.in_epoch(house.log.signer.epoch + 1)
    begin_epoch(house.settings.keys, signer.epoch)

    def job() -> None:
        reason = house.log.append_reason(said)

        def draft(size: int, lost: Checkpoint | None) -> Draft:
            detail: dict[str, str | int | None] = {"epoch": signer.epoch, "kept_size": size}
            if lost is not None:
                detail |= {"lost_size": lost.size, "lost_root": lost.root.hex(), "lost_epoch": lost.epoch}
            return Draft(actor, ACTION, Outcome.ALLOWED, reason=reason, detail=detail)

        house.log.begin_epoch(signer, draft)

    try:
        house.register.write(job)
    except RegisterUnwritable as error:
        raise CannotLog(why=str(error)) from error
    house.log.remember()
    return signer.epoch
