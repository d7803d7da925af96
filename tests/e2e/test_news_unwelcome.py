"""News that Discord takes in no words (400) hold up no others, and are not lost in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.simulators.discord.permissions import EVERYONE, Permission
from tests.e2e.newsroom import (
    PAUSED,
    count_stored,
    lines,
    start_watching,
    subscribe,
    until_said,
    until_stored,
    warnings,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.simulators.discord.entities import Channel
    from bot.simulators.world import Server
    from tests.e2e.stage import Stage

_POST = "POST /channels/{channel_id}/messages"
_EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
_BLOCKED = 200000
_MINUTES = 600
"""After so many seconds Discord has forgotten a nonce."""
_UNSAID = "📰 1 change, which Discord does not let me describe here"
_REFUSED = "Discord takes no news"


async def test_where_discord_takes_nothing_admins_are_told_and_news_wait(
    news_stage: Stage, news: Channel
) -> None:
    stage = news_stage
    stage.discord.faults.refuse(_POST, _BLOCKED, times=2)
    stage.survival.crash()
    await stage.until(lambda: len(warnings(stage)) == 1)
    assert f"{_REFUSED} in {news.mention}" in warnings(stage)[0]
    stage.secret.crash()
    await until_said(stage, "notify list", "⏸️ Paused: Discord takes no news there")
    await until_said(stage, "bot health", "1 notification is paused")
    await until_stored(stage, "SELECT count(*) FROM deliveries", 2)
    assert news.messages == []


@pytest.mark.usefixtures("_looks_often")
async def test_a_forum_that_demands_a_tag_and_has_none_is_told_of(quiet_stage: Stage) -> None:
    stage = quiet_stage
    forum = stage.guild.add_forum("posts", needs_tag=True)
    await subscribe(stage, forum)
    await start_watching(stage)
    for server in (stage.survival, stage.secret):
        server.crash()
    await until_stored(stage, "SELECT count(*) FROM deliveries", 2)
    await stage.until(lambda: len(warnings(stage)) == 1)
    assert "tag" in warnings(stage)[0]
    forum.tags = {1: "server"}
    forum.bot_permissions = None
    await until_stored(stage, "SELECT count(*) FROM deliveries", 0)
    await until_stored(stage, PAUSED, 0)
    told = lines(forum)
    assert sum("**Survival** crashed" in line for line in told) == 1
    assert sum("**Secret** crashed" in line for line in told) == 1
    assert len(warnings(stage)) == 1


async def stored_while_closed(stage: Stage, news: Channel, servers: Sequence[Server]) -> None:
    """Let servers crash, one after the other, while the bot may not write in a channel."""
    news.bot_permissions = EVERYONE & ~Permission.SEND_MESSAGES
    stage.discord.buckets.enabled = False
    # What happens before that is stored is tried by itself.
    await until_stored(stage, PAUSED, 1)
    for count, server in enumerate(servers, start=1):
        server.crash()
        await until_stored(stage, "SELECT count(*) FROM deliveries", count)


async def test_of_several_only_the_one_that_discord_refuses_loses_its_words(
    news_stage: Stage, news: Channel
) -> None:
    stage = news_stage
    await stored_while_closed(stage, news, (stage.survival, stage.secret))
    stage.guild.blocked_words = {"survival"}
    news.bot_permissions = None
    await stage.until(lambda: len(lines(news)) == 2)
    assert ("**Secret** crashed" in lines(news)[0], lines(news)[1]) == (True, _UNSAID)


async def test_all_that_discord_refuses_of_many_is_one_message_that_mentions(
    quiet_stage: Stage, news: Channel
) -> None:
    stage = quiet_stage
    role = stage.guild.add_role("On call", mentionable=True)
    servers = [stage.add_server(f"Darn {number}", state="running") for number in range(6)]
    stage.guild.blocked_words = {"darn"}
    await subscribe(stage, news, role_id=role.id)
    await start_watching(stage)
    await stored_while_closed(stage, news, servers)
    news.bot_permissions = None
    await until_stored(stage, "SELECT count(*) FROM deliveries", 0)
    [message] = news.messages
    assert message.text.splitlines() == [
        "📰 6 changes, which Discord does not let me describe here",
        role.mention,
    ]
    assert message.pings == [role.mention]


async def test_a_bot_that_ends_before_it_hears_that_it_was_taken_says_it_once(
    quiet_stage: Stage, news: Channel
) -> None:
    stage = quiet_stage
    servers = [stage.add_server(f"Darn {number}", state="running") for number in range(3)]
    stage.guild.blocked_words = {"darn"}
    await subscribe(stage, news)
    bot = await start_watching(stage)
    await stored_while_closed(stage, news, servers)
    # Of what is refused there is nothing to be lost.
    stage.discord.faults.fail(_POST, 503, after=True)
    news.bot_permissions = None
    await stage.until(lambda: len(news.messages) == 1)
    await stage.stop_bot(bot)
    assert count_stored(stage, "SELECT count(*) FROM deliveries") == len(servers)
    stage.time.advance(_MINUTES)
    await stage.start_bot()
    await until_stored(stage, "SELECT count(*) FROM deliveries", 0)
    assert lines(news) == ["📰 3 changes, which Discord does not let me describe here"]


async def test_a_problem_that_may_not_be_named_is_mentioned(
    quiet_stage: Stage, news: Channel
) -> None:
    stage = quiet_stage
    role = stage.guild.add_role("On call", mentionable=True)
    await subscribe(stage, news, role_id=role.id)
    await start_watching(stage)
    stage.discord.faults.refuse(_POST, _BLOCKED)
    stage.survival.crash()
    await stage.until(lambda: lines(news) == [_UNSAID, role.mention])
    assert news.messages[0].pings == [role.mention]


async def test_an_edit_that_discord_refuses_is_told_in_another_message(
    news_stage: Stage, news: Channel
) -> None:
    stage = news_stage
    stage.survival.power("stop")
    stage.world_time.advance(4)
    await stage.until(lambda: len(news.messages) == 1)
    stage.discord.faults.refuse(_EDIT, _BLOCKED, times=2)
    stage.survival.power("start")
    stage.world_time.advance(6)
    await stage.until(lambda: len(news.messages) == 2)
    assert "**Survival** stopped" in news.messages[0].text
    assert "**Survival** restarted" in news.messages[1].text


async def test_what_is_new_about_a_locked_post_is_another_post(quiet_stage: Stage) -> None:
    stage = quiet_stage
    forum = stage.guild.add_forum("posts")
    await subscribe(stage, forum)
    await start_watching(stage)
    stage.survival.power("stop")
    stage.world_time.advance(4)
    await stage.until(lambda: len(lines(forum)) == 1)
    # It may turn out to be a restart, and a post keeps its name.
    assert forum.threads[0].name == "📰 Survival"
    forum.threads[0].archive(locked=True)
    stage.survival.power("start")
    stage.world_time.advance(6)
    await stage.until(lambda: len(forum.threads) == 2)
    assert "**Survival** restarted" in lines(forum)[1]
    assert warnings(stage) == []
    assert count_stored(stage, PAUSED) == 0


async def test_a_locked_thread_is_told_of(quiet_stage: Stage) -> None:
    stage = quiet_stage
    thread = stage.channel.add_thread("talk", stage.owner)
    await subscribe(stage, thread)
    await start_watching(stage)
    thread.archive(locked=True)
    await stage.until(lambda: len(warnings(stage)) == 1)
    assert f"I cannot post news in {thread.mention}" in warnings(stage)[0]


async def test_a_role_that_is_gone_holds_up_nothing(quiet_stage: Stage, news: Channel) -> None:
    stage = quiet_stage
    await subscribe(stage, news, role_id=4711)
    await start_watching(stage)
    stage.survival.crash()
    await stage.until(lambda: len(lines(news)) >= 1)
    assert "**Survival** crashed" in lines(news)[0]


async def test_where_discord_takes_no_warning_another_channel_is_told(
    news_stage: Stage, news: Channel
) -> None:
    stage = news_stage
    other = stage.guild.add_channel("other")
    stage.discord.faults.refuse(_POST, _BLOCKED, times=3)
    stage.survival.crash()
    await stage.until(lambda: any(_REFUSED in each.text for each in other.messages))
    assert warnings(stage) == []


@pytest.mark.parametrize(
    ("rights", "tag"), [(EVERYONE, "server"), (EVERYONE | Permission.MANAGE_THREADS, "staff")]
)
async def test_a_tag_that_is_for_moderators_alone_is_given_by_such(
    quiet_stage: Stage, rights: int, tag: str
) -> None:
    stage = quiet_stage
    forum = stage.guild.add_forum("posts", tags=["staff", "server"], needs_tag=True)
    forum.moderated_tags.add(next(iter(forum.tags)))
    forum.bot_permissions = rights
    await subscribe(stage, forum)
    await start_watching(stage)
    stage.survival.crash()
    await stage.until(lambda: len(forum.threads) == 1)
    assert [forum.tags[each] for each in forum.threads[0].applied_tags] == [tag]


async def test_that_a_forum_has_no_tag_for_the_bot_is_seen_before(quiet_stage: Stage) -> None:
    stage = quiet_stage
    forum = stage.guild.add_forum("posts", tags=["staff"], needs_tag=True)
    forum.moderated_tags.update(forum.tags)
    await subscribe(stage, forum)
    await stage.start_bot()
    listed = await stage.answer(stage.owner, "notify list")
    assert f"⚠️ {forum.mention} demands a tag" in listed.text
