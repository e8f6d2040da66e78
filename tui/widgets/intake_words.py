"""The intake in words: what is wrong with it, how a source is, and why a file could not be taken in.

It asks nobody; the clock is handed in. What it returns may hold outside text.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from agent import wire
from tui.text import _, ngettext, pgettext
from tui.widgets.columns import Tone
from tui.widgets.list_status import grouped
from tui.widgets.section import Line, Words

NEVER = "–"
NOT_PERMITTED = "Permission denied"
"""EACCES, in the system's own words."""
SILENCE = "no file for "
"""So the agent's words for a silence begin; the screen has words of its own for it."""
STANDING = "of the recordings in place "
"""The same for what they have become."""


def reason_sentence(reason: str) -> str:
    """Why a file lies in quarantine; a reason that is not known stands as it is."""
    return {
        "not-audio": _("It is no sound file."),
        "empty": _("It is empty."),
        "no-samples": _("It is a sound file without any sound in it."),
        "no-format": _("It does not say how its sound is written."),
        "impossible-format": _("What it says about its sound cannot be."),
        "not-a-regular-file": _("It is no plain file, but for instance a link to one."),
        "unreadable": _("It cannot be read."),
        "sidecar-without-recording": _("It tells about a recording that has not come."),
        "recording-unreadable": _("It tells about a recording that cannot be read any more."),
    }.get(reason, reason)


def reason_word(reason: str) -> str:
    """The same in two or three words, for a column."""
    return {
        "not-audio": _("no sound file"),
        "empty": pgettext("of a file", "empty"),
        "no-samples": _("no sound in it"),
        "no-format": _("no format"),
        "impossible-format": _("impossible format"),
        "not-a-regular-file": _("no plain file"),
        "unreadable": _("unreadable"),
        "sidecar-without-recording": _("no recording"),
        "recording-unreadable": _("broken recording"),
    }.get(reason, reason)


def next_step(reason: str, detail: str = "") -> str:
    """What can be done about it; empty for a reason that is not known."""
    other_reader = _("Another version may read it: then take it in again. Its vendor can say what the file is.")
    no_sound = _("The recorder began it and wrote no sound: look at its disk and at its own log.")
    return {
        "not-audio": _("If it should have been a recording, its vendor can say what the file is."),
        "empty": no_sound,
        "no-samples": no_sound,
        "no-format": other_reader,
        "impossible-format": other_reader,
        "not-a-regular-file": _("Nothing is followed out of the spool: put the recording itself there."),
        "unreadable": (
            _("Let the agent's user read it, then take it in again.")
            if detail == NOT_PERMITTED
            else _("Look at the disk or share it lies on. It is tried again at every look, and holds up no other file.")
        ),
        "sidecar-without-recording": _("Its recording is lost or late. When it comes, the two find each other."),
        "recording-unreadable": _(
            "Verify the recordings on the server. It is taken in once its own can be read again."
        ),
    }.get(reason, "")


SEALED, IN_SPOOL = KEPT_WORDS = (_("sealed"), _("in spool"))


def kept_words(item: wire.QuarantineItem) -> str:
    return SEALED if item.sealed else IN_SPOOL


def size_words(size_bytes: int) -> str:
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size_bytes >= size:
            return f"{size_bytes / size:.1f} {unit}"
    return f"{size_bytes} B"


def trouble_words(trouble: str | None) -> str:
    """Why something does not work, as the agent or its system says it; what is not known here stands as it is."""
    for beginning, words in (
        ("the spool cannot be read (", _("the spool cannot be read: {why}")),
        ("the spool cannot be watched (", _("the spool cannot be watched: {why}")),
        ("the call records cannot be read (", _("the call records cannot be read: {why}")),
    ):
        if trouble is not None and trouble.startswith(beginning):
            return words.format(why=trouble_words(trouble.removeprefix(beginning).removesuffix(")")))
    return {
        None: "?",
        "No space left on device": _("the disk is full"),
        "Disk quota exceeded": _("the disk's quota is used up"),
        "Read-only file system": _("the disk can only be read"),
        "Input/output error": _("the disk fails"),
        "No such file or directory": _("there is no such file"),
        NOT_PERMITTED: _("it may not be read"),
        "it has not been started": _("it has not been started"),
        "it has been stopped": _("it has been stopped"),
        "the spool does not exist": _("the spool does not exist"),
        "the spool is not a folder": _("the spool is not a folder"),
        "the spool may not be read by the agent's user": _("the spool may not be read by the agent's user"),
    }.get(trouble, trouble or "?")


def ago_words(at: datetime, now: datetime) -> str:
    """How long ago it was; `just now` also for a clock that is a little ahead of ours."""
    minutes = int((now - at).total_seconds() // 60)
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return _("{count} min ago").format(count=minutes)
    if minutes < 48 * 60:
        return _("{count} h ago").format(count=minutes // 60)
    return _("{count} d ago").format(count=grouped(minutes // (24 * 60)))


def last_words(at: datetime | None, now: datetime) -> str:
    """When a file came last: the time of today, else the day, and how long ago."""
    if at is None:
        return NEVER
    here = at.astimezone()
    is_today = here.date() == now.astimezone().date()
    return f"{here:%H:%M}, {ago_words(at, now)}" if is_today else f"{here:%Y-%m-%d}, {ago_words(at, now)}"


def source_lines(sources: Sequence[wire.SourceStatus], now: datetime) -> list[Line]:
    """A heading and a line for each source, in six columns."""
    labels = (_("source"), _("waiting"), _("in work"), _("taken in"), _("last file"), _("state"))
    heading = tuple(Words(label, "muted") for label in labels)
    return [heading, *(_source_line(source, now) for source in sources)] if sources else []


def _source_line(source: wire.SourceStatus, now: datetime) -> Line:
    counts = (source.waiting - source.in_work, source.in_work, source.taken_in)
    waiting, in_work, taken_in = (Words(grouped(max(0, count))) for count in counts)
    last = Words(last_words(source.last_taken_in_at or source.silent_since, now))
    return Words(source.name), waiting, in_work, taken_in, last, _state(source)


def _state(source: wire.SourceStatus) -> Words:
    said, tone = _how_it_is(source)
    left = _("{count} left alone").format(count=grouped(source.left_alone)) if source.left_alone else ""
    return Words(" · ".join(filter(None, (said, left))), tone)


def _how_it_is(source: wire.SourceStatus) -> tuple[str, Tone]:
    if not source.watching:
        return _("! not watched"), "error"
    if source.silent_since is not None:
        return _("! silent"), "error"
    if source.standing is not None or _other_trouble(source) is not None:
        return _("! in trouble"), "error"
    return _("● watching"), "success"


def intake_title(status: wire.IntakeStatus) -> str:
    """What waits and what is in work, of all sources."""
    in_work = sum(source.in_work for source in status.sources)
    waiting = sum(source.waiting for source in status.sources) - in_work
    said = _("Intake: {waiting} waiting, {in_work} in work")
    return said.format(waiting=grouped(max(0, waiting)), in_work=grouped(in_work))


def intake_lines(status: wire.IntakeStatus) -> list[Line]:
    """Every alarm in a line of its own, the worst first; at last what goes well."""
    alarms = [*_whole_alarms(status), *_source_alarms(status.sources)]
    is_any_watched = any(source.watching for source in status.sources)
    if status.paused is not None or not is_any_watched:
        well = []
    elif all(source.watching for source in status.sources):
        well = [Words(_("● New recordings are taken in."), "success")]
    else:
        well = [Words(_("● The other sources are taken in."), "success")]
    return [(words,) for words in (*alarms, *well)]


def _whole_alarms(status: wire.IntakeStatus) -> list[Words]:
    if status.paused is not None:
        words = _("! Paused, nothing is taken in: {why}. The recordings wait in their spools.")
        return [Words(words.format(why=trouble_words(status.paused)), "error")]
    if not any(source.watching for source in status.sources):
        return [Words(_("! No source is watched, so nothing is taken in."), "error")]
    return []


def _source_alarms(sources: Sequence[wire.SourceStatus]) -> list[Words]:
    unwatched = [source for source in sources if not source.watching]
    silent = [source for source in sources if source.watching and source.silent_since is not None]
    said = _("! {source} is not watched: {why}.")
    return [
        *(
            Words(said.format(source=source.name, why=trouble_words(source.trouble).rstrip(".")), "error")
            for source in unwatched
        ),
        *(Words(_silence(source), "error") for source in silent),
        *(
            Words(f"! {source.name}: {standing_words(source.standing)}.", "error")
            for source in sources
            if source.standing is not None
        ),
        *(
            Words(f"! {source.name}: {trouble_words(trouble)}", "error")
            for source in sources
            if (trouble := _other_trouble(source)) is not None
        ),
    ]


def _other_trouble(source: wire.SourceStatus) -> str | None:
    """What else is wrong with a source that is watched, in the agent's words: what has no words here."""
    trouble = source.trouble or ""
    is_silence = source.silent_since is not None and trouble.startswith(SILENCE)
    is_standing = source.standing is not None and trouble.startswith(STANDING)
    return None if not source.watching or is_silence or is_standing else source.trouble


def standing_words(standing: wire.Standing) -> str:
    """What recordings in place have become, without a full stop."""
    changed = ngettext(
        "{count} recording in place was changed", "{count} recordings in place were changed", standing.changed
    )
    gone = ngettext("{count} recording in place is gone", "{count} recordings in place are gone", standing.vanished)
    parts = ((changed, standing.changed), (gone, standing.vanished))
    return ", ".join(words.format(count=grouped(count)) for words, count in parts if count)


def _silence(source: wire.SourceStatus) -> str:
    hours = source.silent_after_h
    if hours is None:
        return _("! {source} is silent: {why}.").format(source=source.name, why=trouble_words(source.trouble))
    words = ngettext(
        "! {source} is silent: no file for {hours} hour of office time.",
        "! {source} is silent: no file for {hours} hours of office time.",
        1 if hours == 1 else 2,
    )
    return words.format(source=source.name, hours=f"{hours:g}")
