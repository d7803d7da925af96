"""What goes on with a panel is told of for the last time when that is watched no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.changes import IncidentKind
from bot.domain.incidents import begun, told
from bot.services.clock import SystemClock
from bot.storage.engine import Database
from bot.storage.tracks import SqlTracks
from tests.e2e.adding import add, id_of
from tests.e2e.newsroom import lines, subscribe

if TYPE_CHECKING:
    from bot.domain.news import Subscription
    from tests.e2e.stage import Stage


async def _is_down(stage: Stage, panel_id: str, subscription: Subscription) -> None:
    """Let a bot have seen, while none runs, that a panel does not answer."""
    at = SystemClock().now()
    incident = begun(IncidentKind.PANEL, panel_id, at)
    word = told(incident, at, tracks={}, uses=lambda _: True)
    async with Database(stage.settings().database_url) as database:
        await SqlTracks(database).commit(
            tracks={}, incidents={incident.id: incident}, news=[(word, [subscription])]
        )


async def test_of_a_panel_that_a_guild_removes(stage: Stage) -> None:
    await add(stage, stage.moderator)
    panel_id = await id_of(stage, stage.moderator, "Annex")
    await stage.stop_bot(stage.bots[0])
    news, elsewhere = stage.guild.add_channel("news"), stage.guild.add_channel("elsewhere")
    await _is_down(stage, panel_id, await subscribe(stage, news))
    await subscribe(stage, elsewhere)
    stage.panel.faults.add("html")
    bot = await stage.start_bot_only()
    await stage.discord.until(lambda: bool(news.messages))
    [message] = news.messages
    assert "The panel **Annex** does not list its servers" in message.text
    question = await stage.answer(stage.moderator, "panel remove", panel="Annex")
    await stage.click(stage.moderator, question, "Remove it")
    await stage.until_text(message, "**Annex** is no longer watched")
    await stage.stop_bot(bot)
    assert [line for line in lines(news) if "Annex" in line] == [message.text]
    assert not [line for line in lines(elsewhere) if "Annex" in line]


async def test_of_a_panel_that_the_operator_takes_out_of_the_configuration(
    quiet_stage: Stage,
) -> None:
    stage = quiet_stage
    news = stage.guild.add_channel("news")
    await _is_down(stage, "former", await subscribe(stage, news))
    await stage.start_bot_only()
    await stage.discord.until(lambda: bool(news.messages))
    [message] = news.messages
    await stage.until_text(message, "**former** is no longer watched")
    assert news.messages == [message]
