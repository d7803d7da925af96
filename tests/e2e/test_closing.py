"""The bot ends: nothing new comes in, and who waits for an answer gets it."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

from discord.gateway import KeepAliveHandler

from bot.services.status import StatusService
from bot.simulators.discord.gateway import Op

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


async def test_no_heart_beats_on_after_it_has_ended_while_it_connected_anew(
    quiet_stage: Stage,
) -> None:
    stage = quiet_stage
    others = beating()
    bot = await stage.start_bot()
    stage.discord.faults.invalidate_sessions(resumable=False)
    # Now discord.py waits for 5 s before it logs in again, and alone knows that connection.
    await stage.until(
        lambda: sum(each.payload["op"] == Op.HELLO for each in stage.discord.gateway_log) == 2
    )
    await stage.until(lambda: len(beating() - others) == 1)
    await stage.stop_bot(bot)
    for thread in beating() - others:
        await asyncio.to_thread(thread.join, 5)
    assert beating() <= others


def beating() -> set[threading.Thread]:
    """Return the threads that keep connections alive."""
    return {each for each in threading.enumerate() if isinstance(each, KeepAliveHandler)}
