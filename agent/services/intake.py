"""Looking at the intake, taking a quarantined file in after all, acknowledging what became of recordings in place."""

from __future__ import annotations

from agent import wire
from agent.errors import Conflict, NotFound
from agent.installation import Installation
from agent.intake.loop import IntakeLoop
from agent.intake.pipeline import Pipeline
from agent.intake.scan_state import running_scan
from agent.intake.spool import SpoolStatus
from agent.intake.standing import Standing
from agent.intake.wav import NotWav
from agent.services import acknowledging
from agent.services.bodies import instant, quarantine_body
from agent.services.caller import Caller
from agent.services.gate import Access, Gate
from agent.services.listening import Stated
from agent.services.news import News
from agent.services.quarantined import FileRelease, released
from agent.services.snapshot import Snapshots
from agent.wire import Capability
from db.queries import contacts, quarantine
from db.records import ContactRecord

LISTING = "quarantine"


class IntakeDesk:
    """What people can do about the intake. Every method raises what `agent.services.gate` does."""

    def __init__(self, gate: Gate, pipeline: Pipeline, loop: IntakeLoop, news: News) -> None:
        self._gate = gate
        self._house = gate.house
        self._pipeline = pipeline
        self._loop = loop
        self._news = news
        self._snapshots = Snapshots(gate.house.keys.snapshot)

    def status(self, caller: Caller) -> wire.IntakeStatus:
        """What the intake does. It shows no file and no contact, only counts, and is no entry itself; a refusal is."""
        with self._gate.access(caller, "intake.read", needs=Capability.INTAKE_READ, is_covered=True):
            return intake_body(self._house, self._loop)

    def quarantine(
        self, caller: Caller, *, offset: int, limit: int, as_of: str | None
    ) -> wire.Page[wire.QuarantineItem]:
        """What could not be taken in; names of files are customer data, so the look is an entry."""
        session = caller.person.session.id
        up_to = self._snapshots.up_to(as_of, session=session, listing=LISTING, query="")
        needs = Capability.INTAKE_READ
        with self._gate.access(caller, "quarantine.read", needs=needs, is_covered=up_to is not None):
            newest = self._house.now_ms() if up_to is None else up_to
            token = self._snapshots.token(session=session, listing=LISTING, query="", up_to=newest)
            items = quarantine.open_items(offset=offset, limit=limit, up_to_ms=newest)
            return wire.Page[wire.QuarantineItem](items=[quarantine_body(item) for item in items], as_of=token)

    def retry(self, caller: Caller, item_id: str) -> None:
        """Read a quarantined file once more, for instance after an upgrade or a corrected setting.

        Raises:
            Conflict: it still is no recording.
        """
        target = target_of(self._gate, item_id)
        with self._gate.access(caller, "quarantine.retry", needs=Capability.QUARANTINE_RETRY, target=target) as access:
            contact = retried(access, self._pipeline, item_id)
        if contact is not None:
            self._news.publish("contacts", contact.adviser_account)
        self._loop.rescan()
        self._news.publish("intake")

    def export(self, caller: Caller, item_id: str, stated: Stated) -> FileRelease:
        """Release the untouched file of an item; see `agent.services.quarantined`."""
        target, needs = target_of(self._gate, item_id), Capability.QUARANTINE_EXPORT
        with self._gate.access(caller, "quarantine.export", needs=needs, target=target) as access:
            return released(access, item_id, stated)

    def acknowledge(self, caller: Caller, source: str, asked: wire.AcknowledgeStanding) -> None:
        """Say that it is known what the recordings in place of a source have become.

        Raises:
            Conflict: they have become something else meanwhile; nothing is acknowledged.
        """
        target, needs = acknowledging.target_of(self._house, source), Capability.SOURCE_ACKNOWLEDGE
        with self._gate.access(caller, acknowledging.ACTION, needs=needs, target=target) as access:
            seen = Standing(asked.changed, asked.vanished, asked.newest_seq)
            acknowledging.acknowledged(access, source, asked.reason, seen)
        self._news.publish("intake")


def target_of(gate: Gate, item_id: str) -> str:
    """What the log calls an item: its id, or a digest when there is none, since anything may have been typed."""
    with gate.reading():
        is_known = quarantine.by_id(item_id) is not None
    return item_id if is_known else gate.house.log.digest("quarantine", item_id)


def retried(access: Access, pipeline: Pipeline, item_id: str) -> ContactRecord | None:
    """Make a sealed item a contact, or have one that was left in its spool looked at again. Inside the gate.

    Raises:
        NotFound: there is no such item.
        Conflict: it still is no recording, or has been taken in already.
    """
    house = access.house
    item = quarantine.by_id(item_id)
    if item is None:
        raise NotFound(kind="quarantined file", id=item_id)
    contact: ContactRecord | None = None
    if item.wrapped_key is not None:
        try:
            contact = pipeline.quarantine.read_again(item)
        except NotWav as error:
            raise Conflict(what=f"the file is still no recording ({error.reason})") from error
        access.detail["contact"] = contact.id

    def job() -> None:
        if not quarantine.end(item.id, house.now_ms()):
            raise Conflict(what="the file has left the quarantine already")
        if contact is not None:
            contacts.add(contact)

    access.commit(job)
    return contact


def intake_body(house: Installation, loop: IntakeLoop) -> wire.IntakeStatus:
    """Inside a read of the register."""
    return wire.IntakeStatus(
        sources=[_source_body(spool) for spool in loop.status()],
        paused=loop.paused,
        by_minute=loop.by_minute.last_hour(house.now_ms()),
        quarantined=quarantine.count_open(),
        scan=running_scan(house.settings.state_dir),
    )


def _source_body(spool: SpoolStatus) -> wire.SourceStatus:
    at_ms = spool.last_taken_in_at_ms
    return wire.SourceStatus(
        name=spool.name,
        convention=spool.convention,
        watching=spool.watching,
        trouble=spool.trouble,
        waiting=spool.waiting,
        taken_in=spool.taken_in,
        last_taken_in_at=None if at_ms is None else instant(at_ms),
        left_alone=spool.left_alone,
        in_work=spool.in_work,
        silent_since=None if spool.silent_since_ms is None else instant(spool.silent_since_ms),
        silent_after_h=spool.silent_after_h,
        standing=None if spool.standing is None else _standing_body(spool.standing),
    )


def _standing_body(found: Standing) -> wire.Standing:
    return wire.Standing(changed=found.changed, vanished=found.vanished, newest_seq=found.newest_seq)
