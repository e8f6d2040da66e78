"""Passwords: Argon2id in the PHC string format, with the second recommended parameters of RFC 9106, section 4."""

from __future__ import annotations

import secrets
import threading
from base64 import b64encode

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

MEMORY_KIB = 64 * 1024
ITERATIONS = 3
LANES = 4
SALT_BYTES = 16
HASH_BYTES = 32
LENGTH_LIMITS = (12, 1024)
"""Characters; NIST SP 800-63B-4 asks for length instead of rules about characters."""

_one_at_a_time = threading.Semaphore(2)
"""Each takes 64 MiB: a flood of sign-ins must not take the server's memory."""


class PasswordUnfit(Exception):
    """A new password is too short, too long, or holds the user name."""


def require_fit(password: str, user: str) -> None:
    """Check a new password.

    Raises:
        PasswordUnfit: see there.
    """
    shortest, longest = LENGTH_LIMITS
    if not shortest <= len(password) <= longest:
        raise PasswordUnfit(f"a password has {shortest} to {longest} characters")
    if user.casefold() in password.casefold():
        raise PasswordUnfit("a password does not hold the user name")


def hash_password(password: str) -> str:
    with _one_at_a_time:
        return Argon2id(
            salt=secrets.token_bytes(SALT_BYTES),
            length=HASH_BYTES,
            iterations=ITERATIONS,
            lanes=LANES,
            memory_cost=MEMORY_KIB,
        ).derive_phc_encoded(password.encode())


def is_password(password: str, stored: str) -> bool:
    """Whether this is the password; the comparison takes the same time either way."""
    try:
        with _one_at_a_time:
            Argon2id.verify_phc_encoded(password.encode(), stored)
    except InvalidKey:
        return False
    return True


def _nobodys() -> str:
    """Stored as `hash_password` stores one, but drawn by lot: no start of a program waits for a hash."""
    salt, drawn = (b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (SALT_BYTES, HASH_BYTES))
    return f"$argon2id$v=19$m={MEMORY_KIB},t={ITERATIONS},p={LANES}${salt}${drawn}"


NOBODYS = _nobodys()
"""Compared with when there is no such user, so that time does not tell which names exist."""
