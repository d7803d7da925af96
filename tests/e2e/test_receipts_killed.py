"""The bot is killed at every moment of some restarts: each line finds its end, once."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING

import pytest

from tests.e2e.hurried import bot_process

if TYPE_CHECKING:
    from bot.simulators.discord.message import Message
    from tests.e2e.stage import Stage

_MOMENTS = [(who, count) for count in range(1, 7) for who in ("Discord", "the panel")]
"""By when it is killed: so many requests after the orders have come to that one."""
_SECONDS = 60
"""For whatever is waited for, on a machine that has much else to do."""
_ENDS = ("is running ·", "Nothing was done to", "is still running", "did not come up")


@pytest.mark.timeout(60 + 30 * len(_MOMENTS))
async def test_every_line_finds_its_end_once(quiet_stage: Stage) -> None:
    stage = quiet_stage
    servers = [stage.survival, stage.secret, stage.add_server("Lobby", state="running")]
    # Discord takes few edits at once in one channel.
    channels = [stage.channel, stage.guild.add_channel("two"), stage.guild.add_channel("three")]
    on_their_way = 0
    for who, count in _MOMENTS:
        async with bot_process(stage):
            await _until_ended(stage)
            assert {server.state for server in servers} == {"running"}
            told, asked = len(stage.discord.exchanges), len(stage.panel.requests)
            orders = [
                stage.discord.slash(stage.owner, channel, "restart", {"server": server.identifier})
                for server, channel in zip(servers, channels, strict=True)
            ]
            ordering = asyncio.gather(*orders)
            if who == "Discord":
                await _until_told(stage, told + count)
            else:
                async with asyncio.timeout(_SECONDS):
                    await stage.panel.wait_for_requests(asked + count)
        await ordering
        on_their_way += _stored(stage, "SELECT count(*) FROM receipts")[0][0]
    async with bot_process(stage):
        await _until_ended(stage)
    assert on_their_way >= len(_MOMENTS), "the kills have interrupted too little"
    for message in (message for channel in channels for message in channel.messages):
        assert _has_ended(message), message.text
        assert message.text.count("-# restart") == 1
    ends = _stored(
        stage,
        "SELECT count(*) FILTER (WHERE outcome = 'sent'), count(*) FILTER (WHERE outcome != 'sent')"
        " FROM audit GROUP BY at, server_id",
    )
    assert all(sent <= 1 and ended == 1 for sent, ended in ends), ends
    given = sum(len(server.signals) for server in servers)
    assert given <= sum(sent for sent, _ in ends)


async def _until_told(stage: Stage, count: int) -> None:
    """Wait until so many requests have come to Discord."""
    await stage.discord.until(lambda: len(stage.discord.exchanges) >= count, timeout=_SECONDS)


async def _until_ended(stage: Stage) -> None:
    """Wait for a new bot, and let the servers go on until nothing is kept any more."""
    await stage.discord.wait_connected(timeout=_SECONDS)
    await stage.until_listed()
    async with asyncio.timeout(_SECONDS):
        while _stored(stage, "SELECT count(*) FROM receipts") != [(0,)]:
            if any(server.state in ("stopping", "starting") for server in stage.world.servers):
                stage.world_time.advance(0.5)
            await stage.suggest(stage.owner, "")  # the bot has answered, so it had its turn


def _has_ended(message: Message) -> bool:
    return any(end in message.text for end in _ENDS)


def _stored(stage: Stage, query: str) -> list[tuple[int, ...]]:
    with sqlite3.connect(stage.database) as connection:
        return connection.execute(query).fetchall()
