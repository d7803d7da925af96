"""Boards in several channels are found again after a restart, and show soon what is so by then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.simulators.discord.compose import delete
from tests.e2e.test_boards import make_board, stored

if TYPE_CHECKING:
    from bot.simulators.discord.entities import Channel
    from tests.e2e.stage import Bot, Stage

_CHANNELS = 3


@pytest.fixture
async def channels(quiet_stage: Stage) -> list[Channel]:
    """Each has a board; the bot is off."""
    stage = quiet_stage
    channels = [stage.guild.add_channel(f"servers-{number}") for number in range(_CHANNELS)]
    bot: Bot = await stage.start_bot()
    for channel in channels:
        await make_board(stage, channel)
    await stored(stage, count=_CHANNELS)
    await stage.stop_bot(bot)
    return channels


async def test_what_has_changed_meanwhile_is_shown_in_all_channels(
    quiet_stage: Stage, channels: list[Channel]
) -> None:
    stage, shown = quiet_stage, [channel.messages[0] for channel in channels]
    stage.survival.crash()
    await stage.start_bot()
    for board in shown:
        await stage.until_text(board, "**Survival** · offline")
    assert [channel.messages for channel in channels] == [[board] for board in shown]


async def test_what_was_deleted_meanwhile_is_back_in_all_channels(
    quiet_stage: Stage, channels: list[Channel]
) -> None:
    stage = quiet_stage
    for channel in channels:
        delete(channel.messages[0])
    await stage.start_bot()
    for channel in channels:
        await stage.until(lambda: bool(channel.messages))  # noqa: B023 - it is over before the next turn
        assert "**Survival** · running" in channel.messages[0].text
