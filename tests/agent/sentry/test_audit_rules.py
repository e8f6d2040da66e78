"""Bytes of the kernel's audit: state and rules."""

from __future__ import annotations

import struct

import pytest

from agent.sentry.audit_rules import KEY, Status, daemon, enabling, rules, status


def test_a_rule_watches_a_folder_for_the_calls_that_open() -> None:
    [wide, narrow] = rules(["/srv/spool"], "x86_64")
    assert len(wide) == 1040 + len("/srv/spool") + len(KEY)
    assert struct.unpack_from("=III", wide) == (4, 2, 3)
    mask = struct.unpack_from("=64I", wide, 12)
    assert {32 * word + bit for word, bits in enumerate(mask) for bit in range(32) if bits >> bit & 1} == {
        2,
        85,
        257,
        304,
        437,
    }
    assert struct.unpack_from("=3I", wide, 268) == (11, 107, 210)
    assert struct.unpack_from("=3I", wide, 524) == (0xC000003E, len("/srv/spool"), len(KEY))
    assert struct.unpack_from("=3I", wide, 780) == (0x40000000,) * 3
    assert wide[1040:] == b"/srv/spool" + KEY.encode()
    assert struct.unpack_from("=I", narrow, 524) == (0x40000003,)


def test_a_folder_inside_another_needs_no_rule_of_its_own() -> None:
    assert len(list(rules(["/var/lib/e", "/var/lib/e/vault", "/var/lib/extra"], "x86_64"))) == 4


def test_calls_of_an_unknown_machine_are_not_guessed() -> None:
    with pytest.raises(KeyError):
        list(rules(["/x"], "pdp11"))


def test_the_state_is_read_and_set() -> None:
    assert status(struct.pack("=11I", 0, 1, 1, 77, 0, 64, 5, 2, 127, 15000, 0)) == Status(1, 77, 5)
    assert struct.unpack("=11I", enabling(1))[:2] == (1, 1)
    assert struct.unpack("=11I", daemon(77))[:4] == (4, 0, 0, 77)


def test_a_state_that_is_cut_off_is_refused() -> None:
    with pytest.raises(ValueError, match="cut off"):
        status(bytes(31))
