"""The bytes of a recording, fetched as they are about to be heard.

Every fetch is one entry in the agent's log, so nothing is fetched that the play position does not come near:
the chunk it stands in and the next ones. It owns what has been fetched for this listening, in memory only,
and forgets it at the end; it knows nothing of sound.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

CHUNK_BYTES = 128 * 1024
CHUNKS_AHEAD = 2
KEPT_CHUNKS = 512
"""What a listening keeps at most, 64 MiB: an hour of two telephone legs."""

Source = Callable[[int, int], Awaitable[bytes]]
"""Bytes `start` to `stop` (exclusive) of the untouched file; raises `agent.errors.EarwitnessError`."""


class Fetcher:
    """Fetch the samples of one recording, chunk by chunk.

    Args:
        source: Where the bytes come from.
        data_offset: Of the samples in the file, in bytes.
        data_bytes: Of all samples.
        block_bytes: Chunks hold whole blocks of this size.
        on_arrival: Called when a chunk has come, or has failed.
    """

    def __init__(
        self,
        source: Source,
        *,
        data_offset: int,
        data_bytes: int,
        block_bytes: int,
        on_arrival: Callable[[], None],
    ) -> None:
        self._source = source
        self._data_offset = data_offset
        self._data_bytes = data_bytes
        self._chunk_bytes = max(1, CHUNK_BYTES // block_bytes) * block_bytes
        self._on_arrival = on_arrival
        self._chunks: dict[int, asyncio.Task[bytes]] = {}
        self._given_up: set[asyncio.Task[bytes]] = set()

    def bytes_at(self, start: int, stop: int) -> bytes | None:
        """Give the samples' bytes `start` to `stop`, or order them and give None until they have come.

        Chunks on their way that are not near `start` are given up: a seek is served first.

        Raises:
            EarwitnessError: what the source said to a chunk that is needed; the next call asks for it again.
        """
        stop = min(stop, self._data_bytes)
        if start >= stop:
            return b""
        first, last = start // self._chunk_bytes, (stop - 1) // self._chunk_bytes
        self._give_up_all_but(range(first, last + CHUNKS_AHEAD + 1))
        for index in range(first, last + CHUNKS_AHEAD + 1):
            self._order(index)
        wanted = [self._chunks[index] for index in range(first, last + 1)]
        for index in range(first, last + 1):
            self._raise_failure(index)
        if not all(chunk.done() for chunk in wanted):
            return None
        offset = first * self._chunk_bytes
        return b"".join(chunk.result() for chunk in wanted)[start - offset : stop - offset]

    async def close(self) -> None:
        """Give up what is on its way and forget the rest."""
        self._give_up_all_but(range(0))
        self._chunks.clear()
        await asyncio.gather(*self._given_up, return_exceptions=True)

    def _order(self, index: int) -> None:
        if index in self._chunks or index * self._chunk_bytes >= self._data_bytes:
            return
        chunk = asyncio.create_task(self._fetch(index), name=f"fetch chunk {index}")
        chunk.add_done_callback(self._arrived)
        self._chunks[index] = chunk
        self._forget_oldest()

    async def _fetch(self, index: int) -> bytes:
        start = index * self._chunk_bytes
        stop = min(start + self._chunk_bytes, self._data_bytes)
        return await self._source(self._data_offset + start, self._data_offset + stop)

    def _arrived(self, chunk: asyncio.Task[bytes]) -> None:
        self._given_up.discard(chunk)
        if not chunk.cancelled():
            chunk.exception()  # seen here, so that asyncio does not report one that nobody came to hear
            self._on_arrival()

    def _raise_failure(self, index: int) -> None:
        chunk = self._chunks[index]
        if chunk.done() and (error := chunk.exception()) is not None:
            del self._chunks[index]
            raise error

    def _give_up_all_but(self, wanted: range) -> None:
        for index in [index for index, chunk in self._chunks.items() if not chunk.done()]:
            if index not in wanted:
                chunk = self._chunks.pop(index)
                self._given_up.add(chunk)
                chunk.cancel()

    def _forget_oldest(self) -> None:
        done = [index for index, chunk in self._chunks.items() if chunk.done()]
        for index in done[: max(0, len(self._chunks) - KEPT_CHUNKS)]:
            del self._chunks[index]
