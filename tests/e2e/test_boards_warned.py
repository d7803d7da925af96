"""Who makes or moves a board is told what the bot lacks in exactly that channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.simulators.discord.permissions import EVERYONE, Permission
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
