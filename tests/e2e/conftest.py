"""The stage, refereed, with and without a running bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
import pytest

from bot.services import channel_pauses
from tests.e2e.newsroom import start_watching, subscribe
from tests.e2e.stage import ShiftedClock, Stage
from tests.garbage import keep_for_good

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.simulators.discord.entities import Channel
    from tests.referee import Referee
    from tests.storage.databases import Databases


@pytest.fixture
def discord_time() -> ShiftedClock:
    """Discord's time: the real one, until a test pushes it forward."""
    return ShiftedClock()


@pytest.fixture
async def quiet_stage(
    tmp_path: Path,
    databases: Databases,
    discord_time: ShiftedClock,
    referee: Referee,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Stage]:
    """The stage without a bot; all that is said on it is refereed."""
    keep_for_good()  # caches of libraries hold on to the stages of earlier tests
    # The bot points discord.py at the stand-in, for the whole process.
    monkeypatch.setattr(discord.http.Route, "BASE", discord.http.Route.BASE)
    gateway = discord.gateway.DiscordWebSocket
    monkeypatch.setattr(gateway, "DEFAULT_GATEWAY", gateway.DEFAULT_GATEWAY)
    stage = Stage(tmp_path, await databases.sqlite_file(), discord_time=discord_time)
    referee.watch(stage.discord)
    await stage.open()
    try:
        yield stage
    finally:
        await stage.close()
    assert not [asked for asked in stage.interactions if asked.failed], "not acknowledged in time"


@pytest.fixture
async def stage(quiet_stage: Stage) -> Stage:
    """The stage with the bot ready and all servers known to it."""
    await quiet_stage.start_bot()
    return quiet_stage


@pytest.fixture
def news(quiet_stage: Stage) -> Channel:
    """A channel for news."""
    return quiet_stage.guild.add_channel("news")


@pytest.fixture
async def news_stage(quiet_stage: Stage, news: Channel) -> Stage:
    """The stage with a bot that tells there what happens."""
    await subscribe(quiet_stage, news)
    await start_watching(quiet_stage)
    return quiet_stage


@pytest.fixture
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the bot look more often than every few minutes whether a channel takes news again."""
    monkeypatch.setattr(channel_pauses, "_PATROL_SECONDS", 0.2)
