"""From a report to an entry: what stands in the leaf, and what only in words that can be erased.

    action             detail
    ─────────────────  ───────────────────────────────────────────────────────────────────────────────────────────
    file.open          place, file (HMAC of the name), device, inode, pid, started, euid, login_uid, os_session, exe,
                       command (HMAC), cgroup, seen_by (`fanotify`, `watchdog`); late and opened_at when it went on
                       before its entry; uncertain when the process was gone before it was read; unattributed, with
                       a count, when nobody could be named
    sentry.counted     place, exe, count, since, until: expected opens
    sentry.gap         why, since, until, lost
    sentry.late        first, last, count: requests whose entries say less than they should: their opens went on before
    sentry.difference  missed_by, opened_at, device, inode, pid, login_uid, exe

The target is the recording's id when it is a sealed one, else the place. Names of files and words of command lines are
customer data: only their digests are in the leaf. The words of a command line, its forebears and its place in the tree
of services stand under the digest in `reason`, beside the log, where they can be erased; names of files do not.
A program's path stands as it is when the file is root's and lies where the system's programs lie; else its digest.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass

from agent.audit.entry import Actor, Draft, rfc3339
from agent.direct_opens.reports import Counted, Difference, Gap, Late, Open, Who
from agent.wire import Outcome

VIA = "sentry"
SYSTEM_FOLDERS = ("/bin/", "/lib/", "/lib64/", "/opt/", "/sbin/", "/usr/")
_SEALED = re.compile(r"(?:[0-9a-f]{2}|new)/([0-9a-f]{32})(?:\.sealed)?")
_SYSTEM_PATH = re.compile(r"[\w@.:+,/-]{1,200}", re.ASCII)
_UNIT = re.compile(r"(?:/[\w@.:-]+\.slice)*/[\w@.:-]+\.(?:service|scope|slice)", re.ASCII)
_OF_A_USER = re.compile(r"(/user@[0-9]+\.service)/.*")

Digest = Callable[[str, str], str]
"""Kind and words: `AccessLog.digest`."""
Detail = dict[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Entering:
    draft: Draft
    words: str | None = None
    """To be kept under a digest in `reason`."""


def entering(report: Open | Counted | Gap | Late | Difference, run: str, digest: Digest, *, is_late: bool) -> Entering:
    """What a report becomes.

    Args:
        report: Of the sentry.
        run: Which sentry.
        digest: Stand-in for what is customer data.
        is_late: The open has gone on, or may have, before this is durable.
    """
    request = report.of or f"{run}/{report.n}"
    match report:
        case Open():
            return _opened(report, request, digest, is_late=is_late)
        case Counted():
            detail: Detail = {
                "place": report.place,
                "exe": digest("exe", clean(report.exe)) if not is_system_path(report.exe) else report.exe,
                "count": report.count,
                "since": rfc3339(report.since_ms),
                "until": rfc3339(report.until_ms),
                "seen_by": "fanotify",
            }
            actor = Actor(uid=report.uid, via=VIA)
            return Entering(
                Draft(actor, "sentry.counted", Outcome.ALLOWED, target=report.place, detail=detail, request_id=request)
            )
        case Gap():
            return Entering(
                gap(report.why, report.since_ms, report.until_ms, run=run, lost=report.lost, request=request)
            )
        case Late():
            first, last = f"{run}/{report.first}", f"{run}/{report.last}"
            return Entering(
                Draft(
                    Actor(via=VIA),
                    "sentry.late",
                    Outcome.FAILED,
                    detail={"first": first, "last": last, "count": report.count},
                    request_id=request,
                )
            )
        case Difference():
            return _difference(report, request, digest)


def gap(why: str, since_ms: int, until_ms: int, *, run: str, lost: int | None = None, request: str = "") -> Draft:
    """That nobody watched, or not all, from when to when."""
    detail: Detail = {
        "why": why,
        "since": rfc3339(min(since_ms, until_ms)),
        "until": rfc3339(until_ms),
        "lost": lost,
        "run": run,
    }
    return Draft(Actor(via=VIA), "sentry.gap", Outcome.FAILED, detail=detail, request_id=request)


def _opened(report: Open, request: str, digest: Digest, *, is_late: bool) -> Entering:
    who = report.who
    detail: Detail = {
        "place": report.place,
        "file": None if report.name is None else digest("file", clean(report.name)),
        "device": report.device,
        "inode": report.inode,
        **_process(who, digest),
        "seen_by": "fanotify",
    }
    if is_late:
        detail |= {"late": 1, "opened_at": rfc3339(report.at_ms)}
    if not who.is_certain:
        detail["uncertain"] = 1
    draft = Draft(
        Actor(uid=who.uid, via=VIA),
        "file.open",
        Outcome(report.outcome),
        target=target(report.place, report.name),
        detail=detail,
        request_id=request,
    )
    return Entering(draft, _words(who))


def _process(who: Who, digest: Digest) -> Detail:
    command = shlex.join(who.command)
    return {
        "pid": who.pid,
        "started": who.started_ticks,
        "euid": who.euid,
        "login_uid": who.login_uid,
        "os_session": who.session_id,
        "exe": who.exe if who.is_exe_roots and is_system_path(who.exe) else digest("exe", clean(who.exe)),
        "command": digest("command", clean(command)),
        "cgroup": unit(who.cgroup),
    }


def _words(who: Who) -> str | None:
    if not who.command and not who.comm:
        return None
    forebears = " < ".join(f"{parent.exe or '?'} ({parent.pid})" for parent in who.parents)
    said = f"{shlex.join(who.command)} [{who.comm}] {who.exe} < {forebears}; {who.cgroup}"
    return clean(said)


def _difference(report: Difference, request: str, digest: Digest) -> Entering:
    detail: Detail = {
        "missed_by": report.missed_by,
        "opened_at": rfc3339(report.at_ms),
        "device": report.device,
        "inode": report.inode,
        "pid": report.pid,
        "login_uid": report.login_uid,
        "exe": digest("exe", clean(report.exe)),
    }
    actor = Actor(uid=report.uid, via=VIA)
    return Entering(Draft(actor, "sentry.difference", Outcome.FAILED, detail=detail, request_id=request))


def target(place: str, name: str | None) -> str:
    """The recording of a sealed file, else the place."""
    sealed = _SEALED.fullmatch(name or "") if place == "vault" else None
    return sealed[1] if sealed else place


def is_system_path(path: str) -> bool:
    """Whether a program's path is one that only the system's own staff could have chosen."""
    return path.startswith(SYSTEM_FOLDERS) and _SYSTEM_PATH.fullmatch(path) is not None and "/../" not in path


def unit(cgroup: str) -> str | None:
    """A control group as far as the system named it; None when it is not one of systemd's."""
    cgroup = _OF_A_USER.sub(r"\1", cgroup)
    return cgroup if len(cgroup) <= 200 and _UNIT.fullmatch(cgroup) else None


def clean(text: str) -> str:
    """Outside text as it can be stored: bytes that are no UTF-8 become question marks of their own."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
