"""What stands in an entry in place of what a person typed: an HMAC of the words under a key of the log."""

from __future__ import annotations

import hashlib
import hmac
import re

PREFIX = "hmac:"
BYTES = 16
DIGEST = re.compile(f"{PREFIX}([0-9a-f]{{{2 * BYTES}}})")


def digest(key: bytes, kind: str, said: str) -> str:
    """Stand-in for what a person typed: the same words give the same digest, and only the key leads to it."""
    mac = hmac.new(key, kind.encode() + b"\0" + said.encode("utf-8", "surrogateescape"), hashlib.sha256)
    return PREFIX + mac.digest()[:BYTES].hex()
