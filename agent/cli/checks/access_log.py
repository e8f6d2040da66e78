"""Whether the log can be written, and its newest head is what was signed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from agent.audit.checkpoint import CheckpointInvalid
from agent.cli.checks.finding import Examination, Finding
from agent.cli.program import opened
from agent.cli.text import _, sentence
from agent.errors import EarwitnessError
from db.engine import RegisterError
from db.queries import log as stored

LITTLE_BYTES = 1 << 30


def access_log(examination: Examination) -> Iterator[Finding]:
    try:
        with opened(examination.settings, also_as_root=True) as house, house.register.read():
            newest = stored.newest_checkpoint()
            cannot = house.log.cannot_log
            if newest is None and stored.size():
                yield Finding(_("The log has no signed head."), _("earwitness-agent verify says more."))
            elif newest is not None:
                house.log.signer.verifier.open(newest.note)
    except CheckpointInvalid:
        yield Finding(
            _("The newest head of the log is not signed by its key."), _("earwitness-agent verify says more.")
        )
        return
    except EarwitnessError as error:
        yield Finding(sentence(error), _("earwitness-agent verify says more."))
        return
    except RegisterError as error:
        yield Finding(
            _("The register cannot be read ({why}).").format(why=error), _("earwitness-agent verify says more.")
        )
        return
    if cannot is not None:
        yield Finding(
            _("The log cannot be written, and so nothing is released ({why}).").format(why=cannot),
            _("Make room or mend the disk."),
        )
    free = shutil.disk_usage(examination.settings.state_dir).free
    if free < LITTLE_BYTES:
        yield Finding(
            _("Only {count} MB are free where the recordings lie.").format(count=free // 1_000_000),
            _("Make room: when it is full, nothing is taken in and nothing is released."),
        )
