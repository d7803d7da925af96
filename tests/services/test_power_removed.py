"""An order on a panel that is removed meanwhile ends; the same panel in another guild goes on."""

from __future__ import annotations

import asyncio

from bot.domain.audit import Door
from bot.domain.receipts import Phase
from bot.domain.servers import PowerAction
from tests.fakes import RecordingReceipt
from tests.services.house import ADMIN, House


async def test_what_is_followed_ends_with_its_panel(house: House) -> None:
    receipt = RecordingReceipt()
    order = asyncio.get_running_loop().create_task(
        house.power.perform(ADMIN, "Survival", PowerAction.STOP, door=Door.COMMAND, receipt=receipt)
    )
    await receipt.wait_for(lambda progress: progress.phase is Phase.ORDERED)
    await house.clock.wait_asleep(1)
    house.panels.remove("main")
    await house.clock.run_until_done(order)
    assert receipt.phases[-1] is Phase.INTERRUPTED
    assert house.panel.powers == [("1a2b3c4d", PowerAction.STOP)]
