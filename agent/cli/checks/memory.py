"""Whether keys that lie in the agent's memory may come onto a disk: by swapping, or in a core file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from agent.cli.checks.finding import Examination, Finding
from agent.cli.text import _

SWAPS = Path("/proc/swaps")
IN_MEMORY = ("/dev/zram",)


def memory(
    examination: Examination, proc: Path = Path("/proc"), cgroups: Path = Path("/sys/fs/cgroup")
) -> Iterator[Finding]:
    swaps = [line.split()[0] for line in (proc / "swaps").read_text("utf-8").splitlines()[1:] if line.strip()]
    on_disk = [name for name in swaps if not name.startswith(IN_MEMORY)]
    if on_disk and not _never_swaps(examination.agent_pid, proc, cgroups):
        yield Finding(
            _("Memory of the agent, and with it keys, may be swapped to {where}.").format(where=", ".join(on_disk)),
            _("MemorySwapMax=0 in the agent's unit, or encrypted swap, or none (swapoff)."),
            is_wrong=False,
        )
    if examination.agent_pid is not None and _core_limit(examination.agent_pid, proc) != "0":
        yield Finding(
            _("When the agent crashes, its memory with the keys may be written into a core file."),
            _("LimitCORE=0 in the agent's unit (ulimit -c 0)."),
        )


def _never_swaps(pid: int | None, proc: Path, cgroups: Path) -> bool:
    if pid is None:
        return False
    try:
        lines = (proc / str(pid) / "cgroup").read_text("utf-8").splitlines()
        own = next(line.removeprefix("0::/") for line in lines if line.startswith("0::/"))
        return (cgroups / own / "memory.swap.max").read_text("utf-8").strip() == "0"
    except (OSError, StopIteration):
        return False


def _core_limit(pid: int, proc: Path) -> str:
    """The larger one: a process may raise its limit to it."""
    try:
        lines = (proc / str(pid) / "limits").read_text("utf-8").splitlines()
    except OSError:
        return "0"
    return next((line.split()[5] for line in lines if line.startswith("Max core file size")), "0")
