"""What members order is told exactly once, whatever of it cannot be stored when the bot ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.storage.receipts import SqlReceipts
from bot.storage.tracks import SqlTracks
from tests.e2e.newsroom import lines, refuse_to_store, start_watching, subscribe, until_stored

if TYPE_CHECKING:
    from bot.simulators.discord.entities import Channel
    from bot.simulators.discord.message import Message
    from tests.e2e.stage import Bot, Stage

_ENDED = "SELECT count(*) FROM audit WHERE outcome = 'done'"


async def _restart(stage: Stage, bot: Bot) -> Message:
    """Let a member restart a server, and end the bot when its line says that this is done."""
    receipt = await stage.answer(stage.owner, "restart", server="Survival")
    await stage.until_text(receipt, "🟡 stopping")
    for seconds in (4, 60):
        stage.world_time.advance(seconds)
        await stage.suggest(stage.owner, "")
    await stage.until_text(receipt, "🟢 **Survival** is running")
    await stage.stop_bot(bot)
    return receipt


@pytest.mark.parametrize(
    ("place", "method"),
    [
        (SqlTracks, "commit"),
        (SqlReceipts, "end"),
        (SqlReceipts, "conclude"),
        (SqlReceipts, "note"),
    ],
    ids=["its news", "its end", "how it ended", "its steps"],
)
async def test_a_restart_is_told_once_though_something_of_it_could_not_be_stored(
    quiet_stage: Stage, news: Channel, place: type, method: str
) -> None:
    stage = quiet_stage
    await subscribe(stage, news)
    bot = await start_watching(stage)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, method, refuse_to_store)
        receipt = await _restart(stage, bot)
    await start_watching(stage)
    await until_stored(stage, _ENDED, 1)
    await until_stored(stage, "SELECT count(*) FROM deliveries", 0)
    await stage.until(lambda: bool(lines(news)))
    [line] = lines(news)
    assert line.startswith(f"🔄 **Survival** restarted · asked by {stage.owner.mention}")
    assert "🟢 **Survival** is running" in receipt.text
