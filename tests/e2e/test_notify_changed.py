"""What is changed or brought back is what was asked for, and nothing that cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.simulators.discord import compose
from tests.e2e.newsroom import start_watching, subscribe, until_stored
from tests.e2e.test_notify import crashed, only_suggestion, subscribed

if TYPE_CHECKING:
    from bot.simulators.discord.entities import Channel
    from tests.e2e.stage import Stage


@pytest.fixture
async def stage(quiet_stage: Stage, news: Channel) -> Stage:
    """The stage with a bot that knows the channel."""
    await quiet_stage.start_bot()
    return quiet_stage


async def test_what_is_brought_back_mentions_no_role_that_is_gone(
    stage: Stage, news: Channel
) -> None:
    role = stage.guild.add_role("On call", mentionable=True)
    options = {"channel": news, "events": "problems", "mention": role}
    answer = await stage.answer(stage.owner, "notify add", **options)
    await stage.click(stage.owner, answer, "Remove")
    await stage.until_text(answer, "I no longer tell there:", role.mention)
    stage.guild.delete_role(role)
    await stage.click(stage.owner, answer, "Bring it back")
    await stage.until_text(answer, "It is back.")
    assert "mentions" not in answer.text
    await crashed(stage, stage.survival, news)
    assert role.mention not in news.messages[0].text


async def test_what_is_both_given_and_taken_away_is_said_and_changes_nothing(
    stage: Stage, news: Channel
) -> None:
    await subscribed(stage, news)
    number = await only_suggestion(stage, "edit")
    for options in (
        {"server": "Survival", "without": "place"},
        {"panel": "Main panel", "without": "place"},
        {"mention": stage.helpers, "without": "mention"},
    ):
        options |= {"subscription": number, "events": "stopped"}
        answer = await stage.answer(stage.owner, "notify edit", **options)
        assert "Nothing was changed. Set something or take it away, not both" in answer.text
    listed = await stage.answer(stage.owner, "notify list")
    assert "all changes · all servers" in listed.text
    assert "mentions" not in listed.text


@pytest.mark.parametrize("former", ["there", "without its message", "closed", "gone"])
async def test_an_outage_ends_where_it_was_told_and_where_its_end_is_told_now(
    quiet_stage: Stage, news: Channel, former: str
) -> None:
    stage = quiet_stage
    other = stage.guild.add_channel("other")
    await subscribe(stage, news)
    bot = await start_watching(stage)
    stage.panel.faults.add("html")
    await stage.discord.until(lambda: bool(news.messages), timeout=30)
    [message] = news.messages
    assert "does not answer" in message.text
    await until_stored(stage, "SELECT count(*) FROM deliveries", 0)
    number = await only_suggestion(stage, "edit")
    await stage.answer(stage.owner, "notify edit", subscription=number, channel=other)
    if former == "without its message":
        compose.delete(message)
    elif former == "closed":
        news.bot_permissions = 0
    elif former == "gone":
        news.delete()
    await stage.stop_bot(bot)
    stage.panel.faults.clear()
    await stage.start_bot_only()
    await stage.discord.until(lambda: bool(other.messages), timeout=30)
    assert "answers again" in other.messages[0].text
    # What cannot be closed is left: nobody is to be told there any more.
    await until_stored(stage, "SELECT count(*) FROM deliveries", 0)
    assert ("answers again" in message.text) == (former == "there")
    assert len(other.messages) == 1
    assert news.messages in ([], [message])
    assert not any("cannot post news" in text for text in stage.channel_texts)
