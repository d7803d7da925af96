"""One action at a time on a server; who comes second is told who came first, and where."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.stage import Stage


async def test_the_second_one_is_told_who_is_doing_what(stage: Stage) -> None:
    receipt = await stage.answer(stage.helper, "restart", server="Survival")
    await stage.until_text(receipt, "🟡 stopping")
    refused = await stage.answer(stage.moderator, "server stop", server="Survival")
    assert refused.ephemeral
    assert f"{stage.helper.mention} asked to restart this server" in refused.text
    assert receipt.url in refused.text
    assert not refused.pings
    assert stage.survival.signals == ["restart"]
    stage.world_time.advance(3)
    await stage.until_text(receipt, "🟡 starting")
    stage.world_time.advance(5)
    await stage.until_text(receipt, "is running")


async def test_a_second_tap_is_told_the_same(stage: Stage) -> None:
    card = await stage.answer(stage.helper, "server status", server="Survival")
    first = await stage.click(stage.helper, card, "Restart")
    receipt = await stage.told(first)
    await stage.until_text(receipt, "🟡 stopping")
    second = await stage.click(stage.helper, card, "Restart")
    answer = await stage.told(second)
    assert answer.ephemeral
    assert "asked to restart this server" in answer.text
    assert stage.survival.signals == ["restart"]


async def test_of_many_at_once_one_reaches_the_panel(stage: Stage) -> None:
    answers = await asyncio.gather(
        *(stage.answer(stage.owner, "server stop", server="Survival") for _ in range(20))
    )
    await stage.until(lambda: stage.survival.signals != [])
    private = [answer for answer in answers if answer.ephemeral]
    assert len(private) == 19
    assert all("asked to stop this server" in answer.text for answer in private)
    stage.world_time.advance(3)
    [receipt] = stage.channel.messages
    await stage.until_text(receipt, "is offline")
    assert stage.survival.signals == ["stop"]


async def test_other_servers_are_free(stage: Stage) -> None:
    one = await stage.answer(stage.helper, "restart", server="Survival")
    other = await stage.answer(stage.helper, "server start", server="Creative")
    await stage.until_text(one, "🟡 stopping")
    await stage.until_text(other, "🟡 starting")


async def test_when_it_has_ended_the_next_may_begin(stage: Stage) -> None:
    receipt = await stage.answer(stage.owner, "server stop", server="Survival")
    await stage.until_text(receipt, "🟡 stopping")
    stage.world_time.advance(3)
    await stage.until_text(receipt, "is offline")
    again = await stage.answer(stage.owner, "server start", server="Survival")
    await stage.until_text(again, "🟡 starting")
