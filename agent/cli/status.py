"""`status`: what the server's own staff want to know without signing in. It shows counts, no contact and no number."""

from __future__ import annotations

import shutil
from contextlib import suppress
from importlib.metadata import version

import click
from pydantic import BaseModel

from agent.audit.checkpoint import CheckpointInvalid, CheckpointVerifier
from agent.cli.program import config_option, opened
from agent.cli.scan import progress
from agent.cli.text import _, ngettext
from agent.installation import Installation, agents_database, database_file, is_running
from agent.intake.backlog import Tally
from agent.intake.scan_state import running_scan
from agent.intake.standing import standing
from agent.services.bodies import instant
from agent.settings import Settings
from agent.wire import Instant, Outcome, ScanStatus, Standing
from db.engine import RegisterUnwritable
from db.queries import contacts, quarantine, removals
from db.queries import log as stored
from db.queries import witness as witnessed
from db.queries.contacts import ContactFilter

VERIFIED = "log.verify"
SCAN_CELLS = 16
"""Of the bar."""


class Witnessed(BaseModel):
    name: str
    size: int | None
    at: Instant | None


class Health(BaseModel):
    version: str
    running: bool
    socket: str
    contacts: int
    log_size: int
    cannot_log: str | None
    """Why nothing can be logged, and so nothing is released; null when all is well."""
    verified_at: Instant | None
    verified_whole: bool | None
    """Whether the last `verify` found everything as it was written; null when it never ran."""
    checkpoint_at: Instant | None
    checkpoint_valid: bool
    witnesses: list[Witnessed]
    quarantined: int
    sources_not_removed: int
    free_bytes: int
    scan: ScanStatus | None
    """A scan that runs; null when none does, or when it cannot say how far it is."""
    standing: dict[str, Standing]
    """What the recordings in place of a source have become, by its name; only where nobody has acknowledged it."""


@click.command(help=_("Whether the agent runs, and what it keeps."))
@config_option
@click.option("--json", "as_json", is_flag=True, help=_("One JSON object."))
def status(settings: Settings, as_json: bool) -> None:
    health = _health(settings)
    if as_json:
        click.echo(health.model_dump_json())
        return
    words = {
        _("agent"): _("running, on {socket}").format(socket=health.socket) if health.running else _("not running"),
        _("contacts"): f"{health.contacts:,}",
        _("quarantined"): f"{health.quarantined:,}",
        **({_("scan"): _how_far(health.scan)} if health.scan else {}),
        **{_("in place, {source}").format(source=name): _standing(one) for name, one in health.standing.items()},
        _("not removed from their spool"): f"{health.sources_not_removed:,}",
        _("log"): _("CANNOT LOG: {why}").format(why=health.cannot_log) if health.cannot_log else _("can be written"),
        _("log entries"): f"{health.log_size:,}",
        _("last verified"): _verified(health),
        _("newest checkpoint"): f"{health.checkpoint_at or '—'}",
        _("its signature"): _("valid") if health.checkpoint_valid else _("NOT VALID: run earwitness-agent verify"),
        **{_witness(one.name): _seen(one) for one in health.witnesses},
        _("free space"): f"{health.free_bytes / 1e9:,.1f} GB",
    }
    width = max(map(len, words))
    for name, value in words.items():
        click.echo(f"{name:<{width}}  {value}")


def _how_far(scan: ScanStatus) -> str:
    """The line that the scan shows on its own terminal."""
    tally = Tally(
        files=scan.files,
        found_bytes=scan.found_bytes,
        done_bytes=scan.done_bytes,
        taken_in=scan.taken_in,
        quarantined=scan.quarantined,
        waiting=scan.waiting,
        taken_bytes=scan.taken_bytes,
    )
    return progress(tally, (scan.at - scan.began_at).total_seconds(), SCAN_CELLS)


def _standing(one: Standing) -> str:
    words = _("{changed} changed and {vanished} gone: see earwitness-agent source acknowledge --help")
    return words.format(changed=f"{one.changed:,}", vanished=f"{one.vanished:,}")


def _verified(health: Health) -> str:
    if health.verified_at is None:
        return _("never: run earwitness-agent verify")
    found = _("whole") if health.verified_whole else _("NOT WHOLE: run earwitness-agent verify")
    return f"{health.verified_at}, {found}"


def _health(settings: Settings) -> Health:
    with opened(settings) as house, house.register.read():
        verified = stored.newest_of(VERIFIED)
        newest = stored.newest_checkpoint()
        return Health(
            version=version("earwitness"),
            running=is_running(settings),
            socket=str(settings.socket),
            contacts=contacts.count(ContactFilter()),
            log_size=stored.size(),
            cannot_log=_cannot_log(house),
            verified_at=None if verified is None else instant(int(verified.columns["at_ms"] or 0)),
            verified_whole=None if verified is None else verified.columns["outcome"] == Outcome.ALLOWED,
            checkpoint_at=None if newest is None else instant(newest.at_ms),
            checkpoint_valid=newest is not None and _is_valid(house.log.signer.verifier, newest.note),
            witnesses=_witnessed(settings),
            quarantined=quarantine.count_open(),
            sources_not_removed=len(removals.pending()),
            free_bytes=shutil.disk_usage(settings.state_dir).free,
            scan=running_scan(settings.state_dir),
            standing=_standings(settings),
        )


def _standings(settings: Settings) -> dict[str, Standing]:
    found = {source.name: standing(source.name) for source in settings.source if source.mode == "in-place"}
    return {name: Standing.model_validate(one, from_attributes=True) for name, one in found.items() if one is not None}


def _witness(name: str) -> str:
    return _("witness {name}").format(name=name)


def _seen(one: Witnessed) -> str:
    if one.size is None:
        return "—"
    return ngettext("{count} entry, {at}", "{count} entries, {at}", one.size).format(count=f"{one.size:,}", at=one.at)


def _witnessed(settings: Settings) -> list[Witnessed]:
    return [
        Witnessed(name=one.name, size=newest.size if newest else None, at=instant(newest.at_ms) if newest else None)
        for one in settings.witness
        for newest in [witnessed.newest_cosignature(one.name)]
    ]


def _cannot_log(house: Installation) -> str | None:
    """What the agent would say, seen from here: its file, its disk, the log, and whether a write gets through."""
    found = database_file(house.settings).stat()
    if is_running(house.settings) and agents_database(house.settings) not in (None, (found.st_dev, found.st_ino)):
        return "the database was replaced while the agent had it open; restart the agent"
    house.log.look()
    with suppress(RegisterUnwritable):
        house.register.write(lambda: None, is_limited=True)
    return house.log.cannot_log


def _is_valid(verifier: CheckpointVerifier, note: str) -> bool:
    try:
        verifier.open(note)
    except CheckpointInvalid:
        return False
    return True
