"""`python -m agent.sentry`, with a plan on standard input: what `earwitness-agent sentry` becomes.

It is a process of its own image, so that nothing of the register, the keys or the log is even loaded in it.
Exit codes: 0 it was asked to leave, 1 a right or the kernel's support is missing, 2 no plan.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from pathlib import Path

from agent.sentry.capabilities import AUDITING, MARKING, WATCHING, Capability, held, keep
from agent.sentry.guard import notify
from agent.sentry.loop import Sentry, most_waiting, say
from agent.sentry.plan import Plan, PlanInvalid, read

MOST_PLAN_BYTES = 1 << 20
MOST_DESCRIPTORS = 65_536


def main() -> int:
    try:
        plan = read(sys.stdin.buffer.read(MOST_PLAN_BYTES))
    except PlanInvalid as error:
        say(f"standard input: {error}; start it as earwitness-agent sentry")
        return 2
    missing = (MARKING | (AUDITING if plan.audit else set())) - held()
    if missing:
        names = ", ".join(sorted(f"CAP_{one.name}" for one in missing))
        say(f"not permitted: {names} is missing; earwitness-agent doctor says how to grant it")
        return 1
    try:
        sentry = _prepared(plan)
    except OSError as error:
        say(f"cannot watch: {error.strerror or error}")
        return 1
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sentry.leave())
    sentry.run(ready=_ready)
    return 0


def _prepared(plan: Plan) -> Sentry:
    os.umask(0o077)
    os.set_blocking(sys.stderr.fileno(), False)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_DESCRIPTORS if allowed == resource.RLIM_INFINITY else min(allowed, MOST_DESCRIPTORS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, allowed))
    Path(plan.run_dir).mkdir(mode=0o700, parents=True, exist_ok=True)
    sentry = Sentry(plan, most_waiting=most_waiting(most))
    keep(WATCHING | ({Capability.AUDIT_CONTROL} if plan.audit else set()))
    return sentry


def _ready() -> None:
    say("watches")
    notify("READY=1")


if __name__ == "__main__":
    sys.exit(main())
