"""`earwitness-agent`, and `python -m agent`."""

from __future__ import annotations

from agent.cli.program import Commands, program

program.commands = Commands(  # type: ignore[assignment]  # read, and never written
    {
        "init": "init",
        "run": "run",
        "sentry": "sentry",
        "status": "status",
        "doctor": "doctor",
        "account": "account",
        "scan": "scan",
        "quarantine": "quarantine",
        "source": "source",
        "unmatched": "unmatched",
        "verify": "verify",
        "checkpoint": "verify",
        "prove": "verify",
        "export-log": "verify",
        "log": "log",
        "demo": "demo",
    }
)
"""As a person needs them."""


def main() -> None:
    program(prog_name="earwitness-agent")


if __name__ == "__main__":
    main()
