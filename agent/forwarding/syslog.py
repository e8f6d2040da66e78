"""Records as syslog messages, RFC 5424: over a Unix datagram socket, UDP (RFC 5426) or TCP (RFC 6587, octets counted).

    <PRI>1 TIME HOST earwitness PID KIND - JSON

PRI is facility 10 (security) with severity 5 (notice), or 4 (warning) for what was refused or failed. KIND is `entry`
or `checkpoint`. TIME is the record's own.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from pathlib import Path

from agent.forwarding.datagrams import Datagrams
from agent.forwarding.delivery import Patience
from agent.forwarding.sink import Record
from agent.forwarding.stream import Stream

FACILITY = 10
WARNING, NOTICE = 4, 5
APP = "earwitness"


class Syslog:
    """See the module.

    Args:
        address: As the settings have it: `unix:PATH`, `udp:HOST:PORT`, `tcp:HOST:PORT`.
    """

    def __init__(self, address: str) -> None:
        kind, _, rest = address.partition(":")
        host, _, port = rest.rpartition(":")
        self._host = socket.gethostname()
        self._stream = Stream(host.strip("[]"), int(port)) if kind == "tcp" else None
        self._datagrams = Datagrams(Path(rest) if kind == "unix" else (host.strip("[]"), int(port or 0)))

    def send(self, records: Sequence[Record], patience: Patience) -> None:
        if self._stream:
            self._stream.send(b"".join(counted(self._message(record)) for record in records), patience)
            return
        for record in records:
            self._datagrams.send(self._message(record), patience)
            patience.got_on()

    def _message(self, record: Record) -> bytes:
        priority = FACILITY * 8 + (WARNING if record.is_notable else NOTICE)
        host = _printable(self._host) or "-"
        return f"<{priority}>1 {record.at} {host} {APP} {os.getpid()} {record.kind} - ".encode() + record.line

    def close(self) -> None:
        self._datagrams.close()
        if self._stream:
            self._stream.close()


def counted(message: bytes) -> bytes:
    """RFC 6587, section 3.4.1: no byte of a message can be taken for its end."""
    return b"%d %b" % (len(message), message)


def _printable(name: str) -> str:
    return "".join(letter for letter in name if "!" <= letter <= "~")[:255]
