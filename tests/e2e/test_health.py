"""What the bot says of its own health: to members, to admins, and to operators' tools."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.services.clock import SystemClock
from bot.startup import StartupError
from bot.storage.engine import Database
from bot.storage.tracks import SqlTracks
from tests.e2e.newsroom import start_watching, subscribe
from tests.e2e.stage import Bot
from tests.fakes_news import make_event
from tests.ports import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.simulators.discord.message import Message
    from tests.e2e.stage import Stage


@pytest.fixture(name="free_port")
def _free_port() -> int:
    return free_port()


@pytest.fixture
async def http(free_port: int) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(f"http://127.0.0.1:{free_port}") as session:
        yield session


async def metrics_of(http: aiohttp.ClientSession) -> dict[str, float]:
    async with http.get("/metrics") as response:
        text = await response.text()
    return {
        "".join([sample.name, *(f" {value}" for value in sample.labels.values())]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def _health_saying(stage: Stage, words: str) -> Message:
    """Ask until it is said: the first look at the panel takes its time."""
    async with asyncio.timeout(10):
        while True:
            told = await stage.answer(stage.moderator, "bot health")
            if words in told.text:
                return told


async def test_anybody_may_ask_what_it_is(stage: Stage) -> None:
    told = await stage.answer(stage.guest, "bot about")
    assert told.ephemeral
    assert "Deckhand" in told.text
    assert "Pterodactyl" in told.text


async def test_admins_see_that_all_is_well(stage: Stage) -> None:
    told = await _health_saying(stage, "✅ **Main panel**: answers, seen <t:")
    assert told.ephemeral
    assert "✅ Discord: connected" in told.text
    assert "✅ All news is told." in told.text


async def test_admins_see_a_panel_that_does_not_answer_and_news_that_wait(
    quiet_stage: Stage,
) -> None:
    stage = quiet_stage
    channel = stage.guild.add_channel("news")
    subscription = await subscribe(stage, channel)
    async with Database(stage.settings().database_url) as database:
        news = [(make_event(at=SystemClock().now()), [subscription])]
        await SqlTracks(database).commit(tracks={}, incidents={}, news=news)
    stage.discord.faults.fail("POST /channels/{channel_id}/messages", 500, times=1000)
    stage.panel.faults.add("html", path="/api/client", status=500)
    await stage.start_bot_only()
    told = await _health_saying(stage, "not seen since I was started")
    assert "⏳ 1 piece of news waits to be told, since <t:" in told.text


async def test_a_panel_that_refuses_the_key_is_not_said_to_be_silent(quiet_stage: Stage) -> None:
    stage = quiet_stage
    stage.poll_seconds = 0.2
    await stage.start_bot()
    stage.panel.accounts.revoke(stage.key)
    told = await _health_saying(stage, "❌")
    listed = await stage.answer(stage.owner, "panel list")
    for text in (told.text, listed.text):
        assert "❌ The panel **Main panel** refuses my key" in text
        assert "does not answer" not in text
    assert stage.key not in told.text
    assert "127.0.0.1" not in told.text


async def test_a_board_says_why_its_panel_shows_no_servers(quiet_stage: Stage) -> None:
    stage = quiet_stage
    stage.panel.accounts.revoke(stage.key)
    await stage.start_bot_only()
    servers = stage.guild.add_channel("servers")
    await stage.answer(stage.owner, "board create", channel=servers)
    await stage.until(lambda: bool(servers.messages))
    assert "The panel **Main panel** refuses my key" in servers.messages[0].text


async def test_admins_see_news_that_wait_for_a_channel(quiet_stage: Stage) -> None:
    stage = quiet_stage
    channel = stage.guild.add_channel("news")
    await subscribe(stage, channel)
    await start_watching(stage)
    channel.bot_permissions = 0
    for server in (stage.survival, stage.secret):
        server.crash()
    told = await _health_saying(stage, "2 pieces of news wait for channels")
    assert "All news is told" not in told.text
    assert "⚠️ 1 notification is paused" in told.text


async def test_others_are_not_told_how_it_does(stage: Stage) -> None:
    told = await stage.answer(stage.helper, "bot health")
    assert told.ephemeral
    assert "You may not configure me here" in told.text
    assert "Main panel" not in told.text


async def test_a_port_in_use_is_told_in_a_sentence(quiet_stage: Stage, free_port: int) -> None:
    quiet_stage.http_port = free_port
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", free_port))
        listener.listen()
        words = f"http.listen: 127.0.0.1:{free_port} cannot be listened on"
        with pytest.raises(StartupError, match=words):
            await Bot(quiet_stage.settings()).started()


async def test_tools_see_what_happens(
    quiet_stage: Stage, free_port: int, http: aiohttp.ClientSession
) -> None:
    stage = quiet_stage
    stage.http_port = free_port
    bot = await stage.start_bot()
    async with http.get("/healthz") as response:
        assert response.status == 200
    async with http.get("/readyz") as response:
        assert await response.json() == {"ready": True, "reasons": []}
    before = await metrics_of(http)
    card = await stage.answer(stage.helper, "server status", server="Survival")
    await stage.click(stage.helper, card, "Refresh")
    after = await metrics_of(http)
    assert after["deckhand_guilds"] == after["deckhand_gateway_ready"] == 1
    assert after["deckhand_panel_servers main"] == len(stage.world.servers)
    assert after["deckhand_panel_budget_left main"] > 0
    for sort in ("command", "component"):
        name = f"deckhand_interactions_total {sort}"
        assert after[name] == before.get(name, 0) + 1
    name = "deckhand_interaction_answer_seconds_count"
    assert after[name] == before[name] + 2
    assert after["deckhand_interactions_late_total"] == 0
    assert after["deckhand_receipts_running"] == 0
    await stage.answer(stage.helper, "restart", server="Survival")
    assert (await metrics_of(http))["deckhand_receipts_running"] == 1
    await stage.stop_bot(bot)
    with pytest.raises(aiohttp.ClientConnectorError):
        await http.get("/healthz")


async def test_a_lost_connection_is_not_ready(
    quiet_stage: Stage, free_port: int, http: aiohttp.ClientSession
) -> None:
    stage = quiet_stage
    stage.http_port = free_port
    await stage.start_bot()
    stage.discord.faults.outage()
    await until_status(http, 503)
    async with http.get("/healthz") as response:
        assert response.status == 200
    stage.discord.faults.clear()
    await until_status(http, 200)


async def until_status(http: aiohttp.ClientSession, status: int) -> None:
    async with asyncio.timeout(20):
        while True:
            async with http.get("/readyz") as response:
                if response.status == status:
                    return
