"""Which file systems are marked whole."""

from __future__ import annotations

import pytest

from agent.sentry.mounts import Mount, is_own_filesystem, mounts

MOUNTINFO = rb"""24 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 24 0:25 / /var/spool/calls rw,relatime shared:5 - tmpfs tmpfs rw
31 24 254:16 / /srv/with\040blank rw - ext4 /dev/vdb rw
32 24 254:16 /sub /srv/part rw - ext4 /dev/vdb rw
33 24 254:0 / /mnt/root-again rw - ext4 /dev/vda rw
short line
"""


def test_lines_are_read_with_their_escapes() -> None:
    assert Mount((254, 16), "/", "/srv/with blank") in mounts(MOUNTINFO)
    assert len(mounts(MOUNTINFO)) == 5


@pytest.mark.parametrize(
    ("path", "is_own"),
    [
        ("/var/spool/calls", True),
        ("/srv/with blank", True),
        ("/var/spool/calls/sub", False),
        ("/srv/part", False),
        ("/mnt/root-again", False),
        ("/", False),
        ("/var", False),
    ],
)
def test_only_a_file_system_that_is_there_whole_and_is_not_the_systems_is_its_own(path: str, is_own: bool) -> None:
    assert is_own_filesystem(path, mounts(MOUNTINFO)) is is_own
