"""A receipt that outlives its interaction's token goes on as an ordinary message."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.stage import ShiftedClock

if TYPE_CHECKING:
    from tests.e2e.stage import Stage

_ALMOST_A_TOKENS_LIFE = 14.5 * 60


@pytest.fixture
def discord_time() -> ShiftedClock:
    """Discord is behind at first: what is asked then is almost 15 minutes old for the bot."""
    return ShiftedClock(ahead=-_ALMOST_A_TOKENS_LIFE)


async def test_after_fifteen_minutes_the_line_is_still_edited(stage: Stage) -> None:
    receipt = await stage.answer(stage.owner, "server stop", server="Survival")
    await stage.until_text(receipt, "🟡 stopping")
    stage.time.advance(_ALMOST_A_TOKENS_LIFE + 60)
    stage.world_time.advance(3)
    await stage.until_text(receipt, "**Survival** is offline")
    assert stage.channel.messages == [receipt]
