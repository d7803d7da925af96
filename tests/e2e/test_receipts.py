"""Receipts survive the bot, hear what the panel pushes, and say how long it usually takes."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.access import Action
from bot.domain.audit import AuditEntry, Door, Outcome
from bot.domain.servers import ServerRef
from bot.simulators.discord import compose
from bot.storage.audit import SqlAuditLog
from bot.storage.engine import Database

if TYPE_CHECKING:
    from bot.simulators.discord.message import Message
    from tests.e2e.stage import Bot, Stage


async def _restarting(stage: Stage, door: str = "command") -> tuple[Bot, Message]:
    """Start the bot, and let the helper restart Survival by it."""
    bot = await stage.start_bot()
    if door == "command":
        receipt = await stage.answer(stage.helper, "restart", server="Survival")
    else:
        card = await stage.answer(stage.helper, "server status", server="Survival")
        receipt = await stage.press(stage.helper, card, "Restart")
    await stage.until_text(receipt, "🟡 stopping")
    return bot, receipt


async def _ends(stage: Stage) -> list[tuple[str, str | None]]:
    """Return outcome and detail of every attempt that has ended, as stored."""
    async with Database(stage.settings().database_url) as database:
        entries = await SqlAuditLog(database).ended_after(stage.guild.id, 0, 100)
    return [(entry.outcome, entry.detail) for entry in entries]


async def _until_forgotten(stage: Stage) -> None:
    """Wait until no order is kept any more, which nobody sees from outside."""
    async with asyncio.timeout(10):
        while _kept(stage):
            await stage.suggest(stage.owner, "")


def _kept(stage: Stage) -> int:
    with sqlite3.connect(stage.database) as connection:
        [[count]] = connection.execute("SELECT count(*) FROM receipts")
    return int(count)


@pytest.mark.parametrize("door", ["command", "button"])
async def test_a_receipt_is_brought_to_its_end_by_the_next_bot(
    quiet_stage: Stage, door: str
) -> None:
    stage = quiet_stage
    bot, receipt = await _restarting(stage, door)
    count = len(stage.channel.messages)
    await stage.stop_bot(bot)
    assert "is restarting **Survival** · I am being restarted and look again" in receipt.text
    stage.world_time.advance(3)
    await stage.start_bot()
    await stage.until_text(receipt, "🟡 starting …")
    stage.world_time.advance(6)
    await stage.until_text(
        receipt, "🟢 **Survival** is running ·", f"-# restart · asked by {stage.helper.mention}"
    )
    assert len(stage.channel.messages) == count
    assert stage.survival.signals == ["restart"]
    await stage.stop_bot(stage.bots[0])
    assert (await _ends(stage), _kept(stage)) == ([("done", None)], 0)


async def test_meanwhile_the_server_is_busy_and_the_line_is_linked(quiet_stage: Stage) -> None:
    stage = quiet_stage
    bot, receipt = await _restarting(stage)
    await stage.stop_bot(bot)
    await stage.start_bot()
    refused = await stage.answer(stage.owner, "server stop", server="Survival")
    assert refused.ephemeral
    assert f"{stage.helper.mention} asked to restart this server" in refused.text
    assert receipt.url in refused.text


async def test_a_line_that_was_deleted_stays_so(quiet_stage: Stage) -> None:
    stage = quiet_stage
    bot, receipt = await _restarting(stage)
    await stage.stop_bot(bot)
    compose.delete(receipt)
    stage.world_time.advance(9)
    await stage.start_bot()
    await _until_forgotten(stage)
    assert stage.channel.messages == []
    assert await _ends(stage) == [("done", None)]
    assert [e.status for e in stage.discord.exchanges if e.method == "PATCH"].count(404) == 1


async def test_a_panel_that_is_gone_by_then_is_said(quiet_stage: Stage) -> None:
    stage = quiet_stage
    facts: dict[str, object] = {
        "kind": "pterodactyl",
        "name": "Annex",
        "base_url": stage.panel.url,
        "poll_seconds": 5,
    }
    stage.more_panels["annex"] = (facts, {"key": stage.panel.add_key(stage.panel_owner)})
    bot = await stage.start_bot_only()
    server = f"annex:{stage.survival.identifier}"
    async with asyncio.timeout(10):
        while server not in [value for _, value in await stage.suggest(stage.owner, "")]:
            pass
    receipt = await stage.answer(stage.owner, "restart", server=server)
    await stage.until_text(receipt, "🟡 stopping")
    await stage.stop_bot(bot)
    del stage.more_panels["annex"]
    await stage.start_bot()
    await stage.until_text(receipt, "its panel was taken away from me")
    await _until_forgotten(stage)
    assert await _ends(stage) == [("unknown", "panel gone")]


async def test_a_server_that_is_gone_by_then_is_said(quiet_stage: Stage) -> None:
    stage = quiet_stage
    bot, receipt = await _restarting(stage)
    await stage.stop_bot(bot)
    stage.world.remove_server(stage.survival)
    await stage.start_bot()
    await stage.until_text(receipt, "no longer has this server")


async def test_after_hours_away_nothing_is_claimed(quiet_stage: Stage) -> None:
    stage = quiet_stage
    bot, receipt = await _restarting(stage)
    await stage.stop_bot(bot)
    _change(stage, "at = datetime(at, '-2 hours')")
    await stage.start_bot()
    await stage.until_text(receipt, "I was away for too long")


@pytest.mark.parametrize("door", ["command", "button"])
async def test_a_line_whose_order_was_never_given_is_found_and_says_so(
    quiet_stage: Stage, door: str
) -> None:
    """As after a kill between the line and the order."""
    stage = quiet_stage
    bot, receipt = await _restarting(stage, door)
    await stage.stop_bot(bot)
    _change(stage, "step = 'prepared', message_id = NULL")
    await stage.start_bot()
    await stage.until_text(receipt, "Nothing was done to **Survival**")
    await _until_forgotten(stage)


async def test_what_the_panel_pushes_is_seen_before_what_it_keeps_for_a_while(
    quiet_stage: Stage,
) -> None:
    stage = quiet_stage
    stage.panel.settings.cache_seconds = 20
    await stage.start_bot()
    await stage.answer(stage.owner, "server status", server="Survival")
    stop = await stage.answer(stage.owner, "server stop", server="Survival")
    await stage.until_text(stop, "🟡 stopping")
    stage.world_time.advance(3)
    await stage.until_text(stop, "🔴 **Survival** is offline")


async def test_a_card_says_what_the_receipt_above_it_says(quiet_stage: Stage) -> None:
    stage = quiet_stage
    await stage.start_bot()
    stage.panel.settings.cache_seconds = 20
    restart = await stage.answer(stage.owner, "restart", server="Survival")
    await stage.until_text(restart, "🟡 stopping")
    stage.world_time.advance(3)
    await stage.until_text(restart, "🟡 starting")
    card = await stage.answer(stage.owner, "server status", server="Survival")
    assert "**starting**" in card.text
    stage.world_time.advance(10)
    await stage.until_text(restart, "🟢 **Survival** is running")
    card = await stage.answer(stage.owner, "server status", server="Survival")
    assert "**running**" in card.text


async def test_without_its_node_a_panel_is_asked_again_and_again(stage: Stage) -> None:
    stage.panel.wings.faults.add("html", path="/api/servers", status=502)
    stop = await stage.answer(stage.owner, "server stop", server="Survival")
    await stage.until_text(stop, "🟡 stopping")
    stage.world_time.advance(3)
    await stage.until_text(stop, "🔴 **Survival** is offline")


async def test_after_three_times_it_says_how_long_it_usually_takes(quiet_stage: Stage) -> None:
    stage = quiet_stage
    done = AuditEntry(
        at=datetime.now(UTC) - timedelta(days=1),
        guild_id=stage.guild.id,
        user_id=stage.owner.id,
        action=Action.RESTART,
        ref=ServerRef("main", stage.survival.identifier),
        server_name="Survival",
        door=Door.COMMAND,
        outcome=Outcome.DONE,
    )
    async with Database(stage.settings().database_url) as database:
        for seconds in (35, 40, 300):
            await SqlAuditLog(database).add(replace(done, duration=timedelta(seconds=seconds)))
    _, receipt = await _restarting(stage)
    await stage.until_text(receipt, "🟡 stopping … (usually 40 s)")
    stage.world_time.advance(3)
    await stage.until_text(receipt, "🟡 starting … (usually 40 s)")


def _change(stage: Stage, what: str) -> None:
    """Change what is kept, while no bot runs."""
    with sqlite3.connect(stage.database) as connection:
        connection.execute(f"UPDATE receipts SET {what}")  # noqa: S608 - our own words
