"""Records into journald by its native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL): one datagram each.

NAME=text\n                                      a field without newline
NAME\n<length, 8 bytes, little endian>text\n     any field
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from agent.forwarding.datagrams import Datagrams
from agent.forwarding.delivery import Patience
from agent.forwarding.sink import Record
from agent.forwarding.syslog import APP, FACILITY, NOTICE, WARNING


class Journal:
    """See the module.

    Args:
        path: journald's socket.
    """

    def __init__(self, path: Path) -> None:
        self._datagrams = Datagrams(path)

    def send(self, records: Sequence[Record], patience: Patience) -> None:
        for record in records:
            self._datagrams.send(_datagram(record), patience)
            patience.got_on()

    def close(self) -> None:
        self._datagrams.close()


def _datagram(record: Record) -> bytes:
    fields = {
        "MESSAGE": record.line,
        "PRIORITY": str(WARNING if record.is_notable else NOTICE).encode(),
        "SYSLOG_FACILITY": str(FACILITY).encode(),
        "SYSLOG_IDENTIFIER": APP.encode(),
        "EARWITNESS_KIND": record.kind.encode(),
        "EARWITNESS_AT": record.at.encode(),
        **{f"EARWITNESS_{name}": value.encode() for name, value in record.fields.items()},
    }
    if record.kind == "checkpoint":
        fields["EARWITNESS_CHECKPOINT"] = record.whole
    return b"".join(_field(name.encode(), value) for name, value in fields.items())


def _field(name: bytes, value: bytes) -> bytes:
    if b"\n" in value:
        return name + b"\n" + len(value).to_bytes(8, "little") + value + b"\n"
    return name + b"=" + value + b"\n"
