"""A recording is heard and exported, through the services, piece by piece.

A line is printed for each piece: what stands for it in an agent is the bytes that go out.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from agent.audit import log
from agent.errors import EarwitnessError
from agent.installation import open_installation
from agent.services.caller import Asking
from agent.services.desk import Desk
from agent.services.listening import Stated
from agent.wire import SignIn
from tests.agent.conftest import PASSWORD
from tests.agent.stored import stored
from tests.faults.house import settings_in

USER = "the.manager"
log.PUBLISH_S = 0.0
"""Whether a head is put beside the database does not depend on the time: every run does the same calls."""


def steps(folder: Path) -> Iterator[None]:
    house = open_installation(settings_in(folder))
    desk = Desk(house)
    (contact,) = stored(house).contacts
    signing_in = Asking(uid=os.getuid(), token=None, request_id="sign-in")
    session = desk.sessions.sign_in(signing_in, SignIn(user=USER, password=PASSWORD, via="cli"))
    caller = desk.caller(Asking(uid=os.getuid(), token=session.token, request_id="asked"))
    yield
    with suppress(EarwitnessError, OSError):
        heard = desk.listening.listen(caller, contact.id, None, Stated("quality"), "bytes=0-999")
        for piece in heard.pieces():
            print("contact.listen", len(piece), flush=True)  # noqa: T201 - the test reads it
    with suppress(EarwitnessError, OSError):
        exported = desk.listening.export(caller, contact.id, None, Stated("complaint", "C-1", "she asked for it"))
        for piece in exported.pieces():
            print("contact.export", len(piece), flush=True)  # noqa: T201 - the test reads it
    yield
    house.close()
