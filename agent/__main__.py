"""`earwitness-agent`, and `python -m agent`."""

from __future__ import annotations

from agent.cli import account, demo, init, quarantine, run, scan, status, verify
from agent.cli.program import program

COMMANDS = (init, run, status, account, scan, quarantine, verify, demo)
"""Importing them puts them into the program, in this order."""


def main() -> None:
    program(prog_name="earwitness-agent")


if __name__ == "__main__":
    main()
