"""Discord's own troubles stop no order, and what happened is written down whatever is shown."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.stage import Stage

_CALLBACK = "POST /interactions/{interaction_id}/{interaction_token}/callback"


@pytest.mark.parametrize("code", [None, 4000, 4009])
async def test_a_cut_gateway_loses_no_command(stage: Stage, code: int | None) -> None:
    receipt = await stage.answer(stage.helper, "restart", server="Survival")
    await stage.until_text(receipt, "🟡 stopping")
    stage.discord.faults.drop_gateway(code)
    await stage.until(lambda: not stage.discord.connected)
    card = await stage.answer(stage.helper, "server status", server="Creative")
    assert "offline" in card.text
    stage.world_time.advance(3)
    await stage.until_text(receipt, "🟡 starting")
    stage.world_time.advance(5)
    await stage.until_text(receipt, "is running")
    assert stage.survival.signals == ["restart"]


async def test_an_edit_that_fails_once_is_made_again(stage: Stage) -> None:
    receipt = await stage.answer(stage.helper, "restart", server="Survival")
    await stage.until_text(receipt, "🟡 stopping")
    stage.discord.faults.fail("*", 502)
    stage.world_time.advance(3)
    await stage.until_text(receipt, "🟡 starting")


async def test_an_answer_whose_receipt_was_lost_is_taken_for_given(stage: Stage) -> None:
    # Discord took the answer, a proxy lost its yes, and discord.py's repetition is told 40060.
    stage.discord.faults.fail(_CALLBACK, 502, after=True)
    receipt = await stage.answer(stage.helper, "restart", server="Survival")
    await stage.discord.until(lambda: "🟡 stopping" in receipt.text, timeout=3)


async def test_an_order_outlives_its_channel(stage: Stage) -> None:
    receipt = await stage.answer(stage.helper, "restart", server="Survival")
    await stage.until_text(receipt, "🟡 stopping")
    stage.channel.delete()
    stage.channel = stage.guild.add_channel("elsewhere")
    stage.world_time.advance(8)
    written = f"last: restart by {stage.helper.mention}"
    async with asyncio.timeout(10):
        while written not in (await stage.answer(stage.owner, "status", server="Survival")).text:
            pass
