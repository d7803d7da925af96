"""What Discord refuses although nothing seems to be in the way is tried again by itself.

Admins are told once, and of each reason.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.services import channel_pauses
from tests.e2e.newsroom import lines, start_watching, subscribe, until_stored
from tests.e2e.test_boards import make_board

if TYPE_CHECKING:
    from bot.simulators.discord.entities import Channel
    from bot.simulators.discord.message import Message
    from tests.e2e.stage import Stage

_POST = "POST /channels/{channel_id}/messages"
_EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
_NO_PERMISSION = 50013
_PAUSED = "SELECT count(*) FROM subscriptions WHERE pause IS NOT NULL"
_MINUTES = 600
"""After so many seconds Discord has forgotten a nonce."""


@pytest.fixture
def news(quiet_stage: Stage) -> Channel:
    return quiet_stage.guild.add_channel("news")


@pytest.fixture
async def stage(quiet_stage: Stage, news: Channel) -> Stage:
    """The stage with a bot that tells there what happens."""
    await subscribe(quiet_stage, news)
    await start_watching(quiet_stage)
    return quiet_stage


@pytest.fixture
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the bot look again more often than every few minutes."""
    monkeypatch.setattr(channel_pauses, "_PATROL_SECONDS", 0.2)


def refusals(stage: Stage, channel: Channel) -> int:
    """Return how often Discord refused something in a channel."""
    path = f"/channels/{channel.id}/messages"
    return sum(each.status == 403 and path in each.path for each in stage.discord.exchanges)


def refused_crash(stage: Stage) -> None:
    """Let something happen that Discord does not let the bot tell."""
    stage.discord.faults.refuse(_POST, _NO_PERMISSION)
    stage.survival.crash()


def warnings(stage: Stage) -> list[Message]:
    """Return what admins were told."""
    return [message for message in stage.channel.messages if "⚠️" in message.text]


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


@pytest.mark.usefixtures("_often")
async def test_a_channel_that_was_refused_is_tried_again_by_itself(
    stage: Stage, news: Channel
) -> None:
    refused_crash(stage)
    await stage.until(lambda: any("**Survival** crashed" in line for line in lines(news)))
    assert (refusals(stage, news), len(warnings(stage))) == (1, 1)


async def test_why_it_waits_is_said_as_it_is(stage: Stage) -> None:
    refused_crash(stage)
    await warned(stage)
    words = "⏸️ Paused: Discord does not let me write there; I try again every few minutes"
    async with asyncio.timeout(10):
        while words not in (await stage.answer(stage.owner, "notify list")).text:
            pass


async def test_as_long_as_news_are_refused_admins_are_told_once(
    stage: Stage, news: Channel
) -> None:
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
    await stage.until(lambda: sum("was deleted" in each.text for each in warnings(stage)) == 1)
    await stage.until(lambda: sum("board is gone" in each.text for each in warnings(stage)) == 1)


async def test_each_time_that_a_channel_is_closed_is_said(stage: Stage, news: Channel) -> None:
    for count, server in enumerate((stage.survival, stage.secret), start=1):
        news.bot_permissions = 0
        await warned(stage, count)
        await until_stored(stage, _PAUSED, 1)
        news.bot_permissions = None
        # Otherwise it may never have been open for the bot when it is closed again.
        await until_stored(stage, _PAUSED, 0)
        server.crash()
        await stage.until(lambda count=count: len(news.messages) == count)  # type: ignore[misc]  # as above
