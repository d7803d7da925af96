"""Calls that are shared, and groups that fail plainly."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.errors import PanelUnreachable
from bot.panels._tasks import SharedCalls, side_by_side, task_group
from tests.panels.support import PATIENCE


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
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        tasks = [group.create_task(shared.get("a", slow)) for _ in range(3)]
        await slow.begun.acquire()
        slow.may_end.set()
    assert [task.result() for task in tasks] == [1, 1, 1]
    assert await shared.get("a", slow) == 2


async def test_different_keys_share_nothing() -> None:
    shared, slow = SharedCalls[int](), Slow()
    slow.may_end.set()
    async with task_group() as group:
        tasks = [group.create_task(shared.get(key, slow)) for key in "ab"]
    assert sorted(task.result() for task in tasks) == [1, 2]


async def test_a_failure_is_shared_too() -> None:
    shared, slow = SharedCalls[int](), Slow()
    slow.error = PanelUnreachable("main", "gone")
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        tasks = [group.create_task(_outcome(shared, slow)) for _ in range(3)]
        await slow.begun.acquire()
        slow.may_end.set()
    assert [task.result() for task in tasks] == [slow.error] * 3
    assert slow.calls == 1


@pytest.mark.parametrize("leaving", [0, 1])
async def test_a_caller_that_is_cancelled_takes_nobody_along(leaving: int) -> None:
    shared, slow = SharedCalls[int](), Slow()
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        tasks = [group.create_task(shared.get("a", slow)) for _ in range(3)]
        await slow.begun.acquire()
        tasks[leaving].cancel()
        await asyncio.wait([tasks[leaving]])
        slow.may_end.set()
    results = {task.result() for task in tasks if not task.cancelled()}
    # Where the caller was the one who made the call, another made it anew.
    assert results == {2 if leaving == 0 else 1}
    assert tasks[leaving].cancelled()


async def test_a_group_raises_its_failure_itself_and_cancels_the_rest() -> None:
    slow, error = Slow(), PanelUnreachable("main", "gone")
    error.__cause__ = OSError("cut")

    async def fail() -> None:
        await slow.begun.acquire()
        raise error

    tasks: list[asyncio.Task[object]] = []

    async def both() -> None:
        async with asyncio.timeout(PATIENCE), task_group() as group:
            tasks.append(group.create_task(slow()))
            tasks.append(group.create_task(fail()))

    with pytest.raises(PanelUnreachable) as caught:
        await both()
    assert caught.value is error
    assert isinstance(caught.value.__cause__, OSError)
    assert tasks[0].cancelled()


async def _outcome(shared: SharedCalls[int], slow: Slow) -> object:
    try:
        return await shared.get("a", slow)
    except PanelUnreachable as error:
        return error


async def test_work_is_done_side_by_side_and_the_caller_who_is_ready_helps() -> None:
    begun = asyncio.Semaphore(0)
    present: list[int] = []
    done: list[list[int]] = []

    async def work(number: int) -> None:
        present.append(number)
        begun.release()
        if number < 2:
            # As long as the caller is busy.
            await may_end.wait()
        else:
            await asyncio.sleep(0)
        done.append(list(present))
        present.remove(number)

    async with asyncio.timeout(PATIENCE):
        async with side_by_side(work, at_once=3) as hand_in:
            may_end = asyncio.Event()
            for number in range(10):
                hand_in(number)
            for _ in range(2):
                await begun.acquire()
            assert present == [0, 1], "the third is the one who hands in"
            asyncio.get_running_loop().call_soon(may_end.set)
    assert len(done) == 10
    assert max(map(len, done)) == 3


async def test_what_is_handed_in_after_a_pause_is_done_too() -> None:
    done: asyncio.Queue[int] = asyncio.Queue()
    async with asyncio.timeout(PATIENCE), side_by_side(done.put, at_once=2) as hand_in:
        hand_in(1)
        assert await done.get() == 1
        hand_in(2)
        assert await done.get() == 2
        hand_in(3)
    assert done.get_nowait() == 3


async def test_work_that_fails_ends_the_rest_and_is_raised_plainly() -> None:
    async def work(number: int) -> None:
        if number == 1:
            raise PanelUnreachable("main", "gone")
        await asyncio.Event().wait()

    async def all_of_it() -> None:
        async with side_by_side(work, at_once=8) as hand_in:
            for number in range(3):
                hand_in(number)
            await asyncio.Event().wait()

    with pytest.raises(PanelUnreachable):
        await asyncio.wait_for(all_of_it(), PATIENCE)
    assert asyncio.all_tasks() == {asyncio.current_task()}
