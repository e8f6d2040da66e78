"""Where `earwitness` starts: the language first, then the command line.

Words are made when a module is imported (help, key bindings), so the language is chosen before any such
module is. It also sees to it that the program ends quietly and tidily: a signal unwinds it, and an
unforeseen error shows where it happened and never the values that were at hand.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType, TracebackType


def main() -> int:
    """Run the command line on this process's arguments; the status to exit with."""
    sys.excepthook = _say_where_only
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _unwind)

    from tui.text import choose_language

    choose_language(asked_language(sys.argv[1:]))

    from tui.cli.program import program

    status: int | None = program.main(prog_name="earwitness")
    return status or 0


def asked_language(arguments: Sequence[str]) -> str | None:
    """The value of the last `--lang` before a `--`; whether it is one of ours is checked later."""
    asked = None
    for place, argument in enumerate(arguments):
        if argument == "--":
            break
        name, equals, value = argument.partition("=")
        if name == "--lang":
            asked = value if equals else next(iter(arguments[place + 1 : place + 2]), None)
    return asked


def _unwind(number: int, _frame: FrameType | None) -> None:
    """Leave through every `finally`, where temporary files, ssh and the terminal are put right."""
    raise SystemExit(128 + number)


def _say_where_only(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """In place of Python's traceback, whose messages and source lines may hold numbers and names."""
    from tui.text import _

    where = "?"
    while trace is not None:
        code = trace.tb_frame.f_code
        where = f"{Path(code.co_filename).name}:{trace.tb_lineno} ({code.co_name})"
        trace = trace.tb_next
    said = _("This is a mistake in earwitness: {kind} at {where}. Report these words to its maintainers.")
    os.write(sys.stderr.fileno(), (said.format(kind=kind.__name__, where=where) + "\n").encode())


if __name__ == "__main__":
    sys.exit(main())
