"""What a disk may hold after a power cut: every state that the calls of one run allow, without cutting any power.

A write is certain only once its file has been synced; a name (made, changed, removed) only once its folder has. What is
not certain may have got there or not, and two rules tell how it may fall out:

    names   strict     a name lasts only after fsync of its folder
            ordered    names last in the order in which they were made; any fsync carries all before it (ext4, xfs)
    data    none       nothing that was not synced is there
            all        everything is (so it is after a mere kill)
            but-last   everything but the last write of each file
            torn       everything, the last write of each file only by half

for every moment between two calls; and all names may have lasted, synced or not, since a journal is also written when
nobody asks for it. A rename is one step under both rules. The method is that of ALICE (Pillai et al.,
OSDI 2014).
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from tests.faults.traced import SAID, Call

NAMES = ("strict", "ordered")
DATA = ("none", "all", "but-last", "torn")
INDEX = "-shm"
"""Shared memory of the database's readers: written through a mapping, so unseen here, and made anew at each opening."""


@dataclass(frozen=True)
class DiskState:
    files: dict[str, bytes]
    """Every file by its path in the folder."""
    said: list[str]
    """What the run had printed by then."""
    moment: str
    """How it came about."""


@dataclass(frozen=True)
class _Write:
    offset: int
    content: bytes


@dataclass(frozen=True)
class _Cut:
    size_bytes: int


@dataclass(frozen=True)
class _Renaming:
    """Names that change together: each gets an inode, or goes (None)."""

    names: tuple[tuple[str, int | None], ...]

    def touches(self, folder: str) -> bool:
        return any(_folder(name) == folder for name, _inode in self.names)


@dataclass
class _Inode:
    durable: bytes = b""
    pending: list[_Write | _Cut] = field(default_factory=list)
    digests: dict[tuple[int, str], bytes] = field(default_factory=dict)
    """Of its content by how much was pending and by a rule, until it is synced: large files mostly stay as they are."""

    def digest(self, data_rule: str) -> bytes:
        key = len(self.pending), data_rule if self.pending else ""
        if key not in self.digests:
            self.digests[key] = hashlib.sha256(_content(self, data_rule)).digest()
        return self.digests[key]

    def sync(self) -> None:
        if self.pending:
            self.durable, self.pending = _content(self, "all"), []
            self.digests.clear()


@dataclass
class _Opened:
    inode: int
    position: int = 0
    appends: bool = False


class Disk:
    """Follows calls, and knows what of them is durable."""

    def __init__(self, files: dict[str, bytes], names_rule: str) -> None:
        self._rule = names_rule
        self._inodes = [_Inode(content) for content in files.values()]
        self.names = {name: number for number, name in enumerate(files)}
        self._durable_names = dict(self.names)
        self._pending_names: list[_Renaming] = []
        self._opened: dict[int, _Opened] = {}
        self.said = b""

    # --- calls -------------------------------------------------------------------------------------------------------

    def follow(self, call: Call) -> None:
        """Do what a call did.

        Raises:
            ValueError: a call that this model knows nothing of.
        """
        if call.paths == (SAID,):
            self.said += call.content
            return
        if call.paths[0].endswith(INDEX):
            return
        match call.name:
            case "read" | "pread64":
                pass
            case "openat":
                self._open(call)
            case "close":
                self._opened.pop(call.descriptor, None)
            case "write":
                self._write(call, None)
            case "pwrite64":
                self._write(call, int(call.words.rsplit(",", 1)[1]))
            case "ftruncate":
                self._inode(call).pending.append(_Cut(int(call.words.rsplit(",", 1)[1])))
            case "fsync" | "fdatasync":
                self._sync(call)
            case "rename" | "renameat" | "renameat2":
                before, after = call.paths
                self._rename(_Renaming(((before, None), (after, self.names[before]))))
            case "unlink" | "unlinkat":
                self._rename(_Renaming(((call.paths[0], None),)))
            case _:
                raise ValueError(f"{call.name} of {call.paths} is not modelled")

    def _open(self, call: Call) -> None:
        path = call.paths[0]
        if "O_DIRECTORY" in call.words or (path not in self.names and "O_CREAT" not in call.words):
            return  # a folder
        if path not in self.names:
            self._inodes.append(_Inode())
            self._rename(_Renaming(((path, len(self._inodes) - 1),)))
        elif "O_TRUNC" in call.words:
            self._inodes[self.names[path]].pending.append(_Cut(0))
        self._opened[call.descriptor] = _Opened(self.names[path], appends="O_APPEND" in call.words)

    def _inode(self, call: Call) -> _Inode:
        return self._inodes[self._opened[call.descriptor].inode]

    def _write(self, call: Call, offset: int | None) -> None:
        opened = self._opened[call.descriptor]
        inode = self._inodes[opened.inode]
        if offset is None:
            offset = len(_content(inode, "all")) if opened.appends else opened.position
            opened.position = offset + len(call.content)
        inode.pending.append(_Write(offset, call.content))

    def _sync(self, call: Call) -> None:
        opened = self._opened.get(call.descriptor)
        if opened is not None:
            self._inodes[opened.inode].sync()
        for renaming in list(self._pending_names):
            if self._rule == "ordered" or (opened is None and renaming.touches(call.paths[0])):
                self._pending_names.remove(renaming)
                _rename(self._durable_names, renaming)

    def _rename(self, renaming: _Renaming) -> None:
        _rename(self.names, renaming)
        self._pending_names.append(renaming)

    # --- what may be found -------------------------------------------------------------------------------------------

    def after_a_cut(self, data_rule: str, *, names_are_certain: bool) -> dict[str, bytes]:
        names = self._durable_names if names_are_certain else self.names
        return {name: _content(self._inodes[inode], data_rule) for name, inode in names.items()}

    def digest(self, data_rule: str, *, names_are_certain: bool) -> bytes:
        """Of such a state and of what had been printed; equal ones are one."""
        names = self._durable_names if names_are_certain else self.names
        hashing = hashlib.sha256(self.said)
        for name in sorted(names):
            hashing.update(f"\0{name}\0".encode() + self._inodes[names[name]].digest(data_rule))
        return hashing.digest()


def disk_states(folder: Path, calls: Sequence[Call]) -> Iterator[DiskState]:
    """Every state that a power cut may leave, once.

    Args:
        folder: As it was before the run.
        calls: What the run did.
    """
    files = {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    seen: set[bytes] = set()
    for names_rule in NAMES:
        disk, moment = Disk(files, names_rule), "before all"
        for number in range(len(calls) + 1):
            if number:
                call = calls[number - 1]
                disk.follow(call)
                moment = f"after call {number}, {call.name} of {' '.join(call.paths)}"
            for data_rule, names_are_certain in product(DATA, (True, False)):
                digest = disk.digest(data_rule, names_are_certain=names_are_certain)
                if digest not in seen:
                    seen.add(digest)
                    found = disk.after_a_cut(data_rule, names_are_certain=names_are_certain)
                    rule = names_rule if names_are_certain else "all"
                    said = disk.said.decode().splitlines()
                    yield DiskState(found, said, f"{moment}; names {rule}, data {data_rule}")


def restore(state: DiskState, folders_of: Path, to: Path, originals: Path | None = None) -> None:
    """Put a state on a disk.

    Args:
        state: What to put there.
        folders_of: An installation that has all folders.
        to: Where; a new folder.
        originals: A folder on the same file system with files as they were before the run. Where the state still has
            one of them it becomes the very same file, for whoever knows files by their inodes.
    """
    shutil.copytree(folders_of, to, ignore=lambda folder, names: {n for n in names if not Path(folder, n).is_dir()})
    kept = {} if originals is None else {file.read_bytes(): file for file in originals.iterdir()}
    for name, content in state.files.items():
        if content in kept:
            os.link(kept[content], to / name)
        else:
            (to / name).write_bytes(content)
            (to / name).chmod(0o600)


def every(
    states: Iterable[DiskState],
    folders_of: Path,
    place: Path,
    complaint: Callable[[Path, list[str]], str | None],
    originals: Path | None = None,
) -> tuple[list[str], int]:
    """Restore each state and look at it.

    Args:
        states: What to restore; see `restore` for the others.
        folders_of: See there.
        place: Where folders are made.
        complaint: Told of a restored folder, and of what had been printed; says what is not as it should be.
        originals: See there.

    Returns:
        What it said, with the state that it was about; how many states there were.
    """
    complaints, count = [], 0
    for state in states:
        folder = place / f"state-{count}"
        restore(state, folders_of, folder, originals)
        found = complaint(folder, state.said)
        shutil.rmtree(folder)
        complaints += [f"{state.moment}: {found}"] if found else []
        count += 1
    return complaints, count


def _content(inode: _Inode, data_rule: str) -> bytes:
    content = bytearray(inode.durable)
    pending = inode.pending
    if data_rule == "none":
        pending = []
    elif data_rule in ("but-last", "torn") and pending:
        *pending, last = pending
        if data_rule == "torn" and isinstance(last, _Write):
            pending = [*pending, _Write(last.offset, last.content[: len(last.content) // 2])]
    for change in pending:
        if isinstance(change, _Cut):
            del content[change.size_bytes :]
            content.extend(bytes(change.size_bytes - len(content)))
        else:
            content.extend(bytes(max(0, change.offset - len(content))))
            content[change.offset : change.offset + len(change.content)] = change.content
    return bytes(content)


def _rename(names: dict[str, int], renaming: _Renaming) -> None:
    for name, inode in renaming.names:
        if inode is None:
            names.pop(name, None)
        else:
            names[name] = inode


def _folder(name: str) -> str:
    return name.rpartition("/")[0] or "."
