"""The number of the log's epoch: 1, until a log whose end was lost goes on under a new name.

A log that was put back to an older state and goes on would sign a second time for sizes that it has signed for already.
In a new epoch the name of its key is another one (`agent.audit.checkpoint`), so that no two checkpoints of one name
disagree. The number lies with the keys, where a database that is put back cannot take it back with it.

    keys/epoch    decimal, a line end; not there in epoch 1
"""

from __future__ import annotations

import os
from pathlib import Path

EPOCH_FILE = "epoch"


class EpochUnreadable(Exception):
    """What lies in place of the number is none."""


def read_epoch(keys_dir: Path) -> int:
    """The epoch that the log is in.

    Raises:
        EpochUnreadable: see there.
    """
    try:
        words = (keys_dir / EPOCH_FILE).read_text("ascii").strip()
    except FileNotFoundError:
        return 1
    except (OSError, UnicodeDecodeError) as error:
        raise EpochUnreadable(f"{EPOCH_FILE} cannot be read") from error
    if not words.isdigit() or int(words) < 1:
        raise EpochUnreadable(f"{EPOCH_FILE} holds no number")
    return int(words)


def begin_epoch(keys_dir: Path, epoch: int) -> None:
    """Make a number durable before anything is signed under it.

    Raises:
        OSError: it is not.
    """
    beside = keys_dir / f"{EPOCH_FILE}.new"
    with beside.open("w", encoding="ascii") as file:
        file.write(f"{epoch}\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(keys_dir / EPOCH_FILE)
    folder = os.open(keys_dir, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
