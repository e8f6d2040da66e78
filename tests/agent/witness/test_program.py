"""`earwitness-witness` as a process of its own: HTTP on stdin and stdout, HTTP on a Unix socket, exit codes."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from agent.audit.cosignature import check_cosigned
from agent.audit.note import Note, VerifierKey, read_note, read_signatures
from agent.client import NO_TLS
from agent.witness.answering import CONNECTIONS, Listening
from agent.witness.cosigning import Witness
from agent.witness.memory import origin_hash
from tests.agent.running import PATIENCE_S, short_folder
from tests.agent.witness.conftest import Log, said


def run(*words: str | Path, said: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "agent.witness", *map(str, words)]
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    return subprocess.run(command, input=said, capture_output=True, timeout=PATIENCE_S, env=environment)


@pytest.fixture
def folder(tmp_path: Path, log: Log) -> Path:
    made = tmp_path / "w"
    assert run("init", "--dir", made, "--name", "witness.example/w1").returncode == 0
    assert run("add-log", "--dir", made, log.signer.verifier.vkey).returncode == 0
    return made


def request(body: bytes, head: str = "POST /add-checkpoint HTTP/1.1") -> bytes:
    return f"{head}\r\nHost: witness\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def answer(folder: Path, body: bytes) -> tuple[int, str, bytes]:
    """Exit code, status line, body."""
    done = run("answer", "--dir", folder, said=request(body))
    head, _, content = done.stdout.partition(b"\r\n\r\n")
    return done.returncode, head.decode().split("\r\n")[0], content


def test_it_loads_nothing_of_an_installation() -> None:
    program = "import sys, agent.witness.__main__; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert {name for name in loaded if name.split(".")[0] in ("agent", "db", "tui")} == {
        "agent",
        "agent.audit",
        "agent.audit.checkpoint",
        "agent.audit.cosignature",
        "agent.audit.note",
        "agent.audit.submission",
        "agent.audit.tree",
        "agent.cli",
        "agent.cli.text",
        "agent.errors",
        "agent.witness",
        "agent.witness.__main__",
        "agent.witness.answering",
        "agent.witness.cosigning",
        "agent.witness.memory",
        "agent.witness.refusal",
    }
    foreign = {"peewee", "playhouse", "textual", "fastapi", "pydantic", "httpx", "sqlcipher3", "numpy"}
    assert not foreign & {name.split(".")[0] for name in loaded}


def test_a_log_is_followed_over_stdin_and_stdout(folder: Path, log: Log) -> None:
    vkey = run("vkey", "--dir", folder).stdout.decode()
    old = 0
    for step in (0, 4, 9):
        log.grow(step)
        code, status, body = answer(folder, log.body(old))
        assert (code, status) == (0, "HTTP/1.1 200 OK")
        note = Note(read_note(log.note()).text, read_signatures(body.decode()))
        assert abs(check_cosigned(note, VerifierKey.read(vkey)).time_s - time.time()) < PATIENCE_S
        old = len(log.leaves)
    [shown] = run("show", "--dir", folder, "--json").stdout.splitlines()
    facts = json.loads(shown)
    assert (facts["origin"], facts["size"], facts["refused"]) == (log.key.name, 18, 0)
    assert b"18 entries, seen 2" in run("show", "--dir", folder).stdout
    assert facts["checkpoint"] == log.note() + body.decode()
    for origin in ([], [log.key.name]):
        assert run("checkpoint", "--dir", folder, *origin).stdout.decode() == facts["checkpoint"]
    assert run("checkpoint", "--dir", folder, "another").returncode == 1


def test_each_refusal_has_its_exit_code_and_status(folder: Path, log: Log) -> None:
    answer(folder, log.body(0))
    fork, stranger = log.forked(4), Log()
    fork.grow(1, b"other")
    stranger.grow(5)
    assert answer(folder, b"nonsense")[:2] == (2, "HTTP/1.1 400 Bad Request")
    assert answer(folder, stranger.body(0))[:2] == (10, "HTTP/1.1 404 Not Found")
    forged = log.note().replace("\n5\n", "\n6\n")
    assert answer(folder, said(5, [], forged))[:2] == (11, "HTTP/1.1 403 Forbidden")
    assert answer(folder, log.body(0)) == (12, "HTTP/1.1 409 Conflict", b"5\n")
    assert answer(folder, log.body(3, 3)) == (13, "HTTP/1.1 409 Conflict", b"5\n")
    assert answer(folder, said(5, [], fork.note()))[:2] == (14, "HTTP/1.1 422 Unprocessable Entity")
    log.grow(1)
    assert answer(folder, said(5, [], log.note()))[:2] == (15, "HTTP/1.1 422 Unprocessable Entity")
    assert b"because they contradict it: 2" in run("show", "--dir", folder).stdout


def test_a_memory_that_is_broken_is_said_by_answer_and_show(folder: Path, log: Log) -> None:
    file = folder / "logs" / origin_hash(log.key.name)
    file.write_bytes(file.read_bytes()[:-2])
    code, status, _body = answer(folder, log.body(0))
    assert (code, status) == (16, "HTTP/1.1 500 Internal Server Error")
    assert run("show", "--dir", folder).returncode == 5
    assert run("add-log", "--dir", folder, log.signer.verifier.vkey).returncode == 1


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"\r\n",
        b"hello\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"POST /add-checkpoint HTTP/1.1\r\n\r\n",
        b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
        b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 100\r\n\r\nold 0",
        b"BREW /\x1b[2J HTTP/1.1\r\n\r\n",
        b"A" * 70_000,
        b"POST /add-checkpoint HTTP/1.1\r\n" + b"X: y\r\n" * 500 + b"\r\n",
    ],
    ids=range(11),
)
def test_garbage_is_refused_and_nothing_of_it_is_repeated(folder: Path, garbage: bytes) -> None:
    done = run("answer", "--dir", folder, said=garbage)
    assert done.returncode != 0
    assert b"Traceback" not in done.stderr
    assert b"\x1b" not in done.stdout + done.stderr


def test_a_second_init_and_a_bad_vkey_are_refused(folder: Path, tmp_path: Path) -> None:
    again = run("init", "--dir", folder, "--name", "w")
    assert (again.returncode, b"already" in again.stderr) == (1, True)
    assert run("add-log", "--dir", folder, "nonsense").returncode == 2
    own = run("vkey", "--dir", folder).stdout.decode()
    assert run("add-log", "--dir", folder, own).returncode == 2
    nobody = run("show", "--dir", tmp_path / "nowhere")
    assert (nobody.returncode, b"init" in nobody.stderr) == (1, True)


@pytest.fixture
def served(folder: Path) -> Iterator[Path]:
    with short_folder() as short:
        path = short / "socket"
        command = [sys.executable, "-m", "agent.witness", "serve", "--dir", str(folder), "--socket", str(path)]
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
            assert process.stderr is not None
            assert "answers on" in process.stderr.readline()
            yield path
            process.send_signal(signal.SIGTERM)
            process.stderr.read()
            assert process.wait(PATIENCE_S) == 0
        assert not path.exists()


def client(path: Path) -> httpx.Client:
    return httpx.Client(
        transport=httpx.HTTPTransport(verify=NO_TLS, uds=str(path)), base_url="http://witness", timeout=PATIENCE_S
    )


def test_a_log_is_followed_on_a_unix_socket(served: Path, log: Log) -> None:
    with client(served) as http:
        assert http.get(f"/{origin_hash(log.key.name)}/checkpoint").status_code == 404
        assert http.post("/add-checkpoint", content=log.body(0)).status_code == 200
        log.grow(3)
        conflict = http.post("/add-checkpoint", content=log.body(0))
        assert (conflict.status_code, conflict.text) == (409, "5\n")
        assert conflict.headers["content-type"] == "text/x.tlog.size"
        assert conflict.headers["earwitness-refusal"] == "other-size"
        cosigned = http.post("/add-checkpoint", content=log.body(5))
        assert http.get(f"/{origin_hash(log.key.name)}/checkpoint").text == log.note() + cosigned.text
        assert http.post("/elsewhere", content=b"").status_code == 404


def test_of_many_at_once_one_is_cosigned(served: Path, log: Log) -> None:
    forks = [log.forked(5) for _fork in range(8)]
    with client(served) as http:
        http.post("/add-checkpoint", content=log.body(0)).raise_for_status()

    def submit(numbered: tuple[int, Log]) -> int:
        number, fork = numbered
        fork.grow(2, b"fork %d " % number)
        with client(served) as http:
            return http.post("/add-checkpoint", content=fork.body(5)).status_code

    with ThreadPoolExecutor(len(forks)) as all_at_once:
        assert sorted(all_at_once.map(submit, enumerate(forks))) == [200] + [409] * 7


def test_as_many_may_wait_as_are_answered_and_none_is_turned_away(witness: Witness) -> None:
    with short_folder() as folder, Listening(folder / "socket", witness), ExitStack() as all_of_them:
        for _one in range(CONNECTIONS):
            one = all_of_them.enter_context(socket.socket(socket.AF_UNIX))
            one.setblocking(False)
            one.connect(str(folder / "socket"))


def test_whoever_says_nothing_keeps_nobody_waiting(served: Path, log: Log) -> None:
    silent = [socket.socket(socket.AF_UNIX) for _one in range(8)]
    for one in silent:
        one.connect(str(served))
        one.send(b"POST /add-")
    with client(served) as http:
        assert http.post("/add-checkpoint", content=log.body(0)).status_code == 200
    for one in silent:
        one.close()
