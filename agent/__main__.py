"""`earwitness-agent`, and `python -m agent`."""

from __future__ import annotations

from agent.cli import account, demo, doctor, init, log, quarantine, run, scan, sentry, status, unmatched, verify
from agent.cli.program import program

IN_ORDER = (
    init.init,
    run.run,
    sentry.sentry,
    status.status,
    doctor.doctor,
    account.account,
    scan.scan,
    quarantine.quarantine,
    unmatched.unmatched,
    verify.verify,
    verify.checkpoint,
    verify.prove,
    verify.export_log,
    log.log,
    demo.demo,
)
"""As a person needs them."""

for command in IN_ORDER:
    program.add_command(command)


def main() -> None:
    program(prog_name="earwitness-agent")


if __name__ == "__main__":
    main()
