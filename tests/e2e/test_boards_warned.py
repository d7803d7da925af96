"""Who makes or moves a board is told what the bot lacks in exactly that channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.simulators.discord.permissions import EVERYONE, Permission
from tests.e2e.newsroom import until_stored
from tests.e2e.test_boards import make_board, on_board

if TYPE_CHECKING:
    from bot.simulators.discord.entities import Channel
    from tests.e2e.stage import Stage

_WITHOUT_HISTORY = EVERYONE & ~Permission.READ_MESSAGE_HISTORY


@pytest.fixture
def servers(quiet_stage: Stage) -> Channel:
    return quiet_stage.guild.add_channel("servers")


@pytest.fixture
async def stage(quiet_stage: Stage, servers: Channel) -> Stage:
    """The stage with a bot that knows the channel."""
    await quiet_stage.start_bot()
    return quiet_stage


def missing(channel: Channel) -> str:
    return f"⚠️ I am missing in {channel.mention}: **Read Message History**."


async def test_a_board_that_may_be_there_twice_is_warned_of(stage: Stage, servers: Channel) -> None:
    servers.bot_permissions = _WITHOUT_HISTORY
    answer = await stage.answer(stage.owner, "board create", channel=servers)
    assert missing(servers) in answer.text
    assert "twice" in answer.text
    await stage.until(lambda: bool(servers.messages))


async def test_where_a_board_moves_is_looked_at_too(stage: Stage, servers: Channel) -> None:
    await make_board(stage, servers)
    other = stage.guild.add_channel("other")
    other.bot_permissions = _WITHOUT_HISTORY
    moved = await on_board(stage, "board move", channel=other)
    assert missing(other) in moved.text
    back = await on_board(stage, "board move", channel=servers)
    assert "⚠️" not in back.text


async def test_what_cannot_be_deleted_is_not_said_to_be_gone(
    stage: Stage, servers: Channel
) -> None:
    await make_board(stage, servers)
    servers.bot_permissions = 0
    await stage.until(lambda: any("out of date" in text for text in stage.channel_texts))
    other = stage.guild.add_channel("other")
    moved = await on_board(stage, "board move", channel=other)
    assert f"messages are still in {servers.mention}" in moved.text
    await stage.until(lambda: bool(other.messages))
    other.bot_permissions = 0
    await stage.until(lambda: sum("out of date" in text for text in stage.channel_texts) > 1)
    removed = await on_board(stage, "board remove")
    assert "with its messages" not in removed.text
    assert f"messages are still in {other.mention}" in removed.text
    await until_stored(stage, "SELECT count(*) FROM board_messages", 0)
    assert servers.messages
    assert other.messages


async def test_what_is_deleted_is_not_said_to_be_left(stage: Stage, servers: Channel) -> None:
    await make_board(stage, servers)
    servers.bot_permissions = Permission.VIEW_CHANNEL
    await stage.until(lambda: any("out of date" in text for text in stage.channel_texts))
    removed = await on_board(stage, "board remove")
    assert "is removed, with its messages" in removed.text
    await stage.until(lambda: not servers.messages)
