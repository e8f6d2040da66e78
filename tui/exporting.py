"""A recording, or a quarantined file, leaves the register as a file of its own; knows nothing of screens."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from agent import wire
from agent.client import Client
from agent.errors import IntegrityBroken
from tui.new_file import NewFile, refuse_existing
from tui.text import _


async def export_to(
    path: Path,
    client: Client,
    contact_id: str,
    recording: wire.Recording,
    *,
    purpose: wire.Purpose,
    reason: str,
    case: str | None,
    on_progress: Callable[[int], None],
) -> None:
    """Write the untouched file of a recording to a new file, readable by its owner alone.

    Until it is whole and its SHA-256 is the catalogue's it has no name; cancelled or failed, nothing of it remains.

    Args:
        path: Of the file; nothing may be there yet.
        client: Signed in.
        contact_id: Of the contact.
        recording: One of its recordings.
        purpose: Why; it is written into the log.
        reason: Why, in words; it too.
        case: The case that it belongs to.
        on_progress: Called with the bytes written so far.

    Raises:
        NotWritten: something has that name already, or the disk refuses.
        IntegrityBroken: what came is not what the catalogue says.
        EarwitnessError: what the agent refused.
    """
    pieces = client.export(contact_id, purpose=purpose, reason=reason, case=case, recording_id=recording.id)
    what = _("The recording {id}").format(id=recording.id)
    await _write(path, pieces, sha256=recording.sha256, what=what, on_progress=on_progress)


async def export_quarantined_to(
    path: Path,
    client: Client,
    item: wire.QuarantineItem,
    *,
    purpose: wire.Purpose,
    reason: str,
    on_progress: Callable[[int], None],
) -> None:
    """The same with the untouched file of a quarantined item.

    Raises:
        NotWritten: something has that name already, or the disk refuses.
        IntegrityBroken: what came is not what was sealed, or the item does not say what was.
        EarwitnessError: what the agent refused.
    """
    pieces = client.export_quarantined(item.id, purpose=purpose, reason=reason)
    what = _("The quarantined file {id}").format(id=item.id)
    await _write(path, pieces, sha256=item.sha256, what=what, on_progress=on_progress)


async def _write(
    path: Path, pieces: AsyncIterator[bytes], *, sha256: str | None, what: str, on_progress: Callable[[int], None]
) -> None:
    refuse_existing(path)
    written_bytes, digest = 0, hashlib.sha256()
    with NewFile(path) as file:
        async for piece in pieces:
            await asyncio.to_thread(file.write, piece)
            digest.update(piece)
            written_bytes += len(piece)
            on_progress(written_bytes)
        if digest.hexdigest() != sha256:
            raise IntegrityBroken(what=what)
        await asyncio.to_thread(file.keep)
