"""Reports that the agent does not have yet, on disk, in case the sentry dies before the agent is back.

    run_dir/journal    mode 0600; one JSON object a line: a report (`protocol.py`) with its `run`, without `name` and
                       without the words of `who` (`command`, `comm`, parents' programs): no customer data lies here

It lies on a file system that is not watched, best in memory (/run). It is not synced: it outlives the process, not the
machine; what a power cut takes is covered by the gap that the next run reports. It is bounded; what does not fit is in
the outbox only.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from agent.sentry.protocol import Message

MOST_BYTES = 16 << 20
NAME = "journal"


class Journal:
    """Appends; empties itself when everything has been acknowledged.

    Args:
        folder: Is there, and may only be used by this user.
        run: Of the sentry that writes.
    """

    def __init__(self, folder: Path, run: str, *, most_bytes: int = MOST_BYTES) -> None:
        self._run = run
        self._most_bytes = most_bytes
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
        self._fd = os.open(folder / NAME, flags, 0o600)
        self._bytes = os.fstat(self._fd).st_size

    def left_over(self) -> tuple[list[Message], int]:
        """Reports of a run before this one; and how many lines cannot be read."""
        text = b""
        while part := os.pread(self._fd, self._most_bytes, len(text)):
            text += part
        found, unreadable = [], 0
        for line in text.splitlines():
            try:
                found.append(_report(line))
            except ValueError:
                unreadable += 1
        return found, unreadable

    def keep(self, report: Message) -> None:
        """Write a report down, if there is room and the file can be written."""
        line = json.dumps({**without_words(report), "run": self._run}, separators=(",", ":")).encode("ascii") + b"\n"
        if self._bytes + len(line) > self._most_bytes:
            return
        with suppress(OSError):
            self._bytes += os.write(self._fd, line)

    def keep_all(self, reports: Iterable[Message]) -> None:
        for report in reports:
            self.keep(report)

    def empty(self) -> None:
        """The agent has everything."""
        if self._bytes:
            with suppress(OSError):
                os.ftruncate(self._fd, 0)
                self._bytes = 0

    def close(self) -> None:
        os.close(self._fd)


def without_words(report: Message) -> Message:
    """A report without what may be customer data."""
    kept = {key: value for key, value in report.items() if key != "name"}
    if kept["what"] in ("counted", "difference"):
        kept["exe"] = ""
    if "who" in kept:
        parents = [{**parent, "exe": ""} for parent in kept["who"]["parents"]]
        kept["who"] = {**kept["who"], "command": [], "comm": "", "parents": parents}
        if not kept["who"]["is_exe_roots"]:
            kept["who"]["exe"] = ""
    return kept


def _report(line: bytes) -> Message:
    report = json.loads(line)
    if isinstance(report, dict) and isinstance(report.get("run"), str) and isinstance(report.get("n"), int):
        return report
    raise ValueError("not a report")
