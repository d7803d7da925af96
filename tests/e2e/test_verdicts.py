"""The bot ends between showing how an order ended and forgetting it: that stays its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.storage.audit import SqlAuditLog
from bot.storage.engine import Database
from bot.storage.receipts import SqlReceipts
from tests.e2e.newsroom import (
    lines,
    refuse_to_store,
    start_watching,
    stored,
    subscribe,
    until_seen,
    until_stored,
)

if TYPE_CHECKING:
    from bot.domain.receipts import Progress
    from bot.simulators.discord.entities import Channel
    from bot.simulators.discord.message import Message
    from tests.e2e.stage import Bot, Stage

_KEPT = "SELECT count(*) FROM receipts"
_ENDS = "SELECT outcome, detail, duration_seconds FROM audit WHERE outcome != 'sent'"


async def _order(stage: Stage, bot: Bot, command: str, *ends: str, seconds: float = 0) -> Message:
    """Let a member order it, and end the bot when its line says how that ended."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SqlReceipts, "end", refuse_to_store)
        receipt = await stage.answer(stage.owner, command, server="Survival")
        if seconds:
            await stage.until_text(receipt, "🟡 stopping")
            stage.world_time.advance(seconds)
        await stage.until_text(receipt, *ends)
        await stage.stop_bot(bot)
    assert stored(stage, _ENDS) == []
    return receipt


async def _verdict(stage: Stage) -> Progress:
    """Return how the only order that is kept has ended."""
    async with Database(stage.settings().database_url) as database:
        [kept] = await SqlReceipts(database, SqlAuditLog(database)).all()
    assert kept.verdict is not None
    return kept.verdict


async def _assert_stays(stage: Stage, receipt: Message, text: str) -> None:
    """Assert that the next bot says the same of it, and nothing else, and forgets it."""
    said = len(stage.discord.exchanges)
    await stage.start_bot()
    await until_stored(stage, _KEPT, 0)
    edits = [each for each in stage.discord.exchanges[said:] if str(receipt.id) in each.path]
    assert [each.request_body["content"] for each in edits] == [text]
    assert receipt.text == text


async def test_a_stop_stays_one_though_the_server_was_started_meanwhile(
    quiet_stage: Stage, news: Channel
) -> None:
    stage = quiet_stage
    await subscribe(stage, news)
    bot = await start_watching(stage)
    receipt = await _order(stage, bot, "server stop", "**Survival** is offline ·", seconds=3)
    text, kept = receipt.text, await _verdict(stage)
    stage.survival.power("start")
    stage.world_time.advance(60)
    await _assert_stays(stage, receipt, text)
    [(outcome, detail, seconds)] = stored(stage, _ENDS)
    assert (outcome, detail or "") == ("done", "")
    assert float(seconds) == kept.elapsed.total_seconds()
    await until_seen(lambda: len(lines(news)) == 2)
    stopped, started = lines(news)
    assert f"**Survival** stopped · asked by {stage.owner.mention}" in stopped
    assert "**Survival** started" in started
    assert "asked by" not in started


async def test_a_restart_stays_one_though_the_server_is_gone(quiet_stage: Stage) -> None:
    stage = quiet_stage
    bot = await stage.start_bot()
    receipt = await _order(stage, bot, "restart", "🟢 **Survival** is running ·", seconds=9)
    text = receipt.text
    stage.world.remove_server(stage.survival)
    await _assert_stays(stage, receipt, text)
    assert [row[0] for row in stored(stage, _ENDS)] == ["done"]


async def test_what_the_panel_refused_is_not_followed(quiet_stage: Stage, news: Channel) -> None:
    """Nor is what befalls the server meanwhile told as what was asked for."""
    stage = quiet_stage
    await subscribe(stage, news)
    bot = await start_watching(stage)
    path = f"/api/client/servers/{stage.survival.identifier}/power"
    stage.panel.faults.add("html", path=path, status=502)
    receipt = await _order(stage, bot, "server stop", "The panel did not answer")
    text = receipt.text
    stage.survival.power("stop")
    stage.world_time.advance(60)
    await _assert_stays(stage, receipt, text)
    [(outcome, detail, _)] = stored(stage, _ENDS)
    assert outcome == "failed"
    assert detail.startswith("panel main did not answer")
    await until_seen(lambda: bool(lines(news)))
    [line] = lines(news)
    assert "**Survival** stopped" in line
    assert "asked by" not in line
