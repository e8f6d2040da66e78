"""The run file: which sentry ran, until when it certainly lived, and whether it left by itself.

    run_dir/run    mode 0600; one line of JSON: run, since_ms, has_left; the file's time of change is when it last lived

The next sentry reads it, so that a gap begins when the one before died and not when somebody noticed.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

NAME = "run"
TOUCH_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class Previous:
    run: str
    alive_ms: int
    has_left: bool


class RunFile:
    def __init__(self, folder: Path) -> None:
        self._fd = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)

    def previous(self) -> Previous | None:
        """The run before this one; None when there was none since the machine started."""
        text = os.pread(self._fd, 4096, 0)
        try:
            values = json.loads(text)
            alive_ms = os.fstat(self._fd).st_mtime_ns // 1_000_000
            return Previous(str(values["run"]), alive_ms, bool(values["has_left"]))
        except (ValueError, KeyError, TypeError):
            return None

    def begin(self, run: str, since_ms: int) -> None:
        self._write(run, since_ms, has_left=False)

    def leave(self, run: str, since_ms: int) -> None:
        self._write(run, since_ms, has_left=True)

    def _write(self, run: str, since_ms: int, *, has_left: bool) -> None:
        line = json.dumps({"run": run, "since_ms": since_ms, "has_left": has_left}).encode() + b"\n"
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, line, 0)

    def touch(self) -> None:
        """It lives."""
        with suppress(OSError):
            os.utime(self._fd)

    def close(self) -> None:
        os.close(self._fd)
