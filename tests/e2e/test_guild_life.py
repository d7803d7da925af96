"""Guilds, roles and channels that come and go, with the bot on and off."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING

from bot.domain.access import Action
from tests.e2e.adding import add

if TYPE_CHECKING:
    from tests.e2e.stage import Stage

_LEFT = "SELECT guild_id FROM guilds WHERE left_at IS NOT NULL"
_NOTED = "SELECT action, door FROM audit"
_LIVE = "SELECT count(*) FROM rules WHERE removed_at IS NULL"


def _rows(stage: Stage, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(stage.database) as connection:
        return connection.execute(query).fetchall()


async def _until_rows(stage: Stage, query: str, expected: list[tuple[object, ...]]) -> None:
    """Wait until the database shows it: the bot tells nobody."""
    async with asyncio.timeout(10):
        while await asyncio.to_thread(_rows, stage, query) != expected:
            pass


async def test_a_guild_that_removes_the_bot_is_noted(stage: Stage) -> None:
    stage.guild.remove_bot()
    await _until_rows(stage, _LEFT, [(stage.guild.id,)])
    assert _rows(stage, _LIVE) == [(5,)]


async def test_a_guild_that_was_left_while_the_bot_was_off_is_noted_at_the_start(
    quiet_stage: Stage,
) -> None:
    stage = quiet_stage
    other = stage.discord.add_guild("Other")
    bot = await stage.start_bot()
    await stage.stop_bot(bot)
    assert _rows(stage, _LEFT) == []
    stage.guild.remove_bot()
    await stage.start_bot_only()
    await _until_rows(stage, _LEFT, [(stage.guild.id,)])
    assert other.id


async def test_a_deleted_role_leaves_no_rule(stage: Stage) -> None:
    stage.guild.delete_role(stage.helpers)
    await _until_rows(stage, _NOTED, [("rule removed", "itself")])
    assert _rows(stage, _LIVE) == [(0,)]


async def test_a_role_that_was_deleted_while_the_bot_was_off_leaves_no_rule(
    quiet_stage: Stage,
) -> None:
    stage = quiet_stage
    bot = await stage.start_bot()
    await stage.stop_bot(bot)
    stage.guild.delete_role(stage.helpers)
    await stage.start_bot()
    await _until_rows(stage, _LIVE, [(0,)])


async def test_an_admin_can_have_everything_deleted(stage: Stage) -> None:
    await stage.answer(stage.owner, "settings time-zone", zone="Asia/Shanghai")
    await add(stage, stage.owner, name="Annex")
    question = await stage.answer(stage.owner, "settings delete-data")
    assert question.ephemeral
    assert _rows(stage, "SELECT count(*) FROM guilds") == [(1,)]
    await stage.click(stage.owner, question, "Delete everything")
    await stage.until_text(question, "Everything is deleted.")
    left = (
        "SELECT guild_id FROM rules UNION SELECT guild_id FROM guilds "
        "UNION SELECT guild_id FROM panels"
    )
    assert _rows(stage, left) == []
    listed = await stage.answer(stage.owner, "panel list")
    assert "Annex" not in listed.text
    assert "Main panel" in listed.text  # the operator's
    assert _rows(stage, "SELECT user_id, action FROM audit") == [
        (stage.owner.id, "data deleted"),
    ]
    denied = await stage.answer(stage.helper, "status", server="Survival")
    assert "I know no server called" in denied.text
    assert question.buttons == []


async def test_a_minute_is_the_time_to_confirm_a_deletion(stage: Stage) -> None:
    question = await stage.answer(stage.owner, "settings delete-data")
    stage.time.advance(61)
    await stage.click(stage.owner, question, "Delete everything")
    await stage.until_text(question, "more than a minute ago")
    assert Action.VIEW in {row[0] for row in _rows(stage, "SELECT action FROM rules")}
