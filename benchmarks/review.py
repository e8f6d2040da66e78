"""What security asks of a long log, over the socket: pages, counts, the hours, what is odd, the state.

Measured: from the request to the last byte of the reply; every question is a new one with its own durable entry, but
for the state, which is none. The first look at what is odd after a start reads four weeks of the log, the following
ones what came since.

Against: the same bytes as a page of 100 served on a Unix socket by uvicorn and starlette without any work, in the same
run.

Bounded by: SQLCipher's decryption of the pages that are read, an fsync a question, Python's share in building a page.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import httpx

from agent.installation import wall_clock_ms
from benchmarks.figure import Figure, Peer, percentile
from benchmarks.long_log import DAY_MS, SPAN_DAYS, fill_log
from benchmarks.scene import RunningAgent, Scene, appoint, fill, new_house, started
from benchmarks.search_page import served_bare, timed_ms, undecoded

ENTRIES, QUICK_ENTRIES = 1_000_000, 20_000
CONTACTS, QUICK_CONTACTS = 20_000, 2_000
LIMIT = 100
QUERIES = (
    "",
    "actor:anna.berg",
    "actor:anna.berg on:-3d",
    "action:contact.listen",
    "outcome:refused",
    "outcome:refused actor:anna.berg after:-28d",
    "-action:audit.read -action:contact.take_in",
    "contact:000000000005",
    "number:+46701740612",
    "number:*0612",
    "searched:invoice",
    "purpose:complaint case:C-118",
    "action:file.open",
    "reason:out-of-scope",
    "uid:1003",
    "before:-300d",
)
PAGE_P95_MS = 25
WORST_MS = 250


def measure(scene: Scene) -> Iterator[Figure]:
    entries = QUICK_ENTRIES if scene.is_quick else ENTRIES
    folder = scene.new_folder("review")
    with new_house(folder, lambda: wall_clock_ms() - (SPAN_DAYS + 1) * DAY_MS) as house:
        appoint(house)
        fill(house, QUICK_CONTACTS if scene.is_quick else CONTACTS)
        fill_log(house, entries, QUICK_CONTACTS if scene.is_quick else CONTACTS, now_ms=wall_clock_ms())
    agent = started(folder)
    with agent.stopped_after():
        yield from asyncio.run(_measured(scene, agent, entries))


async def _measured(scene: Scene, agent: RunningAgent, entries: int) -> list[Figure]:
    rounds, log = 3 if scene.is_quick else 10, f"{entries:,} entries"
    async with await agent.signed_in() as client, undecoded(agent.socket, client.token) as asking:
        first_odd_ms = await timed_ms(asking, "/v1/audit/odd")
        body = (await asking.get("/v1/audit", params={"limit": LIMIT})).raise_for_status().content
        pages = {
            query: [await timed_ms(asking, "/v1/audit", query=query, limit=LIMIT) for _ in range(rounds)]
            for query in QUERIES
        }
        counts = {
            query: [await timed_ms(asking, "/v1/audit/count", query=query) for _ in range(3)] for query in QUERIES
        }
        hours = [await timed_ms(asking, "/v1/audit/hours") for _ in range(rounds)]
        whole = [await timed_ms(asking, "/v1/audit/hours", query="after:-400d") for _ in range(3)]
        of_one = [await timed_ms(asking, "/v1/audit/hours", query="actor:anna.berg after:-400d") for _ in range(3)]
        odd = [await timed_ms(asking, "/v1/audit/odd") for _ in range(rounds)]
        state = [await timed_ms(asking, "/v1/audit/state") for _ in range(rounds)]
        exported_a_s = await _exported_a_s(asking)
    with served_bare(scene.folder, body) as bare_socket:
        async with undecoded(bare_socket, None) as asking:
            transport_ms = [await timed_ms(asking, "/v1/audit", query="", limit=LIMIT) for _ in range(10 * rounds)]
    transport = Peer("transport alone", percentile(transport_ms, 50))
    every = [ms for times in pages.values() for ms in times]
    slowest, slowest_count = (max(asked, key=lambda query: percentile(asked[query], 50)) for asked in (pages, counts))
    return [
        Figure(f"log page of {LIMIT}, {log}, p50", percentile(every, 50), "ms", peer=transport),
        Figure(f"log page of {LIMIT}, {log}, p95", percentile(every, 95), "ms", at_most=PAGE_P95_MS, peer=transport),
        Figure(f"slowest log page ({slowest!r}), p50", percentile(pages[slowest], 50), "ms", at_most=WORST_MS),
        Figure(
            f"slowest log count ({slowest_count!r}), p50", percentile(counts[slowest_count], 50), "ms", at_most=WORST_MS
        ),
        Figure(f"hours, 28 days of {log}, p50", percentile(hours, 50), "ms", at_most=WORST_MS, peer=transport),
        Figure(f"hours, all {log}, p50", percentile(whole, 50), "ms", peer=transport),
        Figure(f"hours of one person, all {log}, p50", percentile(of_one, 50), "ms", peer=transport),
        Figure(f"what is odd, {log}, first look", first_odd_ms, "ms"),
        Figure(f"what is odd, {log}, p50", percentile(odd, 50), "ms", at_most=WORST_MS, peer=transport),
        Figure(f"state of the log, {log}, p50", percentile(state, 50), "ms", at_most=PAGE_P95_MS, peer=transport),
        Figure("export for an auditor, entries with proofs", exported_a_s, "/s"),
    ]


async def _exported_a_s(asking: httpx.AsyncClient) -> float:
    began_s, lines = time.perf_counter(), 0
    asked = {"query": "after:-3d", "reason": "measured"}
    async with asking.stream("POST", "/v1/audit/export", params=asked) as reply:
        async for piece in reply.raise_for_status().aiter_bytes():
            lines += piece.count(b"\n")
    return (lines - 1) / (time.perf_counter() - began_s)
