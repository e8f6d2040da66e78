"""The file system calls of one run, as strace saw them: what was done to which file, in which phase, by which thread.

Paths are relative to the run's folder; a call that touches nothing in it is left out, but counted, since strace counts
it too when a later run is to have its n-th call of a kind fail.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.forked import Ended, Forking, said_file

CHANGING = (
    *("openat", "write", "writev", "pwrite64", "pwritev", "fsync", "fdatasync", "ftruncate", "fallocate"),
    *("rename", "renameat", "renameat2", "unlink", "unlinkat", "link", "linkat", "mkdir", "mkdirat"),
)
"""Calls that change what is on a disk, or make it durable."""
READING = ("read", "pread64")
FOLLOWED = (*CHANGING, *READING, "close")

SAID = "said"
"""Stands for the file that the run's words go into, which is no part of its folder."""
_OF_A_DESCRIPTOR = ("write", "pwrite", "read", "pread", "fsync", "fdatasync", "ftruncate", "fallocate", "close")
_LINE = re.compile(r"^(\d+) +(\w+)\((.*)\) += (-?\d+)")
_UNFINISHED = re.compile(r"^(\d+) +(\w+\(.*) <unfinished \.\.\.>$")
_RESUMED = re.compile(r"^(\d+) +<\.\.\. \w+ resumed>(.*)$")
_DESCRIPTOR = re.compile(r"(?:(\d+)|AT_FDCWD)<((?:\\x..)*)>(?:\(deleted\))?")
_STRING = re.compile(r'"((?:\\x..)*)"')


@dataclass(frozen=True)
class Call:
    """One call that did what it was to do."""

    phase: int
    thread: int
    """0 for the run's first thread, then in the order of their making."""
    name: str
    nth: int
    """Of the calls of this name by this thread in this phase, from 1."""
    paths: tuple[str, ...]
    """The files it names, a descriptor's by its name at that time."""
    words: str
    """Flags and numbers, as strace writes them."""
    content: bytes
    """What was written."""
    descriptor: int
    """That it was given, or that it returned (openat)."""


@dataclass(frozen=True)
class Trace:
    calls: list[Call]
    ended: Ended


@contextmanager
def strace(*arguments: str, on: int, follow: bool) -> Iterator[None]:
    """Put strace on a stopped thread, or on a process with all its threads."""
    words = ["strace", *(["-f"] if follow else []), *arguments, "-p", str(on)]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, errors="replace") as tracing:
        assert tracing.stderr is not None
        line = tracing.stderr.readline()
        assert "attached" in line, line
        yield
        tracing.communicate(timeout=60)


def traced(forking: Forking, folder: Path) -> Trace:
    """Let a run do all its phases, and read what it did."""
    output = folder.with_name(folder.name + ".strace")
    options = ("-y", "-xx", "-s", "10000000", "-o", str(output), "-e", "trace=" + ",".join(FOLLOWED))
    forking.start(folder)
    threads: set[int] = set()
    with strace(*options, on=forking.pid, follow=True):
        ended = forking.go()
        while ended is None:
            threads |= set(forking.threads())
            ended = forking.go()
    lines = output.read_text("ascii").splitlines()
    output.unlink()
    return Trace(list(_calls(lines, folder, sorted(threads))), ended)


def _calls(lines: list[str], folder: Path, threads: list[int]) -> Iterator[Call]:
    phase, counts, begun = -1, Counter[tuple[int, int, str]](), dict[int, str]()
    for written in lines:
        line = written
        if "--- SIGCONT " in line:
            phase += 1
            continue
        if (unfinished := _UNFINISHED.match(line)) is not None:
            begun[int(unfinished[1])] = unfinished[2]
            continue
        if (resumed := _RESUMED.match(line)) is not None:
            line = f"{resumed[1]} {begun.pop(int(resumed[1]))}{resumed[2]}"
        if (found := _LINE.match(line)) is None:
            continue
        tid, name, words, result = int(found[1]), found[2], found[3], int(found[4])
        counts[phase, tid, name] += 1
        if result < 0:
            continue
        paths = tuple(_paths(words, name, folder))
        if paths:
            descriptor = result if name == "openat" else _descriptor(words)
            content = _content(words) if name in ("write", "pwrite64") else b""
            plain = _STRING.sub("", _DESCRIPTOR.sub("", words))
            nth = counts[phase, tid, name]
            yield Call(phase, threads.index(tid), name, nth, paths, plain, content, descriptor)


def _descriptor(words: str) -> int:
    found = _DESCRIPTOR.match(words)
    return -1 if found is None or found[1] is None else int(found[1])


def _content(words: str) -> bytes:
    found = _STRING.search(words)
    return b"" if found is None else _decoded(found[1])


def _paths(words: str, name: str, folder: Path) -> Iterator[str]:
    """The files that a call names, as far as they lie in the folder (or are the run's words)."""
    if name.startswith(_OF_A_DESCRIPTOR):
        found = _DESCRIPTOR.match(words)
        named = [] if found is None else [os.fsdecode(_decoded(found[2]))]
    else:
        named = list(_named(words))
    for path in named:
        if path == str(said_file(folder)):
            yield SAID
        elif path == str(folder) or path.startswith(f"{folder}/"):
            yield os.path.relpath(path, folder)


def _named(words: str) -> Iterator[str]:
    """Of a call that takes names: each string, under the folder of the descriptor before it."""
    base = ""
    for descriptor, _number, text in re.findall(r"((\d+|AT_FDCWD)<(?:\\x..)*>|\"((?:\\x..)*)\")", words):
        if descriptor.startswith('"'):
            yield os.path.normpath(Path(base, os.fsdecode(_decoded(text))))
        else:
            base = os.fsdecode(_decoded(descriptor.partition("<")[2][:-1]))


def _decoded(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))
