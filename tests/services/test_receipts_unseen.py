"""What Discord could not show is shown once it can be; until then the order is kept."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.audit import Door, Outcome
from bot.domain.receipts import Phase
from bot.domain.servers import PowerAction, ServerState
from tests.fakes_receipts import RecordingDesk, RecordingReceipt
from tests.services.house import OPERATOR, House

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from bot.domain.receipts import Progress


def _stop(
    house: House, *, receipt: RecordingReceipt, seconds: float = 4
) -> Coroutine[None, None, None]:
    house.panel.timelines[PowerAction.STOP] = (
        (1, ServerState.STOPPING),
        (seconds, ServerState.OFFLINE),
    )
    return house.power.perform(
        OPERATOR, "survival", PowerAction.STOP, door=Door.COMMAND, receipt=receipt
    )


async def _until_judged(house: House, receipt: RecordingReceipt) -> None:
    """Let it end while nothing can be shown, and be tried again three times."""
    await house.clock.tick()
    await receipt.wait_for(lambda progress: progress.phase is Phase.WAITING)
    receipt.is_away = True
    tries = receipt.tries
    while receipt.tries < tries + 3:
        await house.clock.tick()
    await house.clock.wait_asleep(1)


async def test_a_verdict_is_shown_as_soon_as_it_can_be(house: House) -> None:
    receipt = RecordingReceipt()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(_stop(house, receipt=receipt))
        await _until_judged(house, receipt)
        assert (house.rows, len(house.receipts.kept)) == ([], 1)
        receipt.is_away = False
        await house.clock.run_until_done(task)
    assert receipt.phases[-1] is Phase.DONE
    assert house.receipts.kept == {}
    [row] = house.rows
    assert row.outcome is Outcome.DONE
    assert row.duration == receipt.shown[-1].elapsed < timedelta(seconds=10)


async def test_meanwhile_the_server_is_free(house: House) -> None:
    receipt = RecordingReceipt()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(_stop(house, receipt=receipt))
        await _until_judged(house, receipt)
        await house.power.check(OPERATOR, "survival", PowerAction.START, door=Door.COMMAND)
        receipt.is_away = False
        await house.clock.run_until_done(task)


async def test_a_step_that_was_not_shown_is_shown_with_the_next_look(house: House) -> None:
    receipt = RecordingReceipt()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(_stop(house, receipt=receipt, seconds=10))
        await receipt.wait_for(lambda _: True)
        receipt.is_away = True
        await house.clock.tick()
        await house.clock.wait_asleep(1)
        assert receipt.tries == 1
        receipt.is_away = False
        await house.clock.run_until_done(task)
    assert receipt.phases == [Phase.ORDERED, Phase.WAITING, Phase.DONE]


async def test_a_bot_that_is_stopped_before_leaves_the_verdict_to_the_next(house: House) -> None:
    receipt, desk = RecordingReceipt(), RecordingDesk()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(_stop(house, receipt=receipt))
        await _until_judged(house, receipt)
        await house.power.close()
    assert (house.rows, len(house.receipts.kept)) == ([], 1)
    power = house.power_of_a_new_process()
    await power.recall(desk)
    async with asyncio.timeout(5):
        await power.resume()
    [again] = desk.taken_up.values()
    assert again.phases == [Phase.DONE]
    assert [row.outcome for row in house.rows] == [Outcome.DONE]


async def test_a_bot_that_is_stopped_while_it_shows_the_verdict_keeps_it(house: House) -> None:
    class Hanging(RecordingReceipt):
        async def show(self, progress: Progress) -> bool:
            if progress.phase.is_final:
                is_asked.set()
                await asyncio.Event().wait()
            return await super().show(progress)

    is_asked = asyncio.Event()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(_stop(house, receipt=Hanging()))
        await house.clock.run_until_done(group.create_task(is_asked.wait()))
        await house.power.close(grace=0.01)
    assert task.cancelled()
    assert (house.rows, len(house.receipts.kept)) == ([], 1)


async def test_what_is_told_of_an_end_waits_for_no_line(house: House) -> None:
    receipt = RecordingReceipt()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(_stop(house, receipt=receipt))
        await _until_judged(house, receipt)
        assert [state for *_, state in house.order_news.ended] == [ServerState.OFFLINE]
        receipt.is_away = False
        await house.clock.run_until_done(task)
    assert house.order_news.tries == 1
