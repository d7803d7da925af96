"""What Discord refuses although nothing seems to be in the way is tried again by itself.

Admins are told once, and of each reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.newsroom import PAUSED, lines, subscribe, until_said, until_stored, warnings
from tests.e2e.test_boards import make_board

if TYPE_CHECKING:
    from bot.simulators.discord.entities import Channel
    from tests.e2e.stage import Stage

_POST = "POST /channels/{channel_id}/messages"
_EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
_NO_PERMISSION = 50013
_MINUTES = 600
"""After so many seconds Discord has forgotten a nonce."""


def refusals(stage: Stage, channel: Channel) -> int:
    """Return how often Discord refused something in a channel."""
    path = f"/channels/{channel.id}/messages"
    return sum(each.status == 403 and path in each.path for each in stage.discord.exchanges)


def refused_crash(stage: Stage) -> None:
    """Let something happen that Discord does not let the bot tell."""
    stage.discord.faults.refuse(_POST, _NO_PERMISSION)
    stage.survival.crash()


async def warned(stage: Stage, count: int = 1) -> None:
    await stage.until(lambda: len(warnings(stage)) == count)


async def refused_again(stage: Stage, channel: Channel, times: int) -> None:
    """Let something else in the guild change, whereupon it is tried again, and refused."""
    other = stage.guild.add_channel("other")
    for _ in range(times):
        stage.time.advance(_MINUTES)
        before = refusals(stage, channel)
        other.bot_permissions = 0
        await stage.until(lambda before=before: refusals(stage, channel) > before)  # type: ignore[misc]  # mypy knows no type for a default


def tried_to_warn(stage: Stage) -> int:
    """Return how often the bot wanted to tell admins something."""
    path = f"/channels/{stage.channel.id}/messages"
    sent = [each for each in stage.discord.exchanges if each.method == "POST"]
    return sum(each.path.endswith(path) for each in sent)


@pytest.mark.usefixtures("_looks_often")
async def test_a_channel_that_was_refused_is_tried_again_by_itself(
    news_stage: Stage, news: Channel
) -> None:
    stage = news_stage
    refused_crash(stage)
    await stage.until(lambda: any("**Survival** crashed" in line for line in lines(news)))
    assert (refusals(stage, news), len(warnings(stage))) == (1, 1)


async def test_why_it_waits_is_said_as_it_is(news_stage: Stage) -> None:
    stage = news_stage
    refused_crash(stage)
    await warned(stage)
    words = "⏸️ Paused: Discord does not let me write there; I try again every few minutes"
    await until_said(stage, "notify list", words)


async def test_as_long_as_news_are_refused_admins_are_told_once(
    news_stage: Stage, news: Channel
) -> None:
    stage = news_stage
    refused_crash(stage)
    await warned(stage)
    stage.discord.faults.refuse(_POST, _NO_PERMISSION, times=3)
    await refused_again(stage, news, 3)
    assert tried_to_warn(stage) == 1
    stage.discord.faults.clear()
    stage.guild.add_channel("last").bot_permissions = 0
    await stage.until(lambda: len(news.messages) == 1)
    # After something was told again, it is news that nothing can be.
    stage.discord.faults.refuse(_POST, _NO_PERMISSION)
    stage.secret.crash()
    await warned(stage, 2)


async def test_as_long_as_a_board_is_refused_admins_are_told_once(
    quiet_stage: Stage, news: Channel
) -> None:
    stage = quiet_stage
    await stage.start_bot()
    board = await make_board(stage, news)
    stage.discord.faults.refuse(_EDIT, _NO_PERMISSION, times=4)
    stage.survival.crash()
    await warned(stage)
    await refused_again(stage, news, 3)
    stage.guild.add_channel("last").bot_permissions = 0
    await stage.until_text(board, "**Survival** · offline")
    assert tried_to_warn(stage) == 1


async def test_that_a_closed_channel_was_deleted_is_said_as_well(
    quiet_stage: Stage, news: Channel
) -> None:
    stage = quiet_stage
    await subscribe(stage, news)
    await stage.start_bot()
    await make_board(stage, news)
    news.bot_permissions = 0
    await warned(stage, 2)
    news.delete()
    await stage.until(lambda: sum("was deleted" in each for each in warnings(stage)) == 1)
    await stage.until(lambda: sum("board is gone" in each for each in warnings(stage)) == 1)


async def test_each_time_that_a_channel_is_closed_is_said(news_stage: Stage, news: Channel) -> None:
    stage = news_stage
    for count, server in enumerate((stage.survival, stage.secret), start=1):
        news.bot_permissions = 0
        await warned(stage, count)
        await until_stored(stage, PAUSED, 1)
        news.bot_permissions = None
        # Otherwise it may never have been open for the bot when it is closed again.
        await until_stored(stage, PAUSED, 0)
        server.crash()
        await stage.until(lambda count=count: len(news.messages) == count)  # type: ignore[misc]  # as above
