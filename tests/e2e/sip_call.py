"""A telephone call as it is: two SIP agents (baresip) on loopback, one of which records what it sends and hears.

It owns the two programs and their settings. Each leg is a file, `dump-YYYY-MM-DD-HH-MM-SS-enc.wav` and `-dec.wav`,
PCM of 16 bits whose header says nothing of its length before the call has ended. There is no sound card: each side
speaks what the demo's voices say, and what it hears goes nowhere else. Both programs end by themselves after
`LONGEST_S`, whatever becomes of the tests.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from agent.demo.utterances import SPEECH
from tests.agent.waiting import until

ZONE = "Europe/Helsinki"
"""Of the recorder's clock, by which it names its files."""
RATE_HZ = 8000
LONGEST_S = 60
PATIENCE_S = 10
MODULES = Path("/usr/lib/baresip/modules")
_RTP_PORTS = range(30_000, 32_000, 20)
_RTP_PORTS_EACH = 10


@dataclass
class SipCall:
    """A call that goes on."""

    recorder: subprocess.Popen[bytes]
    caller: subprocess.Popen[bytes]
    folder: Path
    """Where the recorder writes."""

    def legs(self) -> list[Path]:
        return sorted(self.folder.glob("dump-*.wav"))

    @contextmanager
    def on_hold(self) -> Iterator[ExitStack]:
        """Let the caller say nothing, as a bad line or a telephone on hold does, until the stack is closed."""
        self.caller.send_signal(signal.SIGSTOP)
        with ExitStack() as hold:
            hold.callback(self.caller.send_signal, signal.SIGCONT)
            yield hold

    def hang_up(self) -> None:
        """End the call as people do: the caller says so, the recorder answers and closes its files."""
        self.caller.send_signal(signal.SIGTERM)
        self.caller.wait(PATIENCE_S)

    def kill_recorder(self) -> None:
        """End the recorder in the middle, without a chance to close anything."""
        self.recorder.kill()
        self.recorder.wait(PATIENCE_S)


@contextmanager
def sip_call(work: Path, folder: Path) -> Iterator[SipCall]:
    """Have a call until the end of the block; both legs are being written when it begins.

    Args:
        work: An empty folder, for the settings of the two.
        folder: Where the recorder writes; it is there.
    """
    recorders_port, callers_port = _free_ports(2)
    recorders_rtp, callers_rtp = _free_rtp_ports(2)
    answering = _settings(work / "recorder", recorders_port, recorders_rtp, "adviser", records_into=folder)
    calling = _settings(work / "caller", callers_port, callers_rtp, "low")
    with ExitStack() as stack:
        recorder = stack.enter_context(_running(answering))
        until(lambda: _is_taken(recorders_port))
        _wait_for_a_new_second()
        caller = stack.enter_context(_running(calling, "-e", f"/dial sip:adviser@127.0.0.1:{recorders_port}"))
        call = SipCall(recorder, caller, folder)
        until(lambda: len(call.legs()) == 2)
        yield call


@contextmanager
def _running(settings: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    command = ["baresip", "-f", settings, "-t", str(LONGEST_S), *words]
    quiet = subprocess.DEVNULL
    with (settings / "said").open("wb") as said:
        environment = {**os.environ, "TZ": ZONE}
        process = subprocess.Popen(command, stdin=quiet, stdout=said, stderr=said, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait(PATIENCE_S)


def _settings(folder: Path, port: int, rtp_port: int, voice: str, records_into: Path | None = None) -> Path:
    """Write what one of the two is to do."""
    folder.mkdir()
    _write_speech(folder / "speech.wav", voice)
    modules = ["aufile", "aubridge", "g711", *(["sndfile"] if records_into else [])]
    lines = [
        "poll_method epoll",
        f"sip_listen 127.0.0.1:{port}",
        "net_interface 127.0.0.1",
        f"rtp_ports {rtp_port}-{rtp_port + _RTP_PORTS_EACH - 1}",
        "audio_path /usr/share/baresip",
        f"audio_source aufile,{folder / 'speech.wav'}",
        "audio_player aubridge,nowhere",
        "audio_alert aubridge,nowhere",
        *(f"{place}_format s16" for place in ("ausrc", "auplay", "auenc", "audec")),
        f"ausrc_srate {RATE_HZ}",
        f"auplay_srate {RATE_HZ}",
        "audio_buffer 20-160",
        *([f"snd_path {records_into}"] if records_into else []),
        f"module_path {MODULES}",
        *(f"module {module}.so" for module in modules),
        "module_tmp account.so",
        "module_app menu.so",
    ]
    (folder / "config").write_text("\n".join(lines) + "\n", "utf-8")
    account = f"<sip:{voice}@127.0.0.1:{port};transport=udp>;regint=0;answermode=auto;audio_codecs=pcma"
    (folder / "accounts").write_text(account + "\n", "utf-8")
    (folder / "contacts").write_text("", "utf-8")
    return folder


def _write_speech(file: Path, voice: str) -> None:
    """What a voice has to say, again and again, for longer than any call."""
    spoken = [soundfile.read(said, dtype="int16")[0] for said in sorted(SPEECH.glob(f"en-{voice}-*.wav"))]
    once = np.concatenate(spoken)
    soundfile.write(file, np.resize(once, LONGEST_S * RATE_HZ), RATE_HZ, subtype="PCM_16")


def _wait_for_a_new_second() -> None:
    """The recorder looks at the clock for each leg: a second that ends between them gives one call two names."""
    until(lambda: 0.05 < time.time() % 1 < 0.4)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _free_rtp_ports(count: int) -> list[int]:
    """First ports of ranges in which none is taken."""
    free = [first for first in _RTP_PORTS if not any(_is_taken(port) for port in range(first, first + _RTP_PORTS_EACH))]
    return free[:count]


def _is_taken(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as tried:
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
