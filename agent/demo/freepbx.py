"""How FreePBX files a call's recording: folder, name, and the sidecar that a queue leaves beside it.

2026/11/23/in-3201-0046701740612-20261123-160500-1795442698.12.wav     to an extension
2026/11/23/q-600-0046701740612-20261123-160500-1795442640.12.wav       through a queue, with q-….json
2026/11/23/out-0046701740612-3201-20261123-160500-1795442690.12.wav    to a customer

A name is type-destination-origin-date-time-uniqueid in local time. The uniqueid is epoch.sequence of the
channel's creation, so it lies before the recording's start by as long as the customer waited.
"""

from __future__ import annotations

import json
from pathlib import PurePath
from zoneinfo import ZoneInfo

from agent.demo.plan import CallPlan
from agent.demo.world import ZONE
from agent.wire import Direction

WITHHELD = "anonymous"
AGENT_FIELD = "agent"
"""The sidecar's field with the extension that took the call."""


def recording_path(plan: CallPlan) -> PurePath:
    """Name a recording, relative to the spool."""
    local = plan.started_at.astimezone(ZoneInfo(ZONE))
    number = plan.number.replace("+", "00", 1) if plan.number else WITHHELD
    extension = plan.adviser.extension
    if plan.direction is Direction.OUT:
        ends = f"out-{number}-{extension}"
    elif plan.queue:
        ends = f"q-{plan.queue}-{number}"
    else:
        ends = f"in-{extension}-{number}"
    uniqueid = f"{int(plan.started_at.timestamp()) - plan.waited_s}.{plan.sequence}"
    name = f"{ends}-{local:%Y%m%d-%H%M%S}-{uniqueid}{plan.encoding.suffix}"
    return PurePath(f"{local:%Y/%m/%d}", name)


def sidecar(plan: CallPlan) -> bytes | None:
    """Give the text of the `.json` of the same name; None when this call leaves none."""
    if plan.queue is None:
        return None
    said = {AGENT_FIELD: plan.adviser.extension, "queue": plan.queue, "waited_s": plan.waited_s}
    return json.dumps(said).encode()
