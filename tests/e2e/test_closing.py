"""The bot ends: nothing new comes in, and who waits for an answer gets it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.services.status import StatusService

if TYPE_CHECKING:
    import pytest

    from bot.domain.access import Actor
    from bot.services.status import Status
    from tests.e2e.stage import Stage


async def test_it_hangs_up_before_it_gives_the_last_answer(
    quiet_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = quiet_stage
    asked, gate = asyncio.Event(), asyncio.Event()
    look = StatusService.look

    async def look_slowly(self: StatusService, actor: Actor, text: str) -> Status:
        asked.set()
        await gate.wait()
        return await look(self, actor, text)

    monkeypatch.setattr(StatusService, "look", look_slowly)
    bot = await stage.start_bot()
    async with asyncio.timeout(15), asyncio.TaskGroup() as group:
        answering = group.create_task(stage.answer(stage.owner, "server status", server="Survival"))
        await asked.wait()
        group.create_task(stage.stop_bot(bot))
        await stage.until(lambda: not stage.discord.connected)
        gate.set()
    assert "### 🟢 Survival" in (await answering).text
