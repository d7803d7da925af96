"""What is shown and told is so: whatever a panel keeps, and whenever an order or the bot ends."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from tests.e2e.hurried import bot_process
from tests.e2e.newsroom import lines, start_watching, subscribe, until_followed, until_stored
from tests.e2e.test_boards import make_board

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.simulators.discord.entities import Channel
    from tests.e2e.stage import Stage

KEPT = 20
"""Seconds for which real panels keep what they say of a server; the stage's world stands still."""
_ENDED = "SELECT count(*) FROM audit WHERE outcome NOT IN ('sent', 'denied')"


async def _until_listed_again(stage: Stage) -> None:
    """Wait for one whole list more."""

    def lists() -> int:
        return sum(each.path == "/api/client" for each in stage.panel.requests)

    before = lists()
    while lists() < before + 2:
        await stage.panel.wait_for_requests(len(stage.panel.requests) + 1)
    await stage.suggest(stage.owner, "")


async def test_a_crash_is_not_undone_by_what_the_panel_keeps(
    quiet_stage: Stage, news: Channel
) -> None:
    stage = quiet_stage
    stage.panel.settings.cache_seconds = KEPT
    await subscribe(stage, news)
    await start_watching(stage)
    board = await make_board(stage, stage.guild.add_channel("board"))
    card = await stage.answer(stage.owner, "status", server="Survival")
    assert "**running**" in card.text
    stage.survival.crash()
    await stage.until_text(board, "🔴 **Survival** · offline")
    card = await stage.answer(stage.owner, "status", server="Survival")
    assert "**offline**" in card.text
    await _until_listed_again(stage)
    card = await stage.answer(stage.owner, "status", server="Survival")
    assert "**offline**" in card.text
    assert "🔴 **Survival** · offline" in board.text
    [line] = lines(news)
    assert line.startswith("💥 **Survival** crashed")


async def test_a_crash_after_an_order_has_ended_is_a_crash_and_is_mentioned(
    quiet_stage: Stage, news: Channel
) -> None:
    stage = quiet_stage
    role = stage.guild.add_role("On call", mentionable=True)
    await subscribe(stage, news, role_id=role.id)
    await start_watching(stage)
    stop = await stage.answer(stage.owner, "server stop", server="Creative")
    await stage.until_text(stop, "🔴 **Creative** was offline already")
    start = await stage.answer(stage.owner, "server start", server="Survival")
    await stage.until_text(start, "🟢 **Survival** was running already")
    await until_stored(stage, _ENDED, 2)
    stage.creative.begin("running")
    await stage.until(lambda: "🟢 **Creative** started · by itself" in news.messages[0].text)
    stage.creative.crash()
    await stage.until(lambda: "💥 **Creative** crashed" in news.messages[1].text)
    stage.survival.crash()
    await stage.until(lambda: "💥 **Survival** crashed" in news.messages[2].text)
    assert [message.pings for message in news.messages] == [[], [role.mention], [role.mention]]


@asynccontextmanager
async def _bot(stage: Stage, how: str) -> AsyncIterator[None]:
    """Run the bot until the end of the block, where it is stopped or killed."""
    if how == "killed":
        async with bot_process(stage):
            await stage.discord.wait_connected(timeout=30)
            await stage.until_listed()
            yield
    else:
        bot = await stage.start_bot()
        yield
        await stage.stop_bot(bot)


@pytest.mark.parametrize(
    ("how", "seconds_away", "state"), [("killed", 0, "stopping"), ("stopped", 4, "starting")]
)
async def test_a_restart_in_the_middle_of_which_the_bot_ends_is_told_once(
    quiet_stage: Stage, news: Channel, how: str, seconds_away: float, state: str
) -> None:
    stage = quiet_stage
    await subscribe(stage, news)
    async with _bot(stage, how):
        await until_followed(stage, stage.survival)
        receipt = await stage.answer(stage.owner, "restart", server="Survival")
        await stage.until_text(receipt, "🟡 stopping")
    stage.world_time.advance(seconds_away)
    assert stage.survival.state == state
    async with _bot(stage, how):
        await until_followed(stage, stage.survival)
        for seconds in (4, 60):
            await stage.suggest(stage.owner, "")
            stage.world_time.advance(seconds)
        await stage.until_text(receipt, "🟢 **Survival** is running")
        await stage.until(lambda: bool(lines(news)))
        await _until_listed_again(stage)
        await until_stored(stage, "SELECT count(*) FROM deliveries", 0)
    [line] = lines(news)
    assert line.startswith(f"🔄 **Survival** restarted · asked by {stage.owner.mention}")


async def test_what_was_pushed_before_the_first_look_of_the_next_bot_is_no_failure(
    quiet_stage: Stage, news: Channel
) -> None:
    stage = quiet_stage
    await subscribe(stage, news)
    bot = await start_watching(stage)
    receipt = await stage.answer(stage.owner, "restart", server="Survival")
    await stage.until_text(receipt, "🟡 stopping")
    await stage.stop_bot(bot)
    path = f"/api/client/servers/{stage.survival.identifier}"
    stage.panel.faults.add("late", path=f"{path}/resources", seconds=2)
    asked = len(stage.panel.requests)
    await stage.start_bot_only()
    await until_followed(stage, stage.survival)
    while not any(each.path == path for each in stage.panel.requests[asked:]):
        await stage.panel.wait_for_requests(len(stage.panel.requests) + 1)
    stage.world_time.advance(5)
    await stage.until_text(receipt, "🟡 starting")
    stage.world_time.advance(60)
    await stage.until_text(receipt, "is running")
    assert "did not come up" not in receipt.text


async def test_who_was_not_told_of_an_outage_is_not_told_of_its_end(
    quiet_stage: Stage, news: Channel
) -> None:
    stage = quiet_stage
    late = stage.guild.add_channel("late")
    await subscribe(stage, news)
    await start_watching(stage)
    stage.node.up = False
    await stage.discord.until(lambda: bool(lines(news)), timeout=30)
    await stage.answer(stage.owner, "notify add", channel=late, events="all changes")
    stage.node.up = True
    await stage.discord.until(lambda: "✅" in news.messages[0].text, timeout=30)
    await until_stored(stage, "SELECT count(*) FROM deliveries", 0)
    assert lines(late) == []
