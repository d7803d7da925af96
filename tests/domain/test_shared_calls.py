"""Calls are shared by who wants the same thing at the same time, failures too."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.errors import PanelUnreachable
from bot.domain.shared_calls import SharedCalls


class Slow:
    """A call that begins when it is made and ends when the test says so."""

    def __init__(self) -> None:
        self.begun = asyncio.Semaphore(0)
        self.may_end = asyncio.Event()
        self.calls = 0
        self.error: Exception | None = None

    async def __call__(self) -> int:
        self.calls += 1
        number = self.calls
        self.begun.release()
        await self.may_end.wait()
        if self.error is not None:
            raise self.error
        return number


async def test_callers_at_the_same_time_share_one_call_and_later_ones_do_not() -> None:
    shared, slow = SharedCalls[int](), Slow()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        tasks = [group.create_task(shared.get("a", slow)) for _ in range(3)]
        await slow.begun.acquire()
        slow.may_end.set()
    assert [task.result() for task in tasks] == [1, 1, 1]
    assert await shared.get("a", slow) == 2


async def test_different_keys_share_nothing() -> None:
    shared, slow = SharedCalls[int](), Slow()
    slow.may_end.set()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(shared.get(key, slow)) for key in "ab"]
    assert sorted(task.result() for task in tasks) == [1, 2]


async def test_a_failure_is_shared_too() -> None:
    shared, slow = SharedCalls[int](), Slow()
    slow.error = PanelUnreachable("main", "gone")
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        tasks = [group.create_task(_outcome(shared, slow)) for _ in range(3)]
        await slow.begun.acquire()
        slow.may_end.set()
    assert [task.result() for task in tasks] == [slow.error] * 3
    assert slow.calls == 1


@pytest.mark.parametrize("leaving", [0, 1])
async def test_a_caller_that_is_cancelled_takes_nobody_along(leaving: int) -> None:
    shared, slow = SharedCalls[int](), Slow()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        tasks = [group.create_task(shared.get("a", slow)) for _ in range(3)]
        await slow.begun.acquire()
        tasks[leaving].cancel()
        await asyncio.wait([tasks[leaving]])
        slow.may_end.set()
    results = {task.result() for task in tasks if not task.cancelled()}
    # Where the caller was the one who made the call, another made it anew.
    assert results == {2 if leaving == 0 else 1}
    assert tasks[leaving].cancelled()


async def _outcome(shared: SharedCalls[int], slow: Slow) -> object:
    try:
        return await shared.get("a", slow)
    except PanelUnreachable as error:
        return error
