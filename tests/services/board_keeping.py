"""Runs the keeper of boards in the house. Tests nothing."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.domain.servers import ServerState
    from bot.services.board_keeper import BoardKeeper
    from tests.fakes_boards import PaperDesk
    from tests.services.house import House


@asynccontextmanager
async def keeping(house: House, desk: PaperDesk) -> AsyncIterator[BoardKeeper]:
    """Run the keeper as the bot does, and end it as the bot does."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(house.board_keeper.run(desk))
        yield house.board_keeper
        task.cancel()


def changed(house: House, state: ServerState, name: str = "Survival") -> None:
    """Let a server of the main panel be seen in another state."""
    [server] = [each for each in house.directory.servers_of("main") if each.name == name]
    at = house.clock.now()
    house.directory.note(replace(server, state=state, observed_at=at))
