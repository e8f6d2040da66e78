"""The sentry at work: one thread that answers opens, talks to the agent and never waits for anything but events.

event ─▶ own pid, agent's pid? ─yes─▶ goes on
         │ no
         ▼
         who, where, judged ─REFUSED──▶ refused at once, reported
         │                  ─EXPECTED─▶ goes on, counted
         ▼ ENTERED
         reported ─▶ agent there and prompt? ─no──▶ journal, goes on, late
                     │ yes
                     ▼
                     waits ─▶ acknowledged, goes on │ deadline: journal, goes on
"""

from __future__ import annotations

import os
import secrets
import selectors
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from agent.sentry.counting import Counts
from agent.sentry.events import ALLOW, DENY, NO_FD, Event
from agent.sentry.fanotify import READ_EVENTS, Fanotify
from agent.sentry.guard import PATIENCE_S, Guard, notify
from agent.sentry.journal import Journal
from agent.sentry.judgement import Judgement, judged
from agent.sentry.link import Link
from agent.sentry.marks import Marks
from agent.sentry.outbox import Outbox, Report
from agent.sentry.plan import Plan
from agent.sentry.process import Who, seen
from agent.sentry.protocol import VERSION, Message
from agent.sentry.run_file import TOUCH_EVERY_S, RunFile
from agent.sentry.second_witness import SecondWitness
from agent.sentry.waiting import Open, Waiting
from agent.sentry.whereabouts import Where, Whereabouts

TICK_S = 0.25
REMARK_EVERY_S = 10.0
SPARE_DESCRIPTORS = 64
_FANOTIFY, _FOLDERS, _LINK, _AUDIT = "fanotify", "folders", "link", "audit"


def say(line: str) -> None:
    """Into the journal of the system, or nowhere: whoever reads it may be waiting for an open."""
    with suppress(OSError):
        os.write(sys.stderr.fileno(), f"earwitness.sentry: {line}\n".encode())


class Sentry:
    """Marks on being made; `run` watches.

    Args:
        plan: What to do.
        most_waiting: How many opens may wait at a time; more are left in the kernel's queue, whose opens wait too.

    Raises:
        OSError: a right is missing, or the kernel has no permission events.
    """

    def __init__(self, plan: Plan, *, most_waiting: int) -> None:
        self._plan = plan
        self._most_waiting = most_waiting
        self._run = secrets.token_hex(8)
        self._run_file = RunFile(Path(plan.run_dir))
        self._previous = self._run_file.previous()
        self._journal = Journal(Path(plan.run_dir), self._run)
        self._outbox = Outbox()
        self._waiting = Waiting()
        self._counts = Counts()
        self._link = Link(plan.socket, plan.agent_uid, self._outbox, self._hello)
        self._whereabouts = Whereabouts(plan.places)
        self._fanotify = Fanotify()
        self._marks = Marks(self._fanotify)
        self._marks.place(plan.places)
        self._since_ms = _wall_ms()
        self._run_file.begin(self._run, self._since_ms)
        self._is_leaving = False
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._fanotify, selectors.EVENT_READ, _FANOTIFY)
        self._selector.register(self._marks, selectors.EVENT_READ, _FOLDERS)
        self._is_reading = True
        self._linked: tuple[int, int, int] | None = None
        """What is waited for of the connection: which one it is, its descriptor, the events."""
        self._programs: dict[str, tuple[int, int] | None] = {}
        self._guard = Guard(max(PATIENCE_S, 3 * plan.answer_within_ms / 1000))
        self._witness = self._second_witness() if plan.audit else None
        self._take_over()

    def _second_witness(self) -> SecondWitness | None:
        try:
            witness = SecondWitness(self._plan, self._is_own, self._gap)
        except OSError as error:
            self._report_gap(f"the kernel's audit cannot be asked ({error.strerror})")
            return None
        self._selector.register(witness.stream, selectors.EVENT_READ, _AUDIT)
        return witness

    # --- the loop ----------------------------------------------------------------------------------------------------

    def leave(self) -> None:
        """End the loop, from a signal's handler."""
        self._is_leaving = True

    def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Watch until `leave`."""
        self._guard.start()
        next_touch_s = next_mark_s = 0.0
        for place, why in self._marks.unwatched.items():
            say(f"{place} is not watched: {why}")
        ready()
        while not self._is_leaving:
            self._guard.beat()
            for key, _ in self._selector.select(self._patience_s()):
                self._attend(key.data)
            now_s = time.monotonic()
            self._let_go(self._waiting.overdue(_monotonic_ms()), keep=True)
            self._link.keep_up()
            self._tell_counts()
            self._follow_link()
            self._tell_differences()
            if now_s >= next_touch_s:
                next_touch_s = now_s + TOUCH_EVERY_S
                self._run_file.touch()
                self._programs.clear()
                notify("WATCHDOG=1")
            if self._marks.unwatched and now_s >= next_mark_s:
                next_mark_s = now_s + REMARK_EVERY_S
                self._marks.place(self._plan.places)
        self._end()

    def _end(self) -> None:
        notify("STOPPING=1")
        self._fanotify.close()  # first: whatever waits goes on
        if self._witness is not None:
            self._witness.stream.close()
        self._tell_counts(everything=True)
        self._link.bye()
        self._run_file.leave(self._run, self._since_ms)
        self._guard.stop()
        self._marks.close()
        self._selector.close()
        self._journal.close()
        self._run_file.close()

    def _patience_s(self) -> float:
        deadline_ms = self._waiting.next_deadline_ms
        if deadline_ms is None:
            return TICK_S
        return min(TICK_S, max(0.0, (deadline_ms - _monotonic_ms()) / 1000))

    def _attend(self, what: str) -> None:
        if what == _FANOTIFY:
            for event in self._fanotify.read():
                self._opening(event)
        elif what == _FOLDERS:
            for why in self._marks.follow_new():
                self._report_gap(f"a new folder is not watched: {why}")
        elif what == _AUDIT:
            if self._witness is not None:
                self._witness.read(_wall_ms())
        else:
            for message in self._link.received():
                self._heard(message)

    def _follow_link(self) -> None:
        """Wait for the connection's descriptor as it comes and goes, and for the queue only while there is room."""
        fileno = self._link.fileno()
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._link.wants_to_write else 0)
        # A new connection may have got the descriptor of the one before, which the kernel has forgotten by itself.
        linked = None if fileno is None else (self._link.connections, fileno, wanted)
        if linked != self._linked:
            if self._linked is not None:
                with suppress(KeyError, ValueError):
                    self._selector.unregister(self._linked[1])
            if linked is not None:
                self._selector.register(linked[1], linked[2], _LINK)
            self._linked = linked
        if fileno is None or not self._link.is_welcome:
            self._let_go(self._waiting.give_up(), keep=True)
        has_room = len(self._waiting) < self._most_waiting
        if has_room != self._is_reading:
            self._is_reading = has_room
            if has_room:
                self._selector.register(self._fanotify, selectors.EVENT_READ, _FANOTIFY)
            else:
                self._selector.unregister(self._fanotify)

    # --- opens -------------------------------------------------------------------------------------------------------

    def _opening(self, event: Event) -> None:
        if event.is_overflow:
            self._report_gap("the kernel's queue was full")
            return
        if event.fd == NO_FD:
            return
        try:
            if self._is_own(event.pid):
                self._fanotify.answer(event.fd, ALLOW)
            else:
                self._judge(event)
        finally:
            if event.pidfd != NO_FD:
                os.close(event.pidfd)

    def _is_own(self, pid: int) -> bool:
        return pid == os.getpid() or self._link.is_agents(pid)

    def _judge(self, event: Event) -> None:
        who, where, at_ms = seen(event.pid, event.pidfd), self._whereabouts.of(event.fd), _wall_ms()
        if self._witness is not None:
            self._witness.seen(who, where, at_ms)
        judgement = judged(
            who, where.place, deny=self._plan.deny, expected=self._plan.expected, inode_of=self._inode_of
        )
        if judgement is Judgement.EXPECTED:
            self._counts.add(where.place, who.exe, who.uid, at_ms)
            self._fanotify.answer(event.fd, ALLOW)
            return
        if judgement is Judgement.REFUSED:
            self._fanotify.answer(event.fd, DENY)
            self._keep(self._reported(who, where, at_ms, outcome="refused", by_ms=0, late=False))
            return
        if not self._link.is_welcome or self._waiting.is_behind:
            self._keep(self._reported(who, where, at_ms, outcome="allowed", by_ms=0, late=True))
            self._fanotify.answer(event.fd, ALLOW)
            return
        until_ms = _monotonic_ms() + self._plan.answer_within_ms
        entering = self._reported(who, where, at_ms, outcome="allowed", by_ms=until_ms, late=False)
        if entering is None:
            self._fanotify.answer(event.fd, ALLOW)
        else:
            self._waiting.add(Open(entering.n, event.fd, until_ms))

    def _reported(self, who: Who, where: Where, at_ms: int, *, outcome: str, by_ms: int, late: bool) -> Report | None:
        return self._outbox.add(
            "open",
            at_ms,
            at_ms=at_ms,
            by_ms=by_ms,
            outcome=outcome,
            late=late,
            place=where.place,
            name=where.name,
            device=where.device,
            inode=where.inode,
            who=asdict(who),
        )

    def _let_go(self, opens: Iterable[Open], *, keep: bool) -> None:
        for one in opens:
            if keep and (report := self._outbox.by_n(one.n)) is not None:
                self._keep(report)
            self._fanotify.answer(one.fd, ALLOW)

    def _keep(self, report: Report | None) -> None:
        if report is not None:
            self._journal.keep(report.message)

    def _inode_of(self, program: str) -> tuple[int, int] | None:
        if program not in self._programs:
            try:
                found = Path(program).stat()
                self._programs[program] = found.st_dev, found.st_ino
            except OSError:
                self._programs[program] = None
        return self._programs[program]

    # --- the agent ---------------------------------------------------------------------------------------------------

    def _hello(self) -> Message:
        previous = self._previous
        return {
            "kind": "hello",
            "v": VERSION,
            "run": self._run,
            "since_ms": self._since_ms,
            "unwatched": sorted(self._marks.unwatched),
            "audit": self._witness is not None,
            "previous": None
            if previous is None
            else {"run": previous.run, "alive_ms": previous.alive_ms, "has_left": previous.has_left},
        }

    def _heard(self, message: Message) -> None:
        if message["kind"] == "welcome":
            self._forget_agents_own()
            self._forget_delivered(int(message["previous_durable"]))
            self._outbox.connected(int(message["durable"]))
            self._let_durable_go(int(message["durable"]), set())
        elif message["kind"] == "ack":
            self._outbox.acknowledged(int(message["n"]))
            self._let_durable_go(int(message["n"]), set(map(int, message["late"])))

    def _let_durable_go(self, n: int, entered_late: set[int]) -> None:
        answered, wrong = self._waiting.entered(n, entered_late)
        self._let_go(answered, keep=False)
        if wrong:
            self._outbox.add("late", _wall_ms(), first=wrong[0], last=wrong[-1], count=len(wrong))
        if not len(self._outbox):
            self._outbox.flush()
            self._journal.empty()

    def _forget_agents_own(self) -> None:
        """What the agent opened before it could be known as the agent is its own, and no direct open."""
        self._outbox.forget(
            lambda message: (
                message["what"] == "open"
                and message["who"]["pid"] == self._link.agent_pid
                and message["who"]["started_ticks"] == self._link.agent_started_ticks
            )
        )

    def _forget_delivered(self, previous_durable: int) -> None:
        """What the run before this one did deliver, though nobody could tell it any more."""
        previous = self._previous
        if previous is not None:
            delivered = {f"{previous.run}/{n}" for n in self._taken_over if n <= previous_durable}
            self._outbox.forget(lambda message: message["of"] in delivered)

    def _take_over(self) -> None:
        """What the run before this one could not deliver."""
        left_over, unreadable = self._journal.left_over()
        self._taken_over = [message["n"] for message in left_over]
        at_ms = _wall_ms()
        for message in left_over:
            keys = {key: value for key, value in message.items() if key not in ("kind", "n", "of", "what", "run")}
            of = message["of"] or f"{message['run']}/{message['n']}"
            if message["what"] == "open":
                keys.update(by_ms=0, late=message["outcome"] == "allowed", name=None)
            self._outbox.add(message["what"], at_ms, of=of, **keys)
        if unreadable:
            self._outbox.add(
                "gap", at_ms, why="journal damaged", since_ms=self._previous_alive_ms(), until_ms=at_ms, lost=unreadable
            )

    def _previous_alive_ms(self) -> int:
        return self._since_ms if self._previous is None else self._previous.alive_ms

    def _report_gap(self, why: str) -> None:
        at_ms = _wall_ms()
        self._gap(why, at_ms, at_ms, None)

    def _gap(self, why: str, since_ms: int, until_ms: int, lost: int | None) -> None:
        say(why)
        self._keep(self._outbox.add("gap", until_ms, why=why, since_ms=since_ms, until_ms=until_ms, lost=lost))

    def _tell_differences(self) -> None:
        if self._witness is not None:
            for difference in self._witness.differences(_wall_ms()):
                say(f"an open was missed by {difference.missed_by}")
                self._keep(self._outbox.add("difference", difference.at_ms, **asdict(difference)))

    def _tell_counts(self, *, everything: bool = False) -> None:
        for counted in self._counts.due(_wall_ms(), everything=everything):
            report = self._outbox.add("counted", counted.until_ms, **asdict(counted))
            if not self._link.is_welcome:
                self._keep(report)


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


def _monotonic_ms() -> int:
    return time.monotonic_ns() // 1_000_000


def most_waiting(descriptors: int) -> int:
    """How many opens may wait, so that the kernel is never refused a descriptor for the next: it would refuse the
    open."""
    return max(1, descriptors - SPARE_DESCRIPTORS - 2 * READ_EVENTS)
