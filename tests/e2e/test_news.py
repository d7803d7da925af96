"""What happens on a panel is told in the channels that care, through the real Discord library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.events import EventKind
from bot.simulators.discord.permissions import EVERYONE, Permission
from tests.e2e.newsroom import lines, start_watching, subscribe, until_stored

if TYPE_CHECKING:
    from bot.simulators.discord.entities import Channel
    from tests.e2e.stage import Stage


async def test_a_crash_is_told_with_a_mention_and_a_start_without(
    quiet_stage: Stage, news: Channel
) -> None:
    stage = quiet_stage
    role = stage.guild.add_role("On call", mentionable=True)
    await subscribe(stage, news, role_id=role.id)
    await start_watching(stage)
    stage.survival.crash()
    await stage.until(lambda: len(news.messages) == 1)
    stage.survival.begin("running")
    await stage.until(lambda: len(news.messages) == 2)
    first, second = news.messages
    assert "💥 **Survival** crashed · <t:" in first.text
    assert "🟢 **Survival** started · by itself · <t:" in second.text
    assert (first.pings, second.pings) == ([role.mention], [])


async def test_a_restart_on_the_panel_is_a_stop_that_is_edited(
    quiet_stage: Stage, news: Channel
) -> None:
    stage = quiet_stage
    stops, restarts = stage.guild.add_channel("stops"), stage.guild.add_channel("restarts")
    await subscribe(stage, news)
    await subscribe(stage, stops, EventKind.STOPPED)
    await subscribe(stage, restarts, EventKind.RESTARTED)
    await start_watching(stage)
    stage.survival.power("stop")
    stage.world_time.advance(4)
    await stage.until(lambda: len(news.messages) == 1 and len(stops.messages) == 1)
    assert "🔴 **Survival** stopped · by itself · <t:" in news.messages[0].text
    stage.survival.power("start")
    stage.world_time.advance(6)
    await stage.until(lambda: "🔄 **Survival** restarted" in news.messages[0].text)
    await stage.until(lambda: len(restarts.messages) == 1)
    assert "🔄 **Survival** restarted · by itself · <t:" in lines(restarts)[0]
    assert "🔴 **Survival** stopped" in lines(stops)[0]
    assert (len(news.messages), len(stops.messages)) == (1, 1)


async def test_only_what_a_subscription_wants_is_told(quiet_stage: Stage, news: Channel) -> None:
    stage = quiet_stage
    one = stage.guild.add_channel("one")
    starts = stage.guild.add_channel("starts")
    await subscribe(stage, news)
    await subscribe(stage, one, server=stage.secret)
    await subscribe(stage, starts, EventKind.STARTED)
    await start_watching(stage)
    stage.survival.crash()
    await stage.until(lambda: len(news.messages) == 1)
    stage.secret.crash()
    await stage.until(lambda: len(news.messages) == 2 and len(one.messages) == 1)
    assert "Secret" in lines(one)[0]
    assert starts.messages == []


async def test_what_happened_while_the_bot_was_away_is_told_once(
    quiet_stage: Stage, news: Channel
) -> None:
    stage = quiet_stage
    await subscribe(stage, news)
    bot = await start_watching(stage)
    await stage.stop_bot(bot)
    stage.survival.crash()
    stage.creative.begin("running")
    stage.creative.crash()
    for _ in range(2):
        bot = await start_watching(stage)
        await stage.until(lambda: len(news.messages) == 1)
        await stage.stop_bot(bot)
    assert lines(news) == ["🔴 **Survival** stopped · while I was away"]


async def test_news_are_in_the_language_of_the_guild(quiet_stage: Stage, news: Channel) -> None:
    stage = quiet_stage
    stage.guild.locale = "zh-CN"
    await subscribe(stage, news)
    await start_watching(stage)
    stage.survival.crash()
    await stage.until(lambda: "**Survival** 崩溃了" in news.messages[0].text)


async def test_a_thread_in_the_archive_is_opened_for_news(quiet_stage: Stage) -> None:
    stage = quiet_stage
    thread = stage.channel.add_thread("news", stage.owner)
    thread.archive()
    await subscribe(stage, thread)
    await start_watching(stage)
    stage.survival.crash()
    await stage.until(lambda: len(thread.messages) == 1)
    assert not thread.archived


async def test_in_a_forum_each_message_is_a_post(quiet_stage: Stage) -> None:
    stage = quiet_stage
    forum = stage.guild.add_forum("news", tags=["server"], needs_tag=True)
    await subscribe(stage, forum)
    await start_watching(stage)
    stage.survival.crash()
    await stage.until(lambda: len(forum.threads) == 1)
    stage.secret.crash()
    await stage.until(lambda: len(forum.threads) == 2)
    assert [thread.name for thread in forum.threads] == ["💥 Survival", "💥 Secret"]
    assert "**Survival** crashed" in forum.threads[0].messages[0].text


@pytest.mark.parametrize("kind", ["text", "forum"])
async def test_a_post_whose_answer_was_lost_is_not_written_again(
    quiet_stage: Stage, kind: str
) -> None:
    stage = quiet_stage
    add = stage.guild.add_channel if kind == "text" else stage.guild.add_forum
    channel = add("news")
    await subscribe(stage, channel)
    await start_watching(stage)
    path = "messages" if kind == "text" else "threads"
    stage.discord.faults.fail(f"POST /channels/{{channel_id}}/{path}", 503, after=True)
    stage.survival.crash()
    await stage.until(lambda: len(lines(channel)) == 1)
    stage.secret.crash()
    await stage.until(lambda: len(lines(channel)) == 2)
    assert ["Survival" in lines(channel)[0], "Secret" in lines(channel)[1]] == [True, True]


async def test_a_right_that_is_lost_is_told_to_the_admins_and_nothing_is_lost(
    quiet_stage: Stage, news: Channel
) -> None:
    stage = quiet_stage
    await subscribe(stage, news)
    await start_watching(stage)
    news.bot_permissions = EVERYONE & ~Permission.SEND_MESSAGES
    await stage.until(lambda: len(stage.channel.messages) == 1)
    stage.survival.crash()
    stage.secret.crash()
    await until_stored(stage, "SELECT count(*) FROM deliveries", 2)
    news.bot_permissions = None
    await stage.until(lambda: len(lines(news)) == 2)
    warnings = [text for text in stage.channel_texts if "I cannot post news" in text]
    assert len(warnings) == 1
    assert news.mention in warnings[0]
    assert [exchange for exchange in stage.discord.exchanges if exchange.status == 403] == []


async def test_a_channel_that_is_deleted_is_told_to_the_admins_once(
    quiet_stage: Stage, news: Channel
) -> None:
    stage = quiet_stage
    await subscribe(stage, news)
    await subscribe(stage, news, EventKind.STARTED)
    bot = await start_watching(stage)
    news.delete()
    await stage.until(lambda: len(stage.channel.messages) == 1)
    stage.survival.crash()
    await stage.stop_bot(bot)
    bot = await start_watching(stage)
    await stage.stop_bot(bot)
    [warning] = stage.channel_texts
    assert "it was deleted" in warning


@pytest.mark.parametrize("kind", ["text", "forum"])
async def test_words_that_a_guild_does_not_allow_hold_up_no_other_news(
    quiet_stage: Stage, kind: str
) -> None:
    stage = quiet_stage
    add = stage.guild.add_channel if kind == "text" else stage.guild.add_forum
    channel = add("news")
    await subscribe(stage, channel)
    await start_watching(stage)
    path = "messages" if kind == "text" else "threads"
    stage.discord.faults.refuse(f"POST /channels/{{channel_id}}/{path}", 200000)
    stage.survival.crash()
    await stage.until(lambda: len(lines(channel)) == 1)
    stage.secret.crash()
    await stage.until(lambda: len(lines(channel)) == 2)
    assert lines(channel)[0] == "📰 1 change, which Discord does not let me describe here"
    assert "**Secret** crashed" in lines(channel)[1]


async def test_an_edit_that_a_guild_does_not_allow_holds_up_no_other_news(
    quiet_stage: Stage, news: Channel
) -> None:
    stage = quiet_stage
    await subscribe(stage, news)
    await start_watching(stage)
    stage.survival.power("stop")
    stage.world_time.advance(4)
    await stage.until(lambda: len(news.messages) == 1)
    stage.discord.faults.refuse("PATCH /channels/{channel_id}/messages/{message_id}", 200000)
    stage.survival.power("start")
    stage.world_time.advance(6)
    stage.secret.crash()
    await stage.until(lambda: len(news.messages) == 2)
    await stage.until_text(news.messages[0], "which Discord does not let me describe here")
    assert "**Secret** crashed" in news.messages[1].text
