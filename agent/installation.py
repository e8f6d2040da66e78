"""An installation, opened: settings, keys, register, vault and log, fitted together and checked.

    state_dir/
        register.db      the encrypted database, with its -wal and -shm
        vault/           sealed recordings
        keys/            unless the settings put the keys elsewhere
        checkpoint       the newest signed head of the log, beside the database
        reserve          space for refusals, should the disk be full
        lock             held by the running agent; says which database file it has open

    keys_dir also holds `epoch` and a `checkpoint`, which survive when state_dir is put back to an older state.

Only the agent's own program opens one, and only as the user whose it is: what root wrote here, a sealed recording or a
checkpoint, the agent could not read. Whoever else wants something asks the agent.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from agent.audit.checkpoint import CheckpointSigner
from agent.audit.epoch import EpochUnreadable, read_epoch
from agent.audit.log import AccessLog
from agent.audit.reserve import MIB, Reserve
from agent.errors import Conflict, EarwitnessError, IntegrityBroken, NotFound, WrongUse
from agent.settings import Settings
from agent.vault.keys import Keys, KeysUnusable, create_keys, load_keys
from agent.vault.store import Vault
from db.engine import Register, RegisterUnreadable
from db.migrations import bring_up_to_date, pending

ROOT = 0
LOOK_S = 0.1
"""`is_running` holds the lock of an agent for a moment: one that begins just then tries again for so long."""


def wall_clock_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Installation:
    settings: Settings
    keys: Keys
    register: Register
    vault: Vault
    log: AccessLog
    now_ms: Callable[[], int]

    def close(self) -> None:
        self.register.close()


def database_file(settings: Settings) -> Path:
    return settings.state_dir / "register.db"


def vault_folder(settings: Settings) -> Path:
    return settings.state_dir / "vault"


def checkpoint_file(settings: Settings) -> Path:
    return settings.state_dir / "checkpoint"


def far_checkpoint_file(settings: Settings) -> Path:
    """Of a head that does not go back with the folder of the register, when the keys lie elsewhere."""
    return settings.keys / "checkpoint"


def create(settings: Settings, *, now_ms: Callable[[], int] = wall_clock_ms) -> Installation:
    """Make a new installation's folders, keys and tables, and open it.

    Raises:
        Conflict: there is one already.
    """
    settings.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    _require_own_user(settings)
    if database_file(settings).exists():
        raise Conflict(what=f"there is an installation in {settings.state_dir} already")
    try:
        keys = create_keys(settings.keys)
    except FileExistsError as error:
        raise Conflict(what=f"there are keys in {settings.keys} already, and they are never overwritten") from error
    limit_s = settings.log.write_limit_s
    register = Register(database_file(settings), keys.database, create=True, write_limit_s=limit_s)
    bring_up_to_date(register)
    return _fitted(settings, keys, register, now_ms)


def open_installation(
    settings: Settings, *, now_ms: Callable[[], int] = wall_clock_ms, also_as_root: bool = False
) -> Installation:
    """Open the installation that the settings describe, its tables brought up to date.

    Args:
        settings: Where it lies.
        now_ms: Its clock.
        also_as_root: For who looks and writes nothing.

    Raises:
        NotFound: there is none; `earwitness-agent init` makes it.
        WrongUse: root opens what is another user's.
        IntegrityBroken: the database is damaged, or the keys are not its keys.
    """
    if not database_file(settings).exists():
        raise NotFound(kind="installation", id=str(settings.state_dir))
    if not also_as_root:
        _require_own_user(settings)
    try:
        keys = load_keys(settings.keys)
    except KeysUnusable as error:
        raise EarwitnessError(what=str(error)) from error
    try:
        register = Register(database_file(settings), keys.database, write_limit_s=settings.log.write_limit_s)
    except RegisterUnreadable as error:
        raise IntegrityBroken(what=f"{database_file(settings).name} ({error})") from error
    try:
        if pending(register):
            bring_up_to_date(register)
        return _fitted(settings, keys, register, now_ms)
    except RegisterUnreadable as error:
        register.close()
        raise IntegrityBroken(what=f"{database_file(settings).name} ({error})") from error
    except BaseException:
        register.close()
        raise


def _fitted(settings: Settings, keys: Keys, register: Register, now_ms: Callable[[], int]) -> Installation:
    vault = Vault(vault_folder(settings), keys)
    vault.create()
    try:
        signer = CheckpointSigner(keys.log_signing, read_epoch(settings.keys))
    except EpochUnreadable as error:
        raise EarwitnessError(what=str(error)) from error
    reserve = Reserve(settings.state_dir / "reserve", settings.log.reserve_mib * MIB)
    reserve.regain()
    beside, far = checkpoint_file(settings), far_checkpoint_file(settings)
    log = AccessLog(register, signer, keys.digest, beside, now_ms, far, reserve)
    return Installation(settings, keys, register, vault, log, now_ms)


class AgentLock:
    """The installation's lock, and in it which database file the agent has open: device and inode."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def name(self, identity: tuple[int, int]) -> None:
        os.truncate(self._descriptor, 0)
        os.pwrite(self._descriptor, b"%d %d\n" % identity, 0)


@contextmanager
def only_agent(settings: Settings) -> Iterator[AgentLock]:
    """Hold the installation's lock for as long as an agent runs on it.

    Raises:
        NotFound: there is no installation.
        Conflict: another agent holds it.
        WrongUse: root would hold what is another user's.
    """
    try:
        _require_own_user(settings)
        descriptor = os.open(_lock_file(settings), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except FileNotFoundError as error:
        raise NotFound(kind="installation", id=str(settings.state_dir)) from error
    try:
        _take(descriptor)
        yield AgentLock(descriptor)
    finally:
        os.close(descriptor)


def _take(descriptor: int) -> None:
    until_s = time.monotonic() + LOOK_S
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= until_s:
                raise Conflict(what="another agent runs on this installation") from error
            time.sleep(LOOK_S / 10)


def is_running(settings: Settings) -> bool:
    """Whether an agent holds the installation's lock."""
    try:
        descriptor = os.open(_lock_file(settings), os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def agents_database(settings: Settings) -> tuple[int, int] | None:
    """Device and inode of the database file that a running agent named last; None when none did."""
    try:
        device, inode = _lock_file(settings).read_text("ascii").split()
        return int(device), int(inode)
    except (OSError, ValueError):
        return None


def _require_own_user(settings: Settings) -> None:
    owner = settings.state_dir.stat().st_uid
    if os.geteuid() == ROOT and owner != ROOT:
        user = f"sudo -u '#{owner}'"
        raise WrongUse(what=f"root must not write where another user's agent has to read; run it with {user}")


def _lock_file(settings: Settings) -> Path:
    return settings.state_dir / "lock"
