"""The bot is killed at random moments while servers change; all is told exactly once."""

from __future__ import annotations

import asyncio
import os
import random
from functools import partial
from itertools import cycle, islice
from typing import TYPE_CHECKING

import pytest

from tests.e2e.hurried import bot_process
from tests.e2e.newsroom import (
    channels_for,
    count_stored,
    to_be_told,
    told,
    until_all_is_told,
    until_stored,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.simulators.discord.entities import Channel
    from bot.simulators.world import Server
    from tests.e2e.stage import Stage

KILLS = int(os.getenv("DECKHAND_KILLS", "25"))
SEED = int(os.getenv("DECKHAND_SEED", "1"))
_LUCKY, _UNLUCKY = 0.5, 0.3
_SECONDS = 60
"""For whatever is waited for, on a machine that has much else to do."""
_POST = "POST /channels/{channel_id}/messages"


@pytest.mark.timeout(60 + 10 * KILLS)
async def test_a_bot_that_is_killed_at_any_moment_tells_everything_once(
    quiet_stage: Stage,
) -> None:
    stage, dice = quiet_stage, random.Random(SEED)  # noqa: S311 - the same in every run
    stage.discord.buckets.enabled = False
    # Its clock stands still, and so its minute never ends.
    stage.panel.settings.requests_per_minute = 10**9
    # Each changes only now and then, or there would be one message for many changes.
    servers = [stage.add_server(f"S{number}", state="running") for number in range(2 * KILLS)]
    turns = cycle(dice.sample(servers, len(servers)))
    news = await channels_for(stage, servers)
    in_flight = 0
    async with bot_process(stage):
        await until_stored(stage, "SELECT count(*) FROM tracks", len(stage.world.servers))
    for _ in range(KILLS):
        _change(islice(turns, 3))
        stage.discord.faults.slow(_POST, dice.uniform(0.02, 0.3))
        if dice.random() < _UNLUCKY:
            stage.discord.faults.fail(_POST, 503, after=True)
        seen = _count_messages(news)
        async with bot_process(stage):
            await stage.discord.wait_connected(timeout=_SECONDS)
            if dice.random() < _LUCKY:
                # Its message has arrived, and it does not know that yet.
                await stage.discord.until(partial(_is_more, news, seen), timeout=_SECONDS)
            else:
                await asyncio.sleep(dice.uniform(0, 0.5))
            _change(islice(turns, 3))
            await asyncio.sleep(dice.choice((0, 0.1, 0.2)))
        in_flight += count_stored(stage, "SELECT count(DISTINCT batch_id) FROM deliveries")
        stage.discord.faults.clear()
    async with bot_process(stage):
        await until_all_is_told(stage, news, servers)
    assert told(news) == to_be_told(stage)
    assert in_flight, "no kill has interrupted anything"
    events = count_stored(stage, "SELECT count(*) FROM events")
    print(f"seed {SEED}: {events} events, {in_flight} messages on their way at {KILLS} kills")  # noqa: T201 - for the reader


def _change(servers: Iterable[Server]) -> None:
    """Let some servers crash, or be up all of a sudden."""
    for server in servers:
        if server.state == "running":
            server.crash()
        else:
            server.begin("running")


def _is_more(channels: Iterable[Channel], than: int) -> bool:
    return _count_messages(channels) > than


def _count_messages(channels: Iterable[Channel]) -> int:
    return sum(len(channel.messages) for channel in channels)
