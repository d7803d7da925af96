"""When the bot is stopped, orders in flight get their answer and all is left to the next start."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.domain.audit import Door
from bot.domain.receipt_ports import Step
from bot.domain.receipts import Phase
from bot.domain.servers import PowerAction
from tests.fakes_receipts import RecordingReceipt
from tests.services.house import OPERATOR, House

if TYPE_CHECKING:
    from collections.abc import Coroutine


def _order(house: House, *, receipt: RecordingReceipt) -> Coroutine[None, None, None]:
    return house.power.perform(
        OPERATOR, "survival", PowerAction.RESTART, door=Door.COMMAND, receipt=receipt
    )


async def test_stopping_the_bot_leaves_what_is_watched_to_the_next_start(house: House) -> None:
    receipt = RecordingReceipt()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(_order(house, receipt=receipt))
        await house.clock.tick()
        await receipt.wait_for(lambda progress: progress.phase is Phase.WAITING)
        await house.power.close()
    assert receipt.phases[-1] is Phase.PAUSED
    assert house.rows == []
    assert [kept.step for kept in house.receipts.kept.values()] == [Step.ACCEPTED]


async def test_stopping_the_bot_waits_for_an_order_in_flight(house: House) -> None:
    house.panel.is_open.clear()
    receipt = RecordingReceipt()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(_order(house, receipt=receipt))
        await house.panel.wait_called("power")
        closing = group.create_task(house.power.close())
        house.panel.is_open.set()
        await closing
    assert house.panel.calls["power"] == 1
    assert receipt.phases[-1] is Phase.PAUSED
    assert [kept.step for kept in house.receipts.kept.values()] == [Step.ACCEPTED]


async def test_stopping_the_bot_does_not_wait_for_ever(house: House) -> None:
    house.panel.is_open.clear()
    receipt = RecordingReceipt()
    task = asyncio.get_running_loop().create_task(_order(house, receipt=receipt))
    async with asyncio.timeout(5):
        await house.panel.wait_called("power")
        await house.power.close(grace=0.01)
    assert task.cancelled()
    assert receipt.phases[-1] is Phase.PAUSED
    assert house.rows == []
    assert [kept.step for kept in house.receipts.kept.values()] == [Step.SENT]


async def test_stopping_the_bot_does_not_wait_for_a_look(house: House) -> None:
    receipt = RecordingReceipt()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(_order(house, receipt=receipt))
        await house.clock.wait_asleep(1)
        house.panel.is_open.clear()
        looks = house.panel.calls["get_server"]
        await house.clock.tick()
        await house.panel.wait_called("get_server", looks + 1)
        await house.power.close(grace=3600)
    assert receipt.phases[-1] is Phase.PAUSED
