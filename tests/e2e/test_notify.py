"""What channels are told is chosen in Discord, counts at once, and is taken back by a button."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING

import pytest

from bot.simulators.discord.errors import RefusedError
from bot.simulators.discord.permissions import EVERYONE, Permission
from tests.e2e.newsroom import lines

if TYPE_CHECKING:
    from bot.simulators.discord.entities import Channel
    from bot.simulators.discord.message import Message
    from bot.simulators.world import Server
    from tests.e2e.stage import Stage


@pytest.fixture
async def stage(quiet_stage: Stage, news: Channel) -> Stage:
    await quiet_stage.start_bot()
    return quiet_stage


async def subscribed(stage: Stage, channel: Channel, events: str = "all changes") -> Message:
    """Let the owner subscribe; the answer."""
    answer = await stage.answer(stage.owner, "notify add", channel=channel, events=events)
    assert "I tell there:" in answer.text or "\u4ece\u73b0\u5728" in answer.text
    return answer


async def crashed(stage: Stage, server: Server, channel: Channel) -> None:
    """Let a server crash, and wait until it is told."""
    await followed(stage, server)
    server.crash()
    await stage.until(lambda: any(f"**{server.name}** crashed" in line for line in lines(channel)))


async def followed(stage: Stage, server: Server) -> None:
    """Wait until the bot sees live what the server does."""
    wings = stage.panel.wings
    await wings.wait_until(lambda: any(each.is_admitted for each in wings.sockets_of(server)))


async def test_a_channel_is_told_from_then_on(stage: Stage, news: Channel) -> None:
    role = stage.guild.add_role("On call", mentionable=True)
    answer = await stage.answer(
        stage.owner,
        "notify add",
        channel=news,
        events="problems; started",
        server="Survival",
        mention=role,
    )
    assert answer.ephemeral
    assert (
        f"{news.mention} · problems, started · **Survival** · "
        f"mentions {role.mention} for problems" in answer.text
    )
    assert "This is how it looks:" in answer.text
    assert "**Survival** crashed" in answer.text
    assert "⚠️ I" not in answer.text
    assert (answer.pings, role.mention in answer.text) == ([], True)
    await crashed(stage, stage.survival, news)
    assert news.messages[0].pings == [role.mention]


async def test_a_test_goes_into_the_channel_and_mentions_nobody(
    stage: Stage, news: Channel
) -> None:
    role = stage.guild.add_role("On call", mentionable=True)
    answer = await stage.answer(
        stage.owner, "notify add", channel=news, events="problems", mention=role
    )
    await stage.click(stage.owner, answer, "Send a test")
    await stage.until_text(answer, "A test is on its way")
    await stage.until(lambda: bool(news.messages))
    [message] = news.messages
    assert "🧪 only a test: 💥" in message.text
    assert message.pings == []
    number = await only_suggestion(stage, "test")
    again = await stage.answer(stage.owner, "notify test", subscription=number)
    await stage.until(lambda: len(news.messages) == 2)
    assert "A test is on its way" in again.text


async def test_the_menu_chooses_what_is_told(stage: Stage, news: Channel) -> None:
    answer = await subscribed(stage, news, "stopped")
    picked = await stage.select(stage.owner, answer, "started", "crashed")
    assert picked.acknowledged
    await stage.until_text(answer, "Changed.", "started, crashed")
    assert "stopped" not in answer.text
    await crashed(stage, stage.survival, news)


async def test_what_is_removed_is_brought_back_by_a_button(stage: Stage, news: Channel) -> None:
    answer = await subscribed(stage, news)
    await stage.click(stage.owner, answer, "Remove")
    await stage.until_text(answer, "I no longer tell there:", news.mention)
    assert await suggestions(stage, "remove", "subscription") == []
    await stage.click(stage.owner, answer, "Bring it back")
    await stage.until_text(answer, "It is back.")
    await crashed(stage, stage.survival, news)
    gone = await stage.answer(
        stage.owner, "notify remove", subscription=await only_suggestion(stage, "remove")
    )
    assert "I no longer tell there:" in gone.text


async def test_buttons_work_after_a_restart_of_the_bot(quiet_stage: Stage, news: Channel) -> None:
    stage = quiet_stage
    bot = await stage.start_bot()
    kept, removed = await subscribed(stage, news), await subscribed(stage, stage.channel)
    muted = await stage.answer(stage.owner, "notify mute", panel="Main panel")
    await stage.click(stage.owner, removed, "Remove")
    await stage.until_text(removed, "no longer")
    await stage.stop_bot(bot)
    await stage.start_bot()
    await stage.click(stage.owner, kept, "Send a test")
    await stage.until(lambda: bool(news.messages))
    await stage.click(stage.owner, removed, "Bring it back")
    await stage.until_text(removed, "It is back.")
    await stage.click(stage.owner, muted, "End it")
    await stage.until_text(muted, "told again")
    await crashed(stage, stage.survival, news)


async def test_a_subscription_is_edited_and_loses_what_it_is_to_lose(
    stage: Stage, news: Channel
) -> None:
    await subscribed(stage, news)
    number = await only_suggestion(stage, "edit")

    async def edited(**options: object) -> str:
        options |= {"subscription": number}
        return (await stage.answer(stage.owner, "notify edit", **options)).text

    other = stage.guild.add_channel("other")
    text = await edited(channel=other, server="Creative", mention=stage.helpers, events="stopped")
    assert f"{other.mention} · stopped · **Creative** · mentions {stage.helpers.mention}" in text
    assert "mentions" not in await edited(without="mention")
    assert "stopped · all servers" in await edited(without="place")
    assert "like that already" in await edited(events="stopped")
    assert (
        "no longer there"
        in (
            await stage.answer(stage.owner, "notify edit", subscription="99", events="stopped")
        ).text
    )
    await stage.answer(stage.owner, "notify edit", subscription=number, events="problems")
    await crashed(stage, stage.survival, other)
    assert news.messages == []


async def test_what_is_muted_is_not_told(stage: Stage, news: Channel) -> None:
    await subscribed(stage, news)
    answer = await stage.answer(
        stage.owner, "notify mute", reason="moving @everyone", **{"for": "2h"}
    )
    assert "all servers muted · ends <t:" in answer.text
    await followed(stage, stage.secret)
    stage.secret.crash()
    await until_stored(stage)
    listed = await stage.answer(stage.owner, "notify list")
    assert "🔇 all servers muted" in listed.text
    assert listed.pings == []
    number = await only_suggestion(stage, "unmute", "mute")
    ended = await stage.answer(stage.owner, "notify unmute", mute=number)
    assert "all servers: told again" in ended.text
    await crashed(stage, stage.survival, news)
    assert not any("Secret" in line for line in lines(news))


@pytest.mark.parametrize(
    ("lost", "named"),
    [
        (Permission.SEND_MESSAGES, "Send Messages"),
        (Permission.VIEW_CHANNEL, "View Channel"),
        (Permission.READ_MESSAGE_HISTORY, "Read Message History"),
    ],
)
async def test_the_rights_in_exactly_that_channel_are_checked_at_once(
    stage: Stage, news: Channel, lost: Permission, named: str
) -> None:
    news.bot_permissions = EVERYONE & ~lost
    answer = await subscribed(stage, news)
    assert f"⚠️ I am missing in {news.mention}: **{named}" in answer.text
    listed = await stage.answer(stage.owner, "notify list")
    assert f"-# ⚠️ I am missing in {news.mention}: **{named}" in listed.text


async def test_a_test_waits_until_it_can_be_written(stage: Stage, news: Channel) -> None:
    news.bot_permissions = EVERYONE & ~Permission.SEND_MESSAGES
    answer = await subscribed(stage, news)
    await stage.click(stage.owner, answer, "Send a test")
    await stage.until_text(answer, "A test waits in the queue")
    await stage.until(lambda: any("I cannot post news" in text for text in stage.channel_texts))
    news.bot_permissions = None
    await stage.until(lambda: any("only a test" in line for line in lines(news)))


async def test_a_role_that_cannot_be_mentioned_is_said_at_once(stage: Stage, news: Channel) -> None:
    options = {"channel": news, "events": "problems", "mention": stage.helpers}
    answer = await stage.answer(stage.owner, "notify add", **options)
    assert f"I may not mention {stage.helpers.mention} there" in answer.text
    news.bot_permissions = EVERYONE | Permission.MENTION_EVERYONE
    listed = await stage.answer(stage.owner, "notify list")
    assert "may not mention" not in listed.text


async def test_threads_and_forums_are_told_too(stage: Stage, news: Channel) -> None:
    thread, forum = news.add_thread("talk", stage.owner), stage.guild.add_forum("posts")
    for place in (thread, forum):
        answer = await subscribed(stage, place)
        assert "⚠️" not in answer.text.split("This is how")[0]
    await crashed(stage, stage.survival, thread)
    await stage.until(lambda: "**Survival** crashed" in forum.threads[0].messages[0].text)
    news.bot_permissions = forum.bot_permissions = EVERYONE & ~(
        Permission.SEND_MESSAGES_IN_THREADS | Permission.SEND_MESSAGES
    )
    listed = await stage.answer(stage.owner, "notify list")
    assert f"missing in {thread.mention}: **Send Messages in Threads**" in listed.text
    assert f"missing in {forum.mention}: **Send Messages**" in listed.text


async def test_a_deleted_channel_pauses_and_another_one_goes_on(
    stage: Stage, news: Channel
) -> None:
    await subscribed(stage, news)
    news.delete()
    await stage.until(lambda: any("I cannot post news" in text for text in stage.channel_texts))
    await followed(stage, stage.survival)
    stage.survival.crash()
    other = stage.guild.add_channel("other")
    number = await only_suggestion(stage, "edit")
    await stage.answer(stage.owner, "notify edit", subscription=number, channel=other)
    await stage.until(lambda: any("**Survival** crashed" in line for line in lines(other)))


async def test_a_deleted_role_is_mentioned_no_more(stage: Stage, news: Channel) -> None:
    options = {"channel": news, "events": "problems", "mention": stage.helpers}
    await stage.answer(stage.owner, "notify add", **options)
    stage.guild.delete_role(stage.helpers)
    async with asyncio.timeout(10):
        while "mentions" in (await stage.answer(stage.owner, "notify list")).text:
            pass


async def test_what_makes_no_sense_is_said_and_changes_nothing(stage: Stage, news: Channel) -> None:
    async def refused(**options: object) -> str:
        options = {"channel": news, "events": "problems"} | options
        answer = await stage.answer(stage.owner, "notify add", **options)
        assert "Nothing was changed" in answer.text
        return answer.text

    assert "`explosions` is no kind of event" in await refused(events="crashed; explosions")
    assert "is no kind of event" in await refused(events=" ; ")
    assert "a server or a panel, not both" in await refused(server="Survival", panel="Main panel")
    assert "never mention everybody" in await refused(mention=stage.guild.everyone)
    assert "no panel called `Nowhere`" in await refused(panel="Nowhere")
    listed = await stage.answer(stage.owner, "notify list")
    assert "No channel is told anything yet" in listed.text
    await subscribed(stage, news)
    assert "told of the same servers already" in await refused(events="crashed")
    late = await stage.answer(stage.owner, "notify mute", **{"for": "soon"})
    assert "Give the time as" in late.text


async def test_members_are_offered_and_told_nothing(stage: Stage, news: Channel) -> None:
    answer = await subscribed(stage, news)
    with pytest.raises(RefusedError, match="not offered"):
        await stage.slash(stage.helper, "notify list")
    for command in stage.discord.commands:
        command["default_member_permissions"] = None
    for line, options in (
        ("notify list", {}),
        ("notify add", {"channel": news, "events": "explosions"}),
        ("notify mute", {"for": "soon"}),
        ("notify test", {"subscription": "1"}),
    ):
        denied = await stage.answer(stage.helper, line, **options)
        assert "may not configure me" in denied.text
    assert "configure me" not in answer.text
    assert news.messages == []


async def test_somebody_with_the_right_to_configure_may(stage: Stage, news: Channel) -> None:
    for command in stage.discord.commands:
        command["default_member_permissions"] = None
    await stage.answer(stage.owner, "access allow", action="manage", role=stage.helpers)
    answer = await stage.answer(stage.helper, "notify add", channel=news, events="added")
    assert "From now on" in answer.text


async def test_kinds_are_suggested_several_at_a_time(stage: Stage, news: Channel) -> None:
    async def values(typed: str) -> list[str]:
        return [value for _, value in await suggestions(stage, "add", "events", typed)]

    assert (await values(""))[:3] == ["problems", "all changes", "actions"]
    assert await values("cra") == ["crashed"]
    assert (await values("crashed"))[0] == "crashed"
    assert await values("crashed, susp") == ["crashed; suspended", "crashed; unsuspended"]
    stage.owner.user.locale = "zh-CN"
    [(name, value), *_] = await suggestions(stage, "add", "events", "崩溃")
    assert (name, value) == ("已崩溃", "crashed")
    answer = await subscribed(stage, news, "已崩溃；问题")  # noqa: RUF001 - of a Chinese keyboard
    assert "问题" in answer.text
    assert answer.buttons[0].label == "发送测试"


async def test_pages_are_turned_and_one_is_opened(stage: Stage) -> None:
    for number in range(8):
        await subscribed(stage, stage.guild.add_channel(f"news-{number}"))
    listed = await stage.answer(stage.owner, "notify list")
    assert "8 subscriptions · page 1 of 2" in listed.text
    await stage.click(stage.owner, listed, "▶")
    await stage.until_text(listed, "page 2 of 2")
    [menu] = listed.selects
    opened = await stage.select(stage.owner, listed, menu.options[0][1])
    shown = await stage.told(opened)
    assert "### News in" in shown.text
    await stage.click(stage.owner, shown, "Remove")
    await stage.until_text(shown, "no longer")


async def test_all_of_it_is_written_down(quiet_stage: Stage, news: Channel) -> None:
    stage = quiet_stage
    bot = await stage.start_bot()
    answer = await subscribed(stage, news, "problems; crashed")
    await stage.click(stage.owner, answer, "Send a test")
    await stage.until_text(answer, "on its way")
    await stage.answer(stage.owner, "notify mute", server="Survival", reason="a · b")
    await stage.answer(stage.owner, "notify add", channel=news, events="bogus")
    history = await stage.answer(stage.owner, "server history")
    for part in (
        f"let a channel be told · {'command'} · done · {news.mention}",
        "problems, crashed",
    ):
        assert part in history.text
    await stage.stop_bot(bot)
    with sqlite3.connect(stage.database) as connection:
        rows = connection.execute("SELECT action, door, outcome, detail FROM audit").fetchall()
    no_kind = "such news cannot be: it names what is no kind of event"
    kept = f"channel {news.id} · crashed; problems"
    assert rows == [
        ("news added", "command", "done", kept),
        ("news tested", "button", "done", kept),
        ("news muted", "command", "done", "a - b"),
        (
            "news added",
            "command",
            "refused",
            f"{no_kind}: bogus",
        ),
    ]


async def until_stored(stage: Stage) -> None:
    """Wait until something that happened is in the database: nobody is told of it."""

    def is_there() -> bool:
        with sqlite3.connect(stage.database) as connection:
            return bool(connection.execute("SELECT count(*) FROM events").fetchone()[0])

    async with asyncio.timeout(10):
        while not await asyncio.to_thread(is_there):
            pass


async def suggestions(
    stage: Stage, verb: str, option: str, typed: str = ""
) -> list[tuple[str, str]]:
    """What an option of /notify suggests to the owner."""
    return await stage.discord.autocomplete(
        stage.owner, stage.channel, f"notify {verb}", option, typed
    )


async def only_suggestion(stage: Stage, verb: str, option: str = "subscription") -> str:
    """The value of the one thing that can be picked."""
    [(_, value)] = await suggestions(stage, verb, option)
    return value
