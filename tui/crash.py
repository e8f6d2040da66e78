"""What remains of a crash: where in the code it happened, and nothing of what was on the screen.

It writes exception types and code locations only. Messages and local variables may hold names and numbers
of customers and are left out; so is the source text.
"""

from __future__ import annotations

import os
import platform
import secrets
import traceback
from datetime import UTC, datetime
from pathlib import Path


def state_folder() -> Path:
    """Where the program may keep things of the person who runs it (XDG base directory specification)."""
    named = os.environ.get("XDG_STATE_HOME", "")
    base = Path(named) if named.startswith("/") else Path.home() / ".local" / "state"
    return base / "earwitness"


def record(error: BaseException) -> str:
    """Write the record of a crash, readable by its owner only, and return its incident id.

    A record that cannot be written is given up: the id is still good for what the person says on the
    telephone.
    """
    incident = secrets.token_hex(4)
    try:
        folder = state_folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(folder / f"crash-{incident}.txt", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "w", encoding="utf-8") as out:
            out.write(redacted(error, incident))
    except OSError:
        pass
    return incident


def redacted(error: BaseException, incident: str) -> str:
    """The chain of exceptions as types and code locations, the innermost cause first."""
    lines = [
        f"incident {incident}",
        f"at {datetime.now(UTC).isoformat(timespec='seconds')}",
        f"python {platform.python_version()}",
    ]
    for link in reversed(_chain(error)):
        lines.append(f"{type(link).__module__}.{type(link).__qualname__}")
        lines.extend(
            f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}"
            for frame in traceback.StackSummary.extract(traceback.walk_tb(link.__traceback__), lookup_lines=False)
        )
    return "\n".join(lines) + "\n"


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return chain
