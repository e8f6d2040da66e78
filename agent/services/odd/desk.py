"""What is odd in the log, for whoever reviews it, and that somebody looked into it."""

from __future__ import annotations

import re

from agent import wire
from agent.errors import NotFound, WrongUse
from agent.services.audit import READING
from agent.services.bodies import instant
from agent.services.caller import Caller
from agent.services.gate import Gate
from agent.services.odd.finding import ID_BYTES, Finding
from agent.services.odd.watch import OddWatch
from agent.wire import PAGE_LIMIT, Capability
from db.queries import log as stored
from db.queries import log_words, odd_acknowledgements
from db.records import AcknowledgementRecord

_ID = re.compile(f"[0-9a-f]{{{2 * ID_BYTES}}}")


class OddDesk:
    """Every method raises what `agent.services.gate` does."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._house = gate.house
        self._watch = OddWatch(gate.house)

    def findings(self, caller: Caller, *, acknowledged: bool) -> wire.Page[wire.Odd]:
        """What nobody has acknowledged, newest first; with `acknowledged`, the rest too."""
        with self._gate.access(caller, READING, needs=Capability.AUDIT_READ) as access:
            access.detail["shown"] = "odd"
            known = odd_acknowledgements.newest()
            listed = [
                (finding, known.get(finding.id))
                for finding in self._watch.findings()
                if acknowledged or not _holds(known.get(finding.id), finding)
            ][:PAGE_LIMIT]
            remarks = log_words.behind(record.remark for _, record in listed if record is not None)
            items = [_odd_body(finding, record, remarks) for finding, record in listed]
            return wire.Page[wire.Odd](items=items, as_of=str(stored.size()))

    def unacknowledged(self) -> int:
        """How many findings wait for somebody. Inside a read."""
        known = odd_acknowledgements.newest()
        return sum(not _holds(known.get(finding.id), finding) for finding in self._watch.findings())

    def acknowledge(self, caller: Caller, finding_id: str, remark: str) -> None:
        """Say that somebody has looked into a finding as it is now. When it grows, it is odd again.

        Raises:
            NotFound: nothing odd is called so, or not any more.
            WrongUse: the remark says nothing.
        """
        target = finding_id if _ID.fullmatch(finding_id) else self._house.log.digest("finding", finding_id)
        with self._gate.access(caller, "odd.acknowledge", needs=Capability.AUDIT_READ, target=target) as access:
            said = remark.strip()
            if not said:
                raise WrongUse(what="an acknowledgement needs a remark in words (--remark)")
            finding = next((one for one in self._watch.findings() if one.id == finding_id), None)
            if finding is None:
                raise NotFound(kind="finding", id=finding_id)
            access.said = said
            access.detail.update(rule=finding.rule, newest=finding.newest_seq)
            record = AcknowledgementRecord(
                finding=finding.id,
                at_ms=self._house.now_ms(),
                account=caller.user,
                newest_seq=finding.newest_seq,
                remark=self._house.log.digest("reason", said),
            )
            access.commit(lambda: odd_acknowledgements.add(record))


def _holds(record: AcknowledgementRecord | None, finding: Finding) -> bool:
    return record is not None and record.newest_seq >= finding.newest_seq


def _odd_body(finding: Finding, record: AcknowledgementRecord | None, remarks: dict[str, str]) -> wire.Odd:
    return wire.Odd(
        id=finding.id,
        rule=finding.rule,
        at=instant(finding.at_ms),
        account=finding.account,
        uid=finding.uid,
        target=finding.target,
        measured=finding.measured,
        query=finding.query.strip(),
        acknowledged=None
        if record is None or not _holds(record, finding)
        else wire.Acknowledged(
            at=instant(record.at_ms), by=record.account, remark=remarks.get(record.remark, record.remark)
        ),
    )
