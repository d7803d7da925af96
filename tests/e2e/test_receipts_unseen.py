"""Discord is away when an order ends: the verdict is shown after all, by whichever bot."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bot.simulators.discord.message import Message
    from tests.e2e.stage import Bot, Stage

_EDIT = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original"
_LATER_EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
_HISTORY = "GET /channels/{channel_id}/messages"
_EXPIRED_TOKEN, _BLOCKED_BY_AUTOMOD = 50027, 200000
_FOR_LONG = 100_000
"""Times, until the test says otherwise."""


async def _restarting(stage: Stage) -> tuple[Bot, Message]:
    bot = await stage.start_bot()
    receipt = await stage.answer(stage.helper, "restart", server="Survival")
    await stage.until_text(receipt, "🟡 stopping")
    return bot, receipt


async def _until_tried(stage: Stage, route: str, status: int, times: int) -> None:
    def tries() -> int:
        return [(e.route, e.status) for e in stage.discord.exchanges].count(
            (route.split()[1], status)
        )

    await stage.until(lambda: tries() >= times)


def _stored(stage: Stage, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(stage.database) as connection:
        return connection.execute(query).fetchall()


async def _until_forgotten(stage: Stage) -> None:
    """Wait until no order is kept any more, which nobody sees from outside."""
    async with asyncio.timeout(10):
        while _stored(stage, "SELECT id FROM receipts"):
            await stage.suggest(stage.owner, "")


async def _assert_brought_to_its_end(stage: Stage, receipt: Message) -> None:
    stage.discord.faults.clear()
    await stage.until_text(receipt, "🟢 **Survival** is running ·")
    await _until_forgotten(stage)
    ends = _stored(stage, "SELECT outcome FROM audit WHERE outcome != 'sent'")
    assert ends == [("done",)]
    assert stage.survival.signals == ["restart"]


async def test_a_verdict_that_was_not_shown_is_shown_later(quiet_stage: Stage) -> None:
    stage = quiet_stage
    _, receipt = await _restarting(stage)
    stage.discord.faults.refuse(_EDIT, _EXPIRED_TOKEN, times=_FOR_LONG)
    stage.world_time.advance(9)
    await _until_tried(stage, _EDIT, 401, 4)
    assert len(_stored(stage, "SELECT id FROM receipts")) == 1
    await _assert_brought_to_its_end(stage, receipt)


async def test_it_is_shown_by_the_next_bot(quiet_stage: Stage) -> None:
    stage = quiet_stage
    bot, receipt = await _restarting(stage)
    stage.discord.faults.refuse(_EDIT, _EXPIRED_TOKEN, times=_FOR_LONG)
    stage.world_time.advance(9)
    await _until_tried(stage, _EDIT, 401, 2)
    await stage.stop_bot(bot)
    stage.discord.faults.fail(_LATER_EDIT, 503, times=_FOR_LONG)
    await stage.start_bot()
    await _until_tried(stage, _LATER_EDIT, 503, 3)
    await _assert_brought_to_its_end(stage, receipt)


async def test_a_line_is_looked_for_until_discord_answers(quiet_stage: Stage) -> None:
    stage = quiet_stage
    bot, receipt = await _restarting(stage)
    await stage.stop_bot(bot)
    with sqlite3.connect(stage.database) as connection:
        connection.execute("UPDATE receipts SET message_id = NULL")
    stage.world_time.advance(9)
    stage.discord.faults.fail(_HISTORY, 503, times=_FOR_LONG)
    await stage.start_bot()
    await _until_tried(stage, _HISTORY, 503, 2)
    await _assert_brought_to_its_end(stage, receipt)


@pytest.mark.parametrize("code", [_BLOCKED_BY_AUTOMOD, 50013], ids=["the words", "the bot"])
async def test_what_discord_will_never_take_is_not_tried_again(
    quiet_stage: Stage, code: int
) -> None:
    stage = quiet_stage
    await _restarting(stage)
    tries = len(stage.discord.exchanges)
    stage.discord.faults.refuse(_EDIT, code, times=_FOR_LONG)
    stage.world_time.advance(9)
    await _until_forgotten(stage)
    refused = [e for e in stage.discord.exchanges[tries:] if e.status in (400, 403)]
    words = [e.request_body["content"] for e in refused]
    assert words
    assert len(words) == len(set(words))
