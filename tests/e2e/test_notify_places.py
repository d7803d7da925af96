"""Of channels in which news are told is said what is known, and nothing that is only not seen."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.e2e.newsroom import lines
from tests.e2e.test_notify import only_suggestion, subscribed

if TYPE_CHECKING:
    from bot.simulators.discord.entities import Thread
    from tests.e2e.stage import Stage


def archived_thread(stage: Stage, *, is_locked: bool = False) -> Thread:
    thread = stage.channel.add_thread("ops", stage.owner)
    thread.archive(locked=is_locked)
    return thread


async def test_a_thread_in_the_archive_is_as_good_as_any(quiet_stage: Stage) -> None:
    stage = quiet_stage
    thread = archived_thread(stage)
    await stage.start_bot()
    answer = await subscribed(stage, thread)
    assert "⚠️" not in answer.text
    listed = await stage.answer(stage.owner, "notify list")
    assert thread.mention in listed.text
    assert "⚠️" not in listed.text
    await stage.click(stage.owner, answer, "Send a test")
    await stage.until_text(answer, "A test is on its way into the channel")
    await stage.until(lambda: any("only a test" in line for line in lines(thread)))
    assert not thread.archived


async def test_a_locked_thread_in_the_archive_is_refused(quiet_stage: Stage) -> None:
    stage = quiet_stage
    thread = archived_thread(stage, is_locked=True)
    await stage.start_bot()
    options = {"channel": thread, "events": "problems"}
    answer = await stage.answer(stage.owner, "notify add", **options)
    assert "Nothing was changed. I do not see that channel." in answer.text


async def test_that_the_channel_was_deleted_is_said_wherever_one_looks(quiet_stage: Stage) -> None:
    stage = quiet_stage
    news = stage.guild.add_channel("news")
    await stage.start_bot()
    await subscribed(stage, news)
    news.delete()
    listed = await stage.answer(stage.owner, "notify list")
    async with asyncio.timeout(10):
        while "⏸️ Paused: the channel was deleted; nothing is lost." not in listed.text:
            assert "⚠️" not in listed.text
            listed = await stage.answer(stage.owner, "notify list")
    number = await only_suggestion(stage, "test")
    tested = await stage.answer(stage.owner, "notify test", subscription=number)
    assert "A test waits in the queue" in tested.text
    assert "⏸️ Paused: the channel was deleted; nothing is lost." in tested.text
    assert "⚠️" not in tested.text
