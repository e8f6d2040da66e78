from __future__ import annotations

import asyncio
from threading import Thread

from agent.services.news import News, Watch


def everything(kind: str, account: str | None) -> bool:
    return True


def test_what_happens_in_another_thread_wakes_who_watches() -> None:
    async def watching() -> list[str]:
        news = News()
        watch = news.watch(everything)
        thread = Thread(target=lambda: news.publish("contacts"))
        thread.start()
        happened = await watch.next(60)
        thread.join()
        return list(happened)

    assert asyncio.run(watching()) == ["contacts"]


def test_a_slow_watcher_gets_each_kind_once() -> None:
    async def watching() -> list[list[str]]:
        news = News()
        watch = news.watch(everything)
        for _ in range(1000):
            news.publish("contacts")
            news.publish("audit")
        await asyncio.sleep(0)
        return [list(await watch.next(60)), list(await watch.next(0))]

    assert asyncio.run(watching()) == [["audit", "contacts"], []]


def test_only_those_are_told_who_are_meant() -> None:
    async def watching() -> list[str]:
        news = News()
        watch = news.watch(lambda kind, account: account == "anna.berg")
        news.publish("contacts", "mikko.laine")
        news.publish("contacts")
        news.publish("audit", "anna.berg")
        await asyncio.sleep(0)
        return list(await watch.next(60))

    assert asyncio.run(watching()) == ["audit"]


def test_closing_ends_every_watch_and_leaving_ends_ones_own() -> None:
    async def watching() -> tuple[bool, bool]:
        news = News()
        stays, leaves = news.watch(everything), news.watch(everything)
        news.unwatch(leaves)
        news.close()
        assert await stays.next(60) == []
        return stays.has_ended, leaves.has_ended

    assert asyncio.run(watching()) == (True, False)


def test_a_watch_whose_loop_has_ended_harms_nobody_who_publishes() -> None:
    news = News()

    async def watching() -> Watch:
        return news.watch(everything)

    watch = asyncio.run(watching())
    news.publish("audit")
    news.unwatch(watch)
