"""What is muted is quiet, what outlives a mute is told, and what was told is brought to its end."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.e2e.newsroom import lines, until_stored
from tests.e2e.test_notify import only_suggestion, suggestions

if TYPE_CHECKING:
    from bot.simulators.discord.entities import Channel
    from bot.simulators.discord.message import Message
    from tests.e2e.stage import Stage

_OPEN = "SELECT count(*) FROM incidents"
_WAITING = "SELECT count(*) FROM deliveries"


@pytest.fixture
def stage(quiet_stage: Stage) -> Stage:
    quiet_stage.poll_seconds = 0.2
    return quiet_stage


async def _subscribe(stage: Stage, channel: Channel, **options: object) -> Message:
    options |= {"channel": channel, "events": "problems"}
    return await stage.answer(stage.owner, "notify add", **options)


async def _until_down(stage: Stage) -> None:
    await until_stored(stage, _OPEN, 1)
    await until_stored(stage, _WAITING, 0)


async def _mute_an_outage(stage: Stage, news: Channel) -> None:
    """Let a mute of all hide an outage, and run out while no bot runs."""
    bot = await stage.start_bot()
    await _subscribe(stage, news)
    await stage.answer(stage.owner, "notify mute", **{"for": "2h"})
    stage.panel.faults.add("html")
    await _until_down(stage)
    await stage.stop_bot(bot)
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    with closing(sqlite3.connect(stage.database)) as connection, connection:
        connection.execute("UPDATE mutes SET until = ?", (now,))


async def test_a_muted_server_is_quiet_when_its_node_goes_down(stage: Stage, news: Channel) -> None:
    everything = stage.guild.add_channel("everything")
    role = stage.guild.add_role("On call", mentionable=True)
    await stage.start_bot()
    await _subscribe(stage, news, server="Survival", mention=role)
    await _subscribe(stage, everything)
    muted = await stage.answer(stage.owner, "notify mute", server="Survival", **{"for": "2h"})
    stage.node.up = False
    await stage.discord.until(lambda: bool(everything.messages), timeout=30)
    await _until_down(stage)
    assert news.messages == []
    await stage.click(stage.owner, muted, "End it")
    await stage.until_text(muted, "told again")
    await stage.until(lambda: bool(news.messages))
    [message] = news.messages
    assert "does not answer" in message.text
    assert message.pings == [role.mention]
    stage.node.up = True
    await stage.discord.until(lambda: "answers again" in message.text, timeout=30)
    await until_stored(stage, _WAITING, 0)
    assert [len(each.messages) for each in (news, everything)] == [1, 1]


async def test_a_problem_that_outlives_a_mute_is_told_once_though_the_bot_was_away(
    stage: Stage, news: Channel
) -> None:
    await _mute_an_outage(stage, news)
    for _ in ("ended", "ended before"):
        bot = await stage.start_bot_only()
        await stage.discord.until(lambda: bool(news.messages), timeout=30)
        await until_stored(stage, "SELECT count(*) FROM mutes", 0)
        await until_stored(stage, _WAITING, 0)
        assert ["does not answer" in line for line in lines(news)][:1] == [True]
        await stage.stop_bot(bot)
    assert len(news.messages) == 1


async def test_a_problem_that_was_over_when_the_bot_came_back_is_not_told(
    stage: Stage, news: Channel
) -> None:
    await _mute_an_outage(stage, news)
    stage.panel.faults.clear()
    await stage.start_bot()
    for query in ("SELECT count(*) FROM mutes", _OPEN, _WAITING):
        await until_stored(stage, query, 0)
    assert news.messages == []


@pytest.mark.parametrize("how", ["events", "removed"])
async def test_an_outage_ends_where_it_was_told_whatever_is_told_there_by_then(
    stage: Stage, news: Channel, how: str
) -> None:
    await stage.start_bot()
    answer = await _subscribe(stage, news)
    stage.panel.faults.add("html")
    await stage.discord.until(lambda: bool(news.messages), timeout=30)
    await _until_down(stage)
    number = await only_suggestion(stage, "edit")
    if how == "removed":
        await stage.click(stage.owner, answer, "Remove")
        await stage.until_text(answer, "no longer")
    else:
        await stage.answer(stage.owner, "notify edit", subscription=number, events="crashed")
    stage.panel.faults.clear()
    [message] = news.messages
    await stage.discord.until(lambda: "answers again" in message.text, timeout=30)
    await until_stored(stage, _WAITING, 0)
    assert len(news.messages) == 1


async def test_what_goes_on_is_said_in_the_answer_about_who_hears_of_it_from_now_on(
    stage: Stage, news: Channel
) -> None:
    other, goes_on = stage.guild.add_channel("other"), "This goes on now, from before; I tell there"
    await stage.start_bot()
    calm = await _subscribe(stage, stage.guild.add_channel("calm"))
    assert "goes on" not in calm.text
    stage.panel.faults.add("html")
    await _until_down(stage)
    answer = await _subscribe(stage, news)
    assert f"{goes_on} only what changes of it:" in answer.text
    assert "does not answer" in answer.text
    answer = await stage.answer(stage.owner, "notify add", channel=other, events="stopped")
    assert "goes on" not in answer.text
    await stage.select(stage.owner, answer, "problems")
    await stage.until_text(answer, "Changed.", goes_on, "does not answer")
    await stage.click(stage.owner, answer, "Remove")
    await stage.until_text(answer, "no longer")
    await stage.click(stage.owner, answer, "Bring it back")
    await stage.until_text(answer, "It is back.", goes_on, "does not answer")
    shown = await suggestions(stage, "edit", "subscription")
    [number] = [value for name, value in shown if "other" in name]
    for events, is_said in (("stopped", False), ("problems", True)):
        options = {"subscription": number, "events": events}
        answer = await stage.answer(stage.owner, "notify edit", **options)
        assert (goes_on in answer.text) is is_said


async def test_mutes_are_shown_where_one_looks_for_them(stage: Stage, news: Channel) -> None:
    await stage.start_bot()
    await stage.answer(stage.owner, "notify mute", server="Creative")
    await stage.answer(stage.owner, "notify mute", reason="moving", **{"for": "2h"})
    added = await _subscribe(stage, news, server="Survival")
    assert "🔇 all servers muted · ends <t:" in added.text
    assert "Creative" not in added.text
    await stage.click(stage.owner, added, "Send a test")
    await stage.until_text(added, "A test is on its way", "🔇 all servers muted")
    health = await stage.answer(stage.owner, "bot health")
    assert "🔇 **Creative** muted" in health.text
    assert "🔇 all servers muted" in health.text
    assert "All news" not in health.text
    listed = await stage.answer(stage.owner, "notify list")
    assert listed.text.index("🔇 all servers") < listed.text.index("📣")
    await stage.click(stage.owner, added, "End it")
    await stage.until_text(added, "all servers: this mute has ended", "🔇 **Creative** muted")
    [of_creative, _] = [each for each in listed.buttons if each.label == "End it"]
    await stage.click(stage.owner, listed, of_creative.custom_id or "")
    await stage.until_text(listed, "**Creative**: told again")
    assert "All news is told." in (await stage.answer(stage.owner, "bot health")).text
    again = await stage.answer(stage.owner, "notify list")
    assert "🔇" not in again.text


async def test_what_another_mute_hides_is_not_said_to_be_told_again(stage: Stage) -> None:
    await stage.start_bot()
    one = await stage.answer(stage.owner, "notify mute", server="Survival", **{"for": "1h"})
    await stage.answer(stage.owner, "notify mute", **{"for": "2h"})
    await stage.click(stage.owner, one, "End it")
    await stage.until_text(one, "🔔", "still keep news back", "🔇 all servers muted")
