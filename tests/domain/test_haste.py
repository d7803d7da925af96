"""What is asked in the background is known as such wherever it is sent from, and has its pace."""

from __future__ import annotations

import asyncio

from bot.domain.haste import Background, background, in_background
from bot.domain.shared_calls import SharedCalls
from tests.fakes import FakeClock


async def test_tasks_that_are_started_in_the_background_stay_there() -> None:
    ours = Background(FakeClock())

    async def look() -> Background | None:
        return background()

    assert background() is None
    async with asyncio.TaskGroup() as group:
        with in_background(ours):
            inside = group.create_task(look())
            assert background() is ours
        outside = group.create_task(look())
        assert background() is None
    assert (inside.result(), outside.result()) == (ours, None)


async def test_requests_come_one_after_the_other() -> None:
    clock = FakeClock()
    quiet = Background(clock, pause=2)
    times: list[float] = []
    asked = asyncio.Semaphore(0)

    async def ask() -> None:
        await quiet.turn()
        times.append(clock.monotonic())
        asked.release()

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(ask())
        await clock.wait_asleep(2)
        clock.advance(1)
        await asyncio.sleep(0)
        assert times == [0]
        clock.advance(1)
        await clock.wait_asleep(1)
        await asked.acquire()
        await asked.acquire()
        clock.advance(2)
    assert times == [0, 2, 4]
    clock.advance(60)
    await ask()
    assert times[-1] == 64, "who asks seldom waits for nothing"


async def test_many_more_questions_than_before_are_not_spread_over_minutes() -> None:
    clock = FakeClock()
    quiet = Background(clock, pause=2, spread=5)
    times: list[float] = []

    async def ask() -> None:
        await quiet.turn()
        times.append(clock.monotonic())

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        for _ in range(100):
            group.create_task(ask())
        await clock.wait_asleep(99)
        clock.advance(5)
    assert times.count(5) == 99
    await ask()
    assert times[-1] == 5


async def test_who_waits_does_not_wait_for_a_call_that_gives_way() -> None:
    shared, calls = SharedCalls[int](), 0
    may_end = asyncio.Event()

    async def call() -> int:
        nonlocal calls
        calls += 1
        number = calls
        if background() is not None:
            await may_end.wait()
        return number

    async def quietly() -> int:
        with in_background(Background(FakeClock())):
            return await shared.get("a", call)

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        quiet = group.create_task(quietly())
        await asyncio.sleep(0)
        assert await shared.get("a", call) == 2
        assert not quiet.done()
        may_end.set()
    assert quiet.result() == 1
