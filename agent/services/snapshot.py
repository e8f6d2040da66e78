"""The token of a paged list: "these rows, for this session and this query", so that pages do not shift or log again.

    <newest row, decimal>.<HMAC-SHA256 of session, list, query and that row, 16 bytes hexadecimal>

A token that holds was handed out with the entry of its query already in the log; whoever brings it back sees no row
that the query did not already give them.
"""

from __future__ import annotations

import hashlib
import hmac

MAC_BYTES = 16


class Snapshots:
    def __init__(self, key: bytes) -> None:
        self._key = key

    def token(self, *, session: str, listing: str, query: str, up_to: int) -> str:
        said = "\0".join((session, listing, query, str(up_to))).encode("utf-8", "surrogateescape")
        mac = hmac.new(self._key, said, hashlib.sha256).digest()[:MAC_BYTES]
        return f"{up_to}.{mac.hex()}"

    def up_to(self, token: str | None, *, session: str, listing: str, query: str) -> int | None:
        """The newest row of a token that was handed out for this very list; None when it was not."""
        number, _, _ = (token or "").partition(".")
        if not number.isascii() or not number.isdigit() or len(number) > 18:
            return None
        expected = self.token(session=session, listing=listing, query=query, up_to=int(number))
        return int(number) if hmac.compare_digest(expected, token or "") else None
