from __future__ import annotations

import fcntl
import subprocess
import sys
import threading
from pathlib import Path

from agent.intake.claims import Claims, _locked
from agent.intake.opened import Identity
from tests.agent.waiting import until

FILE = Identity(device=1, inode=2, size_bytes=3, mtime_ns=4, ctime_ns=5)
OTHER = Identity(device=1, inode=3, size_bytes=3, mtime_ns=4, ctime_ns=5)
HOLDING = """
import sys
from pathlib import Path
from agent.intake.claims import Claims
from agent.intake.opened import Identity
with Claims(Path(sys.argv[1])).claimed(Identity(1, 2, 3, 4, 5)) as is_ours, Claims(Path(sys.argv[1])).sealing():
    print(is_ours, flush=True)
    sys.stdin.read()
"""


def test_a_file_is_claimed_once_also_between_threads_and_is_free_again(tmp_path: Path) -> None:
    claims = Claims(tmp_path)
    with claims.claimed(FILE) as first, claims.claimed(FILE) as second, claims.claimed(OTHER) as other:
        assert (first, second, other) == (True, False, True)
    with claims.claimed(FILE) as again:
        assert again


def test_a_process_that_is_killed_holds_nothing_any_more(tmp_path: Path) -> None:
    claims = Claims(tmp_path)
    command = [sys.executable, "-c", HOLDING, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        with claims.claimed(FILE) as is_ours:
            assert not is_ours
        holder.kill()
    with claims.claimed(FILE) as is_ours, claims.sweeping():
        assert is_ours


def test_sweeping_waits_for_what_is_sealed_and_not_committed(tmp_path: Path) -> None:
    claims, swept = Claims(tmp_path), threading.Event()

    def sweep() -> None:
        with claims.sweeping():
            swept.set()

    with claims.sealing(), claims.sealing():
        sweeper = threading.Thread(target=sweep)
        sweeper.start()
        assert not swept.wait(0.2)
    sweeper.join()
    assert swept.is_set()


def test_whoever_waits_to_sweep_is_not_kept_waiting_by_those_who_come_after(tmp_path: Path) -> None:
    claims, swept, sealed = Claims(tmp_path), threading.Event(), threading.Event()

    def sweep() -> None:
        with claims.sweeping():
            swept.set()
            assert not sealed.wait(0.1)

    def seal() -> None:
        with claims.sealing():
            sealed.set()

    with claims.sealing():
        sweeper = threading.Thread(target=sweep)
        sweeper.start()
        until(lambda: _is_waited_for(claims))
        sealer = threading.Thread(target=seal)
        sealer.start()
        assert not sealed.wait(0.2)
    sweeper.join()
    sealer.join()
    assert swept.is_set()
    assert sealed.is_set()


def _is_waited_for(claims: Claims) -> bool:
    """Whether somebody holds the gate."""
    with claims._opened() as descriptor:
        return not _locked(descriptor, fcntl.F_RDLCK, 0, wait=False)
