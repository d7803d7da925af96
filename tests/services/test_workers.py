"""Each of many has a worker as long as it has work; what fails is tried again, ever more slowly."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from bot.domain.channels import NotTaken
from bot.domain.errors import StorageUnavailable
from bot.services.workers import Workers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.fakes import FakeClock

Answer = float | Exception | None


class Work:
    """What there is to do, by id: the answers of the next steps, None without any."""

    def __init__(self, clock: FakeClock) -> None:
        self.steps: list[tuple[int, float]] = []
        """Which were made, and when."""
        self.answers: dict[int, list[Answer]] = {}
        self.held: dict[int, asyncio.Event] = {}
        """Those whose steps wait."""
        self._clock = clock
        self._changed = asyncio.Condition()

    async def step(self, id_: int) -> float | None:
        self.steps.append((id_, self._clock.monotonic()))
        async with self._changed:
            self._changed.notify_all()
        if id_ in self.held:
            await self.held[id_].wait()
        here = self.answers.get(id_, [])
        answer = here.pop(0) if here else None
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def until(self, *ids: int) -> None:
        """Wait until steps were made for these, in this order."""
        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(lambda: [each for each, _ in self.steps] == [*ids])


@pytest.fixture
def work(clock: FakeClock) -> Work:
    return Work(clock)


@pytest.fixture
def workers(clock: FakeClock) -> Workers[int]:
    return Workers("working on %d", clock)


@asynccontextmanager
async def running(workers: Workers[int], work: Work) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(workers.run(work.step))
        yield
        task.cancel()


async def test_who_was_woken_before_is_served_once(workers: Workers[int], work: Work) -> None:
    workers.wake([1, 2])
    workers.wake([2])
    async with running(workers, work):
        await work.until(1, 2)
        workers.wake([3])
        await work.until(1, 2, 3)


async def test_a_worker_goes_on_until_nothing_is_left(workers: Workers[int], work: Work) -> None:
    work.answers[1] = [0.0, 0.0, None]
    async with running(workers, work):
        workers.wake([1])
        await work.until(1, 1, 1)
        workers.wake([1])
        await work.until(1, 1, 1, 1)


async def test_it_rests_as_long_as_it_is_told(
    workers: Workers[int], work: Work, clock: FakeClock
) -> None:
    work.answers[1] = [30.0]
    async with running(workers, work):
        workers.wake([1])
        await clock.wait_asleep(1)
        await clock.tick()
        await work.until(1, 1)
    assert work.steps == [(1, 0), (1, 30)]


async def test_what_comes_during_a_step_is_not_missed(workers: Workers[int], work: Work) -> None:
    work.held[1] = is_free = asyncio.Event()
    async with running(workers, work):
        workers.wake([1])
        await work.until(1)
        workers.wake([1])
        is_free.set()
        await work.until(1, 1)


@pytest.mark.parametrize(
    "error", [NotTaken("busy"), StorageUnavailable("unplugged"), RuntimeError("a bug")]
)
async def test_a_failure_is_tried_again_ever_more_slowly(
    workers: Workers[int],
    work: Work,
    clock: FakeClock,
    error: Exception,
    caplog: pytest.LogCaptureFixture,
) -> None:
    work.answers[1] = [error] * 7
    async with running(workers, work):
        workers.wake([1])
        for number in range(7):
            await work.until(*[1] * (number + 1))
            await clock.tick()
        await work.until(*[1] * 8)
    at = [when for _, when in work.steps]
    pauses = [after - before for before, after in pairwise(at)]
    assert pauses == [2, 4, 8, 16, 32, 60, 60]
    # It counts what Discord did not take, and nothing that is not its fault.
    assert workers.failed == (7 if isinstance(error, NotTaken) else 0)
    assert "working on 1" in caplog.text


async def test_after_a_success_the_next_pause_is_a_short_one(
    workers: Workers[int], work: Work, clock: FakeClock
) -> None:
    work.answers[1] = [NotTaken(), NotTaken(), 0.0, NotTaken()]
    async with running(workers, work):
        workers.wake([1])
        for steps in (1, 2, 4):
            await work.until(*[1] * steps)
            await clock.tick()
        await work.until(*[1] * 5)
    assert [when for _, when in work.steps] == [0, 2, 6, 6, 8]


async def test_one_that_hangs_or_fails_holds_up_no_other(workers: Workers[int], work: Work) -> None:
    work.held[1] = asyncio.Event()
    work.answers[2] = [NotTaken()]
    async with running(workers, work):
        workers.wake([1, 2])
        await work.until(1, 2)
        workers.wake([3])
        await work.until(1, 2, 3)
