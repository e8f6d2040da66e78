"""A report of the sentry, checked: it comes from another process and carries outside text.

The keys are those of `agent.sentry.protocol`; unknown ones are ignored, so that a newer sentry may say more.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

Ms = Annotated[int, Field(ge=0, lt=1 << 53)]
Number = Annotated[int, Field(ge=0, lt=1 << 63)]
Run = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Parent(_Said):
    pid: Number
    exe: str


class Who(_Said):
    pid: Number
    started_ticks: Number
    uid: Number | None
    euid: Number | None
    login_uid: Number | None
    session_id: Number | None
    comm: str
    exe: str
    is_exe_roots: bool
    command: tuple[str, ...]
    parents: tuple[Parent, ...]
    cgroup: str
    is_certain: bool


class _Report(_Said):
    n: Number
    of: Annotated[str, Field(pattern=r"^[0-9a-f]{16}/[0-9]{1,15}$")] | None


class Open(_Report):
    what: Literal["open"]
    at_ms: Ms
    by_ms: Ms
    outcome: Literal["allowed", "refused"]
    late: bool
    place: str
    name: str | None
    device: Number
    inode: Number
    who: Who


class Counted(_Report):
    what: Literal["counted"]
    place: str
    exe: str
    uid: Number | None
    count: Number
    since_ms: Ms
    until_ms: Ms


class Gap(_Report):
    what: Literal["gap"]
    why: Annotated[str, Field(max_length=200)]
    since_ms: Ms
    until_ms: Ms
    lost: Number | None


class Late(_Report):
    what: Literal["late"]
    first: Number
    last: Number
    count: Number


class Difference(_Report):
    what: Literal["difference"]
    missed_by: Literal["fanotify", "audit"]
    at_ms: Ms
    pid: Number
    uid: Number | None
    login_uid: Number | None
    exe: str
    device: Number
    inode: Number


Report = Annotated[Open | Counted | Gap | Late | Difference, Field(discriminator="what")]
report = TypeAdapter[Open | Counted | Gap | Late | Difference](Report)


class Previous(_Said):
    run: Run
    alive_ms: Ms
    has_left: bool


class Hello(_Said):
    v: int
    run: Run
    since_ms: Ms
    unwatched: tuple[str, ...]
    audit: bool
    previous: Previous | None
