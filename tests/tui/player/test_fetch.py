from __future__ import annotations

import asyncio

import pytest

from agent.errors import NotPermitted
from tests.tui.player.sounds import FileSource, becomes_true
from tui.player.fetch import CHUNK_BYTES, KEPT_CHUNKS, Fetcher

OFFSET = 44
SAMPLES = bytes(index % 251 for index in range(10 * CHUNK_BYTES + 100))
SAMPLES_BYTES = len(SAMPLES)
FILE = b"h" * OFFSET + SAMPLES


def fetcher_of(source, *, block_bytes=2, data_bytes=SAMPLES_BYTES, on_arrival=lambda: None):
    return Fetcher(source, data_offset=OFFSET, data_bytes=data_bytes, block_bytes=block_bytes, on_arrival=on_arrival)


async def came(fetcher, start, stop):
    found = fetcher.bytes_at(start, stop)
    while found is None:
        await asyncio.sleep(0)
        found = fetcher.bytes_at(start, stop)
    return found


def run_with_fetcher(body, **options):
    async def scene():
        source = FileSource(FILE)
        fetcher = fetcher_of(source, **options)
        try:
            await body(source, fetcher)
        finally:
            await fetcher.close()

    asyncio.run(scene())


def test_a_part_across_two_chunks_is_exact():
    async def body(source, fetcher):
        start, stop = CHUNK_BYTES - 50, CHUNK_BYTES + 70
        assert await came(fetcher, start, stop) == SAMPLES[start:stop]

    run_with_fetcher(body)


def test_only_the_chunk_of_the_position_and_two_ahead_are_fetched():
    async def body(source, fetcher):
        await came(fetcher, 0, 100)
        await came(fetcher, 200, 300)
        starts = [start - OFFSET for start, _ in source.asked]
        assert starts == [0, CHUNK_BYTES, 2 * CHUNK_BYTES]

    run_with_fetcher(body)


def test_what_has_come_is_not_fetched_again():
    async def body(source, fetcher):
        await came(fetcher, 0, 100)
        await came(fetcher, CHUNK_BYTES * 2, CHUNK_BYTES * 2 + 10)
        await came(fetcher, 0, 100)
        assert len(source.asked) == len(set(source.asked))

    run_with_fetcher(body)


def test_a_seek_gives_up_what_is_on_its_way_and_fetches_there():
    async def body(source, fetcher):
        source.gate.clear()
        assert fetcher.bytes_at(0, 100) is None
        await becomes_true(lambda: len(source.asked) == 3)
        assert fetcher.bytes_at(7 * CHUNK_BYTES, 7 * CHUNK_BYTES + 100) is None
        await becomes_true(lambda: len(source.asked) == 6)
        assert source.asked[3][0] == OFFSET + 7 * CHUNK_BYTES
        source.gate.set()
        await came(fetcher, 7 * CHUNK_BYTES, 7 * CHUNK_BYTES + 100)
        await came(fetcher, 0, 100)
        assert source.asked[6][0] == OFFSET  # it had been given up, so it is asked for again

    run_with_fetcher(body)


def test_chunks_hold_whole_blocks():
    async def body(source, fetcher):
        await came(fetcher, 0, 65)
        sizes = [(stop - start) % 65 for start, stop in source.asked]
        assert sizes == [0, 0, 0]

    run_with_fetcher(body, block_bytes=65)


def test_nothing_beyond_the_samples_is_fetched():
    async def body(source, fetcher):
        assert await came(fetcher, 80, 500) == SAMPLES[80:100]
        assert fetcher.bytes_at(100, 200) == b""
        assert source.asked == [(OFFSET, OFFSET + 100)]

    run_with_fetcher(body, data_bytes=100)


def test_a_refusal_is_raised_where_its_bytes_are_needed_and_asked_for_once_more_later():
    async def body(source, fetcher):
        source.error = NotPermitted(capability="contact.listen")
        with pytest.raises(NotPermitted):
            await came(fetcher, 0, 100)
        source.error = None
        assert await came(fetcher, 0, 100) == SAMPLES[:100]

    run_with_fetcher(body)


def test_a_refusal_further_on_does_not_stop_what_is_heard_now():
    async def body(source, fetcher):
        await came(fetcher, 0, 100)
        source.error = NotPermitted(capability="contact.listen")
        await came(fetcher, 2 * CHUNK_BYTES, 2 * CHUNK_BYTES + 10)

    run_with_fetcher(body)


def test_an_arrival_is_told():
    arrivals = []

    async def body(source, fetcher):
        fetcher.bytes_at(0, 100)
        await becomes_true(lambda: len(arrivals) == 3)

    run_with_fetcher(body, on_arrival=lambda: arrivals.append(1))


def test_a_long_listening_keeps_a_bounded_part():
    async def scene():
        async def zeros(start, stop):
            return bytes(stop - start)

        data_bytes = (KEPT_CHUNKS + 20) * 200_000
        fetcher = Fetcher(zeros, data_offset=0, data_bytes=data_bytes, block_bytes=200_000, on_arrival=lambda: None)
        for index in range(KEPT_CHUNKS + 20):
            await came(fetcher, index * 200_000, index * 200_000 + 10)
            assert len(fetcher._chunks) <= KEPT_CHUNKS
        await fetcher.close()

    asyncio.run(scene())
