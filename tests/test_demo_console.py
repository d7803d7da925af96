"""What the demo's console prints of messages that come and go."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.demo._console import Console
from bot.demo._stage import Stage
from bot.simulators.discord.compose import delete

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with Stage.open(2) as stage:
        yield stage


@pytest.mark.timeout(20)
async def test_it_goes_on_after_a_message_was_deleted(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    guest, console = stage.members["guest"], Console(stage)
    first = stage.discord.say(guest, stage.channel, "first")
    console.tell_news()
    delete(first)
    stage.discord.say(guest, stage.channel, "second")
    async with asyncio.TaskGroup() as group:
        narrator = group.create_task(console.narrate())
        await asyncio.sleep(0)  # it has nothing to wait for
        narrator.cancel()
    assert capsys.readouterr().out.splitlines()[-2:] == ["  │ first", "  │ second"]
