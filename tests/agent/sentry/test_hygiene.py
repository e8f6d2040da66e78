"""What runs with the sentry's rights: the standard library and itself."""

from __future__ import annotations

import subprocess
import sys


def test_its_process_loads_nothing_of_the_agent_but_itself() -> None:
    program = (
        "import sys; before = set(sys.modules); import agent.sentry.__main__\n"
        "print('\\n'.join(sorted(set(sys.modules) - before)))"
    )
    loaded = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
    foreign = [name for name in loaded.stdout.split() if not _is_allowed(name)]
    assert "agent.sentry.loop" in loaded.stdout.split()
    assert foreign == []


def _is_allowed(module: str) -> bool:
    package = module.partition(".")[0]
    return package in sys.stdlib_module_names or module == "agent" or f"{module}.".startswith("agent.sentry.")


def test_without_a_plan_it_says_how_to_start_it() -> None:
    ended = subprocess.run([sys.executable, "-I", "-m", "agent.sentry"], input=b"", capture_output=True)
    assert ended.returncode == 2
    assert b"earwitness-agent sentry" in ended.stderr
