"""A database that is locked or full: what happens is told later, the operator hears of it now."""

from __future__ import annotations

import resource
from typing import TYPE_CHECKING

import pytest

from tests.e2e.hurried import bot_process
from tests.e2e.newsroom import (
    lines,
    start_watching,
    subscribe,
    until_followed,
    until_seen,
    until_stored,
)

if TYPE_CHECKING:
    from asyncio import StreamReader

    from tests.e2e.stage import Stage

_PROBLEM = "what changed cannot be stored, nothing is told until it can"
UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


async def test_a_locked_database_delays_news_and_loses_none(
    quiet_stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage = quiet_stage
    news = stage.guild.add_channel("news")
    await subscribe(stage, news)
    await start_watching(stage)
    await until_stored(stage, "SELECT count(*) FROM tracks", len(stage.world.servers))
    async with stage.locked_database():
        stage.survival.crash()
        stage.secret.crash()
        await until_seen(lambda: _PROBLEM in caplog.text)
        assert news.messages == []
    await stage.until(lambda: len(lines(news)) == 2)
    assert sorted(line.split("**")[1] for line in lines(news)) == ["Secret", "Survival"]


async def test_a_full_disk_delays_news_and_loses_none(quiet_stage: Stage) -> None:
    stage = quiet_stage
    news = stage.guild.add_channel("news")
    await subscribe(stage, news)
    async with bot_process(stage, is_read=True) as process:
        assert process.stderr is not None
        await until_stored(stage, "SELECT count(*) FROM tracks", len(stage.world.servers))
        # No file may grow any more, as where a disk is full.
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
        await until_followed(stage)
        stage.survival.crash()
        await read_until(process.stderr, _PROBLEM)
        assert news.messages == []
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, UNLIMITED)
        await stage.until(lambda: len(lines(news)) == 1)
    assert "**Survival** crashed" in lines(news)[0]


async def read_until(log: StreamReader, text: str) -> None:
    async for line in log:
        if text in line.decode():
            return
    pytest.fail(f"the bot has ended and never said {text!r}")
