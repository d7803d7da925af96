"""Groups that fail plainly, and work that is done side by side."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.errors import PanelUnreachable
from bot.panels._tasks import side_by_side, task_group
from tests.panels.support import PATIENCE


async def test_a_group_raises_its_failure_itself_and_cancels_the_rest() -> None:
    begun, error = asyncio.Event(), PanelUnreachable("main", "gone")
    error.__cause__ = OSError("cut")

    async def never() -> None:
        begun.set()
        await asyncio.Event().wait()

    async def fail() -> None:
        await begun.wait()
        raise error

    tasks: list[asyncio.Task[None]] = []

    async def both() -> None:
        async with asyncio.timeout(PATIENCE), task_group() as group:
            tasks.append(group.create_task(never()))
            tasks.append(group.create_task(fail()))

    with pytest.raises(PanelUnreachable) as caught:
        await both()
    assert caught.value is error
    assert isinstance(caught.value.__cause__, OSError)
    assert tasks[0].cancelled()


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
