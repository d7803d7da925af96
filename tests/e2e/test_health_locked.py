"""What operators' tools are told while the database takes nothing: that, and nothing else."""

from __future__ import annotations

import resource
import socket
from typing import TYPE_CHECKING

import aiohttp
import pytest

from tests.e2e.hurried import bot_process
from tests.e2e.newsroom import (
    count_stored,
    lines,
    start_watching,
    subscribe,
    until_seen,
    until_stored,
)
from tests.e2e.test_health import metrics_of, until_status
from tests.e2e.test_news_database import UNLIMITED, read_until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.e2e.stage import Stage

_POST = "POST /channels/{channel_id}/messages"


@pytest.fixture
async def http(quiet_stage: Stage) -> AsyncIterator[aiohttp.ClientSession]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = quiet_stage.http_port = listener.getsockname()[1]
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        yield session


async def test_a_database_that_takes_nothing_is_told_at_once(
    quiet_stage: Stage, http: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    stage = quiet_stage
    news = stage.guild.add_channel("news")
    await subscribe(stage, news)
    await start_watching(stage)
    await until_status(http, 200)
    stage.discord.faults.slow(_POST, 1.0)
    stage.survival.crash()
    on_its_way = "SELECT count(*) FROM deliveries WHERE batch_id IS NOT NULL"
    await until_seen(lambda: count_stored(stage, on_its_way) == 1)
    async with stage.locked_database():
        async with http.get("/readyz") as response:
            told = await response.json()
        assert (response.status, told["ready"]) == (503, False)
        assert "database" in told["reasons"][0]
        assert (await metrics_of(http))["deckhand_database_up"] == 0
        await stage.until(lambda: bool(news.messages))
        # Discord has taken it, and that cannot be written down.
        await until_seen(lambda: "is put off: the database" in caplog.text)
        stage.secret.crash()
        health = await stage.answer(stage.owner, "bot health")
        assert "My database takes nothing" in health.text
    await until_status(http, 200)
    await until_stored(stage, "SELECT count(*) FROM deliveries", 0)
    await stage.until(lambda: any("**Secret** crashed" in line for line in lines(news)))
    metrics = await metrics_of(http)
    assert metrics["deckhand_database_up"] == 1
    assert metrics["deckhand_deliveries_failed_total"] == 0


async def test_a_full_disk_is_told_before_there_is_anything_to_store(
    quiet_stage: Stage, http: aiohttp.ClientSession
) -> None:
    stage = quiet_stage
    async with bot_process(stage, is_read=True) as process:
        await until_stored(stage, "SELECT count(*) FROM tracks", len(stage.world.servers))
        await until_status(http, 200)
        # No file may grow any more, as where a disk is full.
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
        async with http.get("/readyz") as response:
            told = await response.json()
        assert (response.status, told["ready"]) == (503, False)
        assert "sqlite:///" in told["reasons"][0]
        assert (await metrics_of(http))["deckhand_database_up"] == 0
        health = await stage.answer(stage.owner, "bot health")
        assert "My database takes nothing" in health.text
        assert process.stderr is not None
        await read_until(process.stderr, "nothing can be stored: ")
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, UNLIMITED)
        await until_status(http, 200)
        assert (await metrics_of(http))["deckhand_database_up"] == 1
