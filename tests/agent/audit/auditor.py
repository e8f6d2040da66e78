"""The auditor who believes nobody: `reference/auditor.go`, built with Debian's golang.org/x/mod, and driven."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parent / "reference" / "auditor.go"
DEBIANS_GOPATH = "/usr/share/gocode"
PATIENCE_S = 120


@dataclass(frozen=True)
class Verdict:
    """How a run ended. `accepted`, or what was wrong in `said`."""

    accepted: bool
    said: str


@dataclass(frozen=True)
class Auditor:
    program: Path

    def judge(self, *words: str | Path, handed: object = None) -> Verdict:
        """Run once, with one proof on standard input where the question needs it."""
        done = self._run(*words, said="" if handed is None else json.dumps(handed))
        assert done.returncode in (0, 1), done.stderr
        return Verdict(done.returncode == 0, done.stdout + done.stderr)

    def judge_proofs(self, log: Path, proofs: Iterable[dict[str, Any]]) -> list[str]:
        """One verdict for each of many proofs, against roots recomputed from the leaves of an exported log."""
        done = self._run("proofs", log, said="".join(json.dumps(proof) + "\n" for proof in proofs))
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    def _run(self, *words: str | Path, said: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.program, *words], input=said, capture_output=True, text=True, timeout=PATIENCE_S, encoding="utf-8"
        )


def built(folder: Path) -> Auditor:
    """Compile the auditor without a network, and without leaving anything outside the folder."""
    program = folder / "auditor"
    offline = {"GO111MODULE": "off", "GOPATH": DEBIANS_GOPATH, "GOCACHE": str(folder / "cache"), "GOFLAGS": ""}
    subprocess.run(
        ["go", "build", "-o", program, SOURCE], env={**os.environ, **offline}, check=True, timeout=PATIENCE_S
    )
    return Auditor(program)
