"""The real `earwitness` on a pseudo-terminal of 120 x 40, with a session that was kept by `earwitness login`.

Measured: from starting the program to the first paint and to the first rows; each page down until the screen is whole
again, with its bytes; from the last of many held page-downs to a whole screen; memory afterwards.

Against: a Python that imports nothing but Textual and ends, started in the same way, for the start.

Bounded by: importing Textual, httpx and pydantic; building 40 lines of segments in Python for each page.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping

from agent.wire import Role
from benchmarks.figure import Figure, Peer, percentile
from benchmarks.process import memory_mb
from benchmarks.pseudo_terminal import PseudoTerminal, program
from benchmarks.scene import PASSWORD, PEOPLE, ROOT, RunningAgent, Scene

STARTS, PAGES, HELD = 5, 60, 60
FIRST_PAINT_MS, FIRST_ROWS_MS = 500, 1000
PAGE_MS, PAGE_BYTES, BLANK_MS, UI_MB = 80, 12_000, 100, 120
PAGE_DOWN, END, HOME = "\x1b[6~", "\x1b[F", "\x1b[H"
TABLE_LINES = 20
"""Lines with a date that a whole table at this size has at least."""
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


def measure(scene: Scene) -> Iterator[Figure]:
    agent, runtime = scene.agent, scene.new_folder("runtime")
    runtime.chmod(0o700)
    environment = {"XDG_RUNTIME_DIR": str(runtime), "LC_ALL": "C.UTF-8", "XDG_STATE_HOME": str(runtime)}
    _log_in(agent, environment)
    starts, pages = (2, 10) if scene.is_quick else (STARTS, PAGES)
    paints, firsts = zip(*(_start_ms(agent, environment) for _ in range(starts)), strict=True)
    bare = Peer("importing textual", percentile([_import_ms() for _ in range(starts)], 50))
    yield Figure("start to first paint, p50", percentile(paints, 50), "ms", at_most=FIRST_PAINT_MS, peer=bare)
    yield Figure("start to first rows, p50", percentile(firsts, 50), "ms", at_most=FIRST_ROWS_MS, peer=bare)
    with _opened(agent, environment) as terminal:
        taken_ms, sent_bytes = zip(*(_page_down(terminal) for _ in range(pages)), strict=True)
        yield Figure("page down, p50", percentile(taken_ms, 50), "ms")
        yield Figure("page down, p95", percentile(taken_ms, 95), "ms", at_most=PAGE_MS)
        yield Figure("page down, bytes, p95", percentile(sent_bytes, 95), "bytes", at_most=PAGE_BYTES)
        yield Figure("held page down, whole after the last", _held_ms(terminal), "ms")
        yield Figure("jump to the end, whole after", _jump_ms(terminal), "ms")
        held = memory_mb(terminal.pid)
        yield Figure("terminal's memory, RSS", held.rss, "MB", at_most=UI_MB)
        yield Figure("terminal's memory, PSS", held.pss, "MB")


def _log_in(agent: RunningAgent, environment: Mapping[str, str]) -> None:
    command = [program("earwitness"), "login", "--socket", str(agent.socket)]
    command += ["--user", PEOPLE[Role.ADMINISTRATOR], "--password-stdin"]
    subprocess.run(command, env=dict(environment), input=PASSWORD.encode(), check=True, stdout=subprocess.DEVNULL)


def _opened(agent: RunningAgent, environment: Mapping[str, str]) -> PseudoTerminal:
    terminal = PseudoTerminal([program("earwitness"), "--socket", str(agent.socket)], environment=environment)
    terminal.wait_for(_is_whole)
    terminal.settle()
    return terminal


def _start_ms(agent: RunningAgent, environment: Mapping[str, str]) -> tuple[float, float]:
    """Until something is painted, and until there are rows."""
    command = [program("earwitness"), "--socket", str(agent.socket)]
    with PseudoTerminal(command, environment=environment) as terminal:
        painted_s = terminal.wait_for(lambda rows: any("Earwitness" in row for row in rows))
        listed_s = terminal.wait_for(_is_whole)
        return (painted_s - terminal.started_at_s) * 1000, (listed_s - terminal.started_at_s) * 1000


def _import_ms() -> float:
    began_s = time.monotonic()
    subprocess.run([sys.executable, "-c", "import textual.app"], cwd=ROOT, check=True)
    return (time.monotonic() - began_s) * 1000


def _is_whole(rows: list[str]) -> bool:
    return len(_dated(rows)) >= TABLE_LINES


def _dated(rows: list[str]) -> list[str]:
    return [row for row in rows if _DATE.search(row)]


def _top(rows: list[str]) -> list[str]:
    """The first row of the table, which tells one page from the next; above it stands when the chosen call was."""
    return _dated(rows)[1:2]


def _page_down(terminal: PseudoTerminal) -> tuple[float, int]:
    """Until the last byte of the next page, after which the program is quiet; with the bytes that it took."""
    before, received = _top(terminal.rows), terminal.received_bytes
    pressed_s = terminal.press(PAGE_DOWN)
    terminal.wait_for(lambda rows: _is_whole(rows) and _top(rows) != before)
    terminal.settle()
    return (terminal.last_byte_at_s - pressed_s) * 1000, terminal.received_bytes - received


def _held_ms(terminal: PseudoTerminal) -> float:
    """As a keyboard repeats a key that is held down: thirty times a second."""
    pressed_s = 0.0
    for _ in range(HELD):
        pressed_s = terminal.press(PAGE_DOWN)
        until_s = pressed_s + 1 / 30
        while (left_s := until_s - time.monotonic()) > 0:
            terminal.settle(quiet_s=left_s, patience_s=left_s)
    before = _top(terminal.rows)
    terminal.wait_for(_is_whole)
    terminal.settle()
    return max(0.0, terminal.last_byte_at_s - pressed_s) * 1000 if before else 0.0


def _jump_ms(terminal: PseudoTerminal) -> float:
    before = _top(terminal.rows)
    pressed_s = terminal.press(END)
    terminal.wait_for(lambda rows: _is_whole(rows) and _top(rows) != before)
    terminal.settle()
    return (terminal.last_byte_at_s - pressed_s) * 1000
