"""Pages of 100 contacts over the socket, as a terminal asks for them.

Measured: from the request to the last byte of the reply, for new searches (each with its durable entry in the log),
for pages anywhere in a list under its snapshot, and for counts. The terminal's own share (decoding, cleaning and
checking what came) is a figure of its own.

Against: the same bytes served on a Unix socket by uvicorn and starlette without any work, asked by the same client in
the same run.

Bounded by: Python's share in building and encoding a hundred contacts (some 15,000 values), one fsync a new search,
and the transport.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from agent import wire
from agent.client import Client
from agent.wire import Role
from benchmarks.figure import Figure, Peer, percentile
from benchmarks.scene import ROOT, Scene, wait_for_socket

LIMIT = 100
QUERIES = (
    "",
    "service:vatten",
    "adviser:anna",
    "number:+46701740612",
    "number:*0612",
    "invoice",
    "meter läcka",
    "after:2026-09-01",
    "after:2025-01-01 before:2025-02-01",
    "longer:10m",
    "has:note -service:vatten",
    "service:avlopp direction:out longer:3m after:2025-06-01",
    "-direction:in -has:note shorter:30s",
    "tag:complaint",
)
SHARES = (0.01, 0.25, 0.5, 0.75, 0.99)
"""Where in a list deep pages are taken."""
PAGE_P95_MS = 25
WORST_MS = 250


def measure(scene: Scene) -> Iterator[Figure]:
    yield from asyncio.run(_measured(scene))


async def _measured(scene: Scene) -> list[Figure]:
    agent, rounds = scene.agent, 5 if scene.is_quick else 20
    contacts = f"{agent.contacts:,} contacts"
    async with await agent.signed_in() as client, undecoded(agent.socket, client.token) as plain:
        body = (await plain.get("/v1/contacts", params={"limit": LIMIT})).raise_for_status().content
        first = {query: await _first_pages_ms(plain, query, rounds) for query in QUERIES}
        deep = await _deep_pages_ms(client, plain, rounds)
        counts = [ms for query in QUERIES for ms in await _counts_ms(plain, query, max(2, rounds // 4))]
        decoded = await _decoded_ms(client, rounds)
    async with await agent.signed_in(Role.ADVISER) as client, undecoded(agent.socket, client.token) as plain:
        for query in ("", "service:vatten", "longer:5m"):
            first[f"own: {query}"] = await _first_pages_ms(plain, query, rounds)
    with served_bare(scene.folder, body) as bare_socket:
        async with undecoded(bare_socket, None) as plain:
            bare = await _first_pages_ms(plain, "", 10 * rounds)
    every = [ms for times in first.values() for ms in times]
    worst = max(first, key=lambda query: percentile(first[query], 50))
    transport = Peer("transport alone", percentile(bare, 50))
    return [
        Figure(f"first page of {LIMIT}, {contacts}, p50", percentile(every, 50), "ms", peer=transport),
        Figure(
            f"first page of {LIMIT}, {contacts}, p95",
            percentile(every, 95),
            "ms",
            at_most=PAGE_P95_MS,
            peer=Peer("transport alone", percentile(bare, 95)),
        ),
        Figure(f"first page of {LIMIT}, {contacts}, max", max(every), "ms", at_most=WORST_MS),
        Figure(f"slowest query ({worst!r}), p50", percentile(first[worst], 50), "ms", at_most=WORST_MS),
        Figure(f"page anywhere, {contacts}, p50", percentile(deep, 50), "ms", peer=transport),
        Figure(f"page anywhere, {contacts}, p95", percentile(deep, 95), "ms", at_most=PAGE_P95_MS),
        Figure(f"count, {contacts}, p95", percentile(counts, 95), "ms", at_most=WORST_MS),
        Figure("page through agent.client, checked, p50", percentile(decoded, 50), "ms"),
    ]


async def _first_pages_ms(plain: httpx.AsyncClient, query: str, rounds: int) -> list[float]:
    return [await timed_ms(plain, "/v1/contacts", query=query, limit=LIMIT) for _ in range(rounds)]


async def _counts_ms(plain: httpx.AsyncClient, query: str, rounds: int) -> list[float]:
    return [await timed_ms(plain, "/v1/contacts/count", query=query) for _ in range(rounds)]


async def _deep_pages_ms(client: Client, plain: httpx.AsyncClient, rounds: int) -> list[float]:
    taken = []
    for query in ("", "service:vatten", "-service:vatten longer:3m"):
        for sort in (wire.ContactSort.NEWEST, wire.ContactSort.LONGEST):
            as_of = (await client.contacts(query, limit=1, sort=sort)).as_of
            count = (await client.contact_count(query, as_of=as_of)).count
            for share in SHARES * max(1, rounds // 5):
                asked = {"query": query, "sort": sort.value, "as_of": as_of, "limit": LIMIT}
                taken.append(await timed_ms(plain, "/v1/contacts", **asked, offset=int(count * share)))
    return taken


async def _decoded_ms(client: Client, rounds: int) -> list[float]:
    taken = []
    for _ in range(rounds):
        began_s = time.perf_counter()
        await client.contacts("", limit=LIMIT)
        taken.append((time.perf_counter() - began_s) * 1000)
    return taken


async def timed_ms(plain: httpx.AsyncClient, path: str, **asked: str | int) -> float:
    """Ask for one page; how many milliseconds until its last byte."""
    began_s = time.perf_counter()
    reply = await plain.get(path, params=asked)
    taken_ms = (time.perf_counter() - began_s) * 1000
    reply.raise_for_status()
    return taken_ms


def undecoded(socket: Path, token: str | None) -> httpx.AsyncClient:
    """A connection that decodes nothing."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    transport = httpx.AsyncHTTPTransport(uds=str(socket))
    return httpx.AsyncClient(transport=transport, base_url="http://agent", headers=headers, timeout=60)


@contextmanager
def served_bare(folder: Path, body: bytes) -> Iterator[Path]:
    """The socket on which a body is served without any work."""
    socket, file = folder / "bare.sock", folder / "bare.json"
    file.write_bytes(body)
    command = [sys.executable, "-m", "benchmarks.bare_server", str(socket), str(file)]
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            wait_for_socket(socket, process)
            yield socket
        finally:
            process.terminate()
            process.wait()
            socket.unlink(missing_ok=True)  # a second measurement of the same run serves there too
