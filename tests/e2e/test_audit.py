"""Every attempt by every door leaves a row that says who, what, by which door and how it ended."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.stage import Stage


def _rows(stage: Stage) -> list[tuple[object, ...]]:
    query = "SELECT user_id, action, server_name, door, outcome, detail FROM audit ORDER BY id"
    with sqlite3.connect(stage.database) as connection:
        return connection.execute(query).fetchall()


async def test_every_attempt_is_written_down(quiet_stage: Stage) -> None:
    stage = quiet_stage
    bot = await stage.start_bot()
    await stage.answer(stage.helper, "server stop", server="Survival", reason="late")
    receipt = await stage.answer(stage.owner, "server stop", server="Survival", reason="night")
    await stage.until_text(receipt, "🟡 stopping")
    await stage.answer(stage.moderator, "server stop", server="Survival")
    stage.world_time.advance(3)
    await stage.until_text(receipt, "is offline")
    card = await stage.answer(stage.owner, "server status", server="Secret")
    form = await stage.click(stage.owner, card, "Command")
    await stage.told(await stage.submit(stage.owner, form, "say hello"))
    question = await stage.press(stage.owner, card, "Kill")
    killed = await stage.press(stage.owner, question, "Kill it")
    await stage.until_text(killed, "is offline")
    await stage.stop_bot(bot)
    owner, moderator, helper = stage.owner.id, stage.moderator.id, stage.helper.id
    assert _rows(stage) == [
        (helper, "stop", "Survival", "command", "denied", "late"),
        (owner, "stop", "Survival", "command", "sent", "night"),
        (moderator, "stop", "Survival", "command", "refused", "busy"),
        (owner, "stop", "Survival", "command", "done", "night"),
        (owner, "command", "Secret", "form", "sent", "say hello"),
        (owner, "command", "Secret", "form", "accepted", "say hello"),
        (owner, "kill", "Secret", "button", "sent", None),
        (owner, "kill", "Secret", "button", "done", None),
    ]


async def test_the_card_says_who_acted_last(stage: Stage) -> None:
    receipt = await stage.answer(stage.owner, "server stop", server="Survival")
    await stage.until_text(receipt, "🟡 stopping")
    stage.world_time.advance(3)
    await stage.until_text(receipt, "is offline")
    card = await stage.answer(stage.helper, "server status", server="Survival")
    assert f"last: stop by {stage.owner.mention}" in card.text
    assert card.pings == []


async def test_a_locked_database_lets_no_order_through_and_no_attempt_is_lost(
    quiet_stage: Stage,
) -> None:
    stage = quiet_stage
    bot = await stage.start_bot()
    await stage.answer(stage.helper, "server list")
    async with stage.locked_database():
        denied = await stage.answer(stage.helper, "server stop", server="Survival")
        assert "may not stop" in denied.text
        receipt = await stage.answer(stage.helper, "restart", server="Survival")
        await stage.until_text(receipt, "database")
    await stage.stop_bot(bot)
    assert stage.survival.signals == []
    assert [row[4] for row in _rows(stage)] == ["denied", "refused"]


async def test_to_look_for_what_may_not_be_seen_is_written_down(quiet_stage: Stage) -> None:
    stage = quiet_stage
    bot = await stage.start_bot()
    for command in ("server status", "status", "server history"):
        answer = await stage.answer(stage.guest, command, server="Survival")
        assert "Survival" in answer.text
    card = await stage.answer(stage.owner, "server status", server="Survival")
    await stage.told(await stage.click(stage.guest, card, "Refresh"))
    await stage.stop_bot(bot)
    rows = [row[:2] + row[3:5] for row in _rows(stage)]
    doors = ["command", "command", "command", "button"]
    assert rows == [(stage.guest.id, "view", door, "refused") for door in doors]
