"""An order is given in a channel that the bot does not see: commands work there all the same."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import discord

from bot.ui import receipt as receipts

if TYPE_CHECKING:
    import pytest

    from bot.simulators.discord.message import Message
    from tests.e2e.stage import Stage


async def out_of_reach(stage: Stage) -> Message:
    """Let the bot end in the middle of a restart; the next one will not see its line."""
    bot = await stage.start_bot()
    receipt = await stage.answer(stage.owner, "restart", server="Survival")
    await stage.until_text(receipt, "🟡 stopping")
    await stage.stop_bot(bot)
    stage.channel.bot_permissions = 0
    return receipt


def kept(stage: Stage) -> int:
    """Return how many orders are kept for the next start."""
    with closing(sqlite3.connect(stage.database)) as connection:
        return int(connection.execute("SELECT count(*) FROM receipts").fetchone()[0])


async def until_forgotten(stage: Stage) -> None:
    async with asyncio.timeout(10):
        while kept(stage):
            await stage.suggest(stage.owner, "")


def refused(stage: Stage) -> int:
    return sum(each.status == 403 for each in stage.discord.exchanges)


async def test_who_asks_where_the_bot_sees_nothing_is_told_what_comes_of_it(
    quiet_stage: Stage,
) -> None:
    stage = quiet_stage
    stage.channel.bot_permissions = 0
    await stage.start_bot()
    asked = await stage.slash(stage.owner, "restart", server="Survival")
    receipt = await asked.reply()
    await stage.until(lambda: len(asked.followups) == 1)
    [note] = asked.followups
    assert note.ephemeral
    assert "I do not see this channel" in note.text
    assert "**View Channel**" in note.text
    for seconds, words in ((3, "🟡 stopping"), (6, "🟡 starting")):
        await stage.until_text(receipt, words)
        stage.world_time.advance(seconds)
    await stage.until_text(receipt, "🟢 **Survival** is running")
    assert len(asked.followups) == 1


async def test_elsewhere_nobody_is_told_anything(stage: Stage) -> None:
    asked = await stage.slash(stage.owner, "restart", server="Survival")
    receipt = await asked.reply()
    await stage.until_text(receipt, "🟡 stopping")
    stage.world_time.advance(9)
    await stage.until_text(receipt, "🟢 **Survival** is running")
    assert asked.followups == []


async def test_a_line_that_cannot_be_reached_is_brought_to_its_end_once_it_can_be(
    quiet_stage: Stage,
) -> None:
    stage = quiet_stage
    receipt = await out_of_reach(stage)
    stage.world_time.advance(60)
    await stage.start_bot()
    await stage.until(lambda: refused(stage) >= 2)
    assert kept(stage) == 1
    stage.channel.bot_permissions = None
    await stage.until_text(receipt, "🟢 **Survival** is running")
    await until_forgotten(stage)


async def test_it_is_not_tried_for_ever(
    quiet_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = quiet_stage
    receipt = await out_of_reach(stage)
    stage.world_time.advance(60)
    monkeypatch.setattr(receipts, "_HOPE", timedelta(seconds=0.3))
    await stage.start_bot()
    await until_forgotten(stage)
    assert "I am being restarted" in receipt.text
    assert refused(stage) >= 2


async def test_a_line_that_was_shown_in_between_is_hoped_for_anew(
    quiet_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = quiet_stage
    receipt = await out_of_reach(stage)
    await stage.start_bot()
    await stage.until(lambda: refused(stage) >= 1)
    stage.channel.bot_permissions = None
    stage.world_time.advance(3)
    await stage.until_text(receipt, "🟡 starting")
    later = discord.utils.utcnow() + receipts._HOPE
    monkeypatch.setattr(discord.utils, "utcnow", lambda: later)
    stage.channel.bot_permissions = 0
    before = refused(stage)
    stage.world_time.advance(6)
    await stage.until(lambda: refused(stage) > before + 1)
    assert kept(stage) == 1
    stage.channel.bot_permissions = None
    await stage.until_text(receipt, "🟢 **Survival** is running")
    await until_forgotten(stage)
