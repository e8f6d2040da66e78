"""What docs/verifying.md tells an auditor to do, done: its Python as it stands there, its commands for Go."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from pathlib import Path

import pytest

from agent.audit.entry import AGENT, Draft
from agent.installation import create
from agent.settings import load
from agent.wire import Outcome
from tests.agent.audit.auditor import built
from tests.agent.running import configuration, run_command
from tests.system_programs import needs

DOCUMENT = (Path(__file__).parents[3] / "docs" / "verifying.md").read_text("utf-8")
ENTRIES = 1 + 2 + 8 + 64


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an exported log in `log`, its configuration, and checkpoints of then and of today."""
    folder = tmp_path_factory.mktemp("auditor")
    config = configuration(folder)
    house = create(load(config))
    for number in range(ENTRIES):
        house.log.record(Draft(AGENT, "test.happened", Outcome.ALLOWED, target=str(number)))
        if number == ENTRIES // 2:
            (folder / "then").write_text(house.log.checkpoint_file.read_text("utf-8"), "utf-8")
    house.close()
    assert run_command("export-log", "-o", folder / "log", "--config", config).returncode == 0
    (folder / "today").write_text(run_command("checkpoint", "--config", config).stdout, "utf-8")
    return folder


def python_of_the_document(folder: Path, log: Path) -> subprocess.CompletedProcess[str]:
    (code,) = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    assert "earwitness" not in re.sub(r"print\(.*", "", code), "none of our code takes part"
    program = folder / "verify.py"
    program.write_text(code, "utf-8")
    return subprocess.run([sys.executable, program, log], capture_output=True, text=True, timeout=60)


def test_its_python_accepts_an_exported_log(log: Path, tmp_path: Path) -> None:
    done = python_of_the_document(tmp_path, log / "log")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{ENTRIES} leaves, all as they were signed for by earwitness-")


@pytest.mark.parametrize("line", [0, 1, ENTRIES // 2, ENTRIES - 1])
def test_its_python_refuses_an_altered_one(log: Path, tmp_path: Path, line: int) -> None:
    altered = tmp_path / "log"
    altered.mkdir()
    for file in (log / "log").iterdir():
        (altered / file.name).write_bytes(file.read_bytes())
    leaves = (altered / "leaves").read_bytes().splitlines()
    leaves[line] = base64.b64encode(base64.b64decode(leaves[line]).replace(b"allowed", b"refused"))
    (altered / "leaves").write_bytes(b"\n".join(leaves) + b"\n")
    done = python_of_the_document(tmp_path, altered)
    assert done.returncode != 0
    assert "these are not the leaves that were signed for" in done.stderr


@needs("go")
def test_its_commands_for_go_are_accepted(log: Path, tmp_path: Path) -> None:
    built(tmp_path)
    of_the_agent = f"{sys.executable} -m agent"
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", DOCUMENT, re.DOTALL | re.MULTILINE)
    commands = [line for language, block in blocks if not language for line in block.splitlines()]
    lines = [line for line in commands if "auditor " in line or " prove " in line]
    tried = [line for line in lines if not line.startswith("GO111MODULE")]
    assert len(tried) == 5
    script = "\n".join(tried).replace("./auditor", str(tmp_path / "auditor")).replace("earwitness-agent", of_the_agent)
    environment = {"EARWITNESS_CONFIG": str(log / "agent.toml"), "PATH": "/usr/bin:/bin"}
    root = str(Path(__file__).parents[3])
    done = subprocess.run(
        ["bash", "-euc", script], cwd=log, env={**environment, "PYTHONPATH": root}, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("accepted: ") == 3
    assert "entry 7 of" in done.stdout
