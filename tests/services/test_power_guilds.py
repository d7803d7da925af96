"""Orders on panels that guilds have added: removed meanwhile, or reached from two guilds."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain.audit import Door
from bot.domain.errors import ActionInProgress
from bot.domain.receipts import Phase
from bot.domain.servers import PowerAction
from bot.services.panels import PanelEntry
from tests.fakes import FakePanel, make_server
from tests.fakes_receipts import RecordingReceipt
from tests.services.house import ADMIN, GUILD, OTHER_GUILD, House


async def test_what_is_followed_ends_with_its_panel(house: House) -> None:
    receipt = RecordingReceipt()
    order = asyncio.get_running_loop().create_task(
        house.power.perform(ADMIN, "Survival", PowerAction.STOP, door=Door.COMMAND, receipt=receipt)
    )
    await receipt.wait_for(lambda progress: progress.phase is Phase.ORDERED)
    await house.clock.wait_asleep(1)
    house.panels.remove("main")
    await house.clock.run_until_done(order)
    assert receipt.phases[-1] is Phase.PANEL_GONE
    assert house.panel.powers == [("1a2b3c4d", PowerAction.STOP)]


async def test_one_action_at_a_time_on_a_server_that_two_guilds_reach(house: House) -> None:
    theirs = FakePanel(house.clock, panel_id="theirs")
    theirs.add(make_server(panel_id="theirs"))
    for panel, guild_id in ((house.panel, GUILD), (theirs, OTHER_GUILD)):
        house.panels.put(
            PanelEntry(
                panel=panel,
                name=panel.panel_id,
                guild_ids=frozenset({guild_id}),
                poll_seconds=60,
                source="the same",
            )
        )
    house.directory.replace("theirs", [theirs.now("1a2b3c4d")])
    other = replace(ADMIN, guild_id=OTHER_GUILD, user_id=30)
    receipt = RecordingReceipt()
    order = asyncio.get_running_loop().create_task(
        house.power.perform(ADMIN, "Survival", PowerAction.STOP, door=Door.COMMAND, receipt=receipt)
    )
    await receipt.wait_for(lambda progress: progress.phase is Phase.ORDERED)
    with pytest.raises(ActionInProgress) as caught:
        await house.power.check(other, "Survival", PowerAction.START, door=Door.COMMAND)
    assert (caught.value.user_id, caught.value.link) == (None, None)
    await house.clock.run_until_done(order)
    await house.power.check(other, "Survival", PowerAction.START, door=Door.COMMAND)
