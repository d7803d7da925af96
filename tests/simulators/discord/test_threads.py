"""Threads and forums: posts, archives and rights, as Discord has them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import discord
import pytest
from discord import ui

from bot.simulators.discord.permissions import EVERYONE, Permission

if TYPE_CHECKING:
    from bot.simulators.discord.entities import Channel, Guild, Member
    from tests.simulators.discord.bots import LibraryBot, RawBot


def page(text: str) -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay(text))
    return view


async def test_the_library_writes_posts_and_sees_threads_come_and_go(
    guild: Guild, mia: Member, library: type[LibraryBot]
) -> None:
    forum = guild.add_forum("news", tags=["server"])
    old = forum.add_thread("old", mia)
    forum.add_thread("put away", mia).archive()
    bot = library()
    async with bot.running():
        seen = bot.get_channel(forum.id)
        assert isinstance(seen, discord.ForumChannel)
        assert [thread.name for thread in seen.threads] == ["old"]
        async with asyncio.TaskGroup() as group:
            told = group.create_task(bot.wait_for("thread_create", timeout=5))
            made = await seen.create_thread(name="new", view=page("hello"))
        assert made.thread.id == made.message.id
        assert forum.threads[-1].messages[0].text == "hello"
        assert told.result().name == "new"
        async with asyncio.TaskGroup() as group:
            group.create_task(bot.wait_for("thread_delete", timeout=5))
            await asyncio.sleep(0)  # it begins to listen
            old.delete()
        assert [thread.name for thread in seen.threads] == ["new"]
        forum.threads[-1].archive()
        await made.thread.send("again")
        assert not forum.threads[-1].archived


async def test_an_archived_thread_takes_messages_but_no_edits(
    bot: RawBot, channel: Channel, mia: Member
) -> None:
    thread = channel.add_thread("talk", mia)
    messages = f"/channels/{thread.id}/messages"
    message = (await bot.call("POST", messages, {"content": "a"})).body["id"]
    thread.archive()
    assert (await bot.call("PATCH", f"{messages}/{message}", {"content": "b"})).code == 50083
    opened = await bot.call("PATCH", f"/channels/{thread.id}", {"archived": False})
    assert opened.body["thread_metadata"]["archived"] is False
    assert (await bot.call("PATCH", f"{messages}/{message}", {"content": "b"})).status == 200
    thread.archive(locked=True)
    assert (await bot.call("POST", messages, {"content": "c"})).code == 50083
    assert (await bot.call("PATCH", f"/channels/{thread.id}", {"archived": False})).code == 50013


async def test_threads_have_the_rights_of_their_channel_and_a_bit_of_their_own(
    bot: RawBot, channel: Channel, mia: Member
) -> None:
    thread = channel.add_thread("talk", mia)
    where, there = f"/channels/{channel.id}/messages", f"/channels/{thread.id}/messages"
    channel.bot_permissions = EVERYONE & ~Permission.SEND_MESSAGES_IN_THREADS
    assert (await bot.call("POST", where, {"content": "a"})).status == 200
    assert (await bot.call("POST", there, {"content": "a"})).code == 50013
    channel.bot_permissions = EVERYONE & ~Permission.SEND_MESSAGES
    assert (await bot.call("POST", where, {"content": "a"})).code == 50013
    assert (await bot.call("POST", there, {"content": "a"})).status == 200
    channel.delete()
    assert (await bot.call("POST", there, {"content": "a"})).code == 10003


async def test_a_forum_takes_posts_only_and_may_want_a_tag(bot: RawBot, guild: Guild) -> None:
    forum = guild.add_forum("news", tags=["server"], needs_tag=True)
    posts = f"/channels/{forum.id}/threads"
    post = {"name": "new", "message": {"content": "hello"}}
    assert (await bot.call("POST", f"/channels/{forum.id}/messages", {})).code == 50008
    assert (await bot.call("POST", posts, post)).code == 40067
    tagged = post | {"applied_tags": [str(key) for key in forum.tags]}
    assert (await bot.call("POST", posts, tagged)).status == 201
    forum.bot_permissions = int(Permission.VIEW_CHANNEL)
    assert (await bot.call("POST", posts, tagged)).code == 50013


async def test_only_moderators_give_a_moderated_tag(bot: RawBot, guild: Guild) -> None:
    forum = guild.add_forum("news", tags=["staff"])
    forum.moderated_tags.update(forum.tags)
    posts = f"/channels/{forum.id}/threads"
    tags = [str(key) for key in forum.tags]
    tagged = {"name": "new", "message": {"content": "hello"}, "applied_tags": tags}
    assert (await bot.call("POST", posts, tagged)).code == 50013
    forum.bot_permissions = EVERYONE | Permission.MANAGE_THREADS
    assert (await bot.call("POST", posts, tagged)).status == 201


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"name": ""}, "name"),
        ({"name": "n" * 101}, "name"),
        ({"message": None}, "message"),
        ({"message": {"content": "m" * 2001}}, "message.content"),
        ({"colour": 1}, "colour"),
    ],
)
async def test_a_post_that_is_refused_leaves_no_thread(
    bot: RawBot, guild: Guild, change: dict[str, object], path: str
) -> None:
    forum = guild.add_forum("news")
    body = {"name": "new", "message": {"content": "hello"}} | change
    answer = await bot.call("POST", f"/channels/{forum.id}/threads", body)
    assert list(answer.complaints) == [path]
    assert forum.threads == []


async def test_a_channel_that_is_no_forum_takes_no_posts(bot: RawBot, channel: Channel) -> None:
    body = {"name": "new", "message": {"content": "hello"}}
    assert (await bot.call("POST", f"/channels/{channel.id}/threads", body)).code == 50024
