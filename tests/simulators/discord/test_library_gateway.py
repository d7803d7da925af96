"""How the real discord.py lives through what a gateway and a busy API do to it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import discord
import pytest
from discord import app_commands

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.simulators.discord import DiscordStandIn
    from bot.simulators.discord.entities import Channel, Guild, Member
    from tests.simulators.discord.bots import LibraryBot

POST = "POST /channels/{channel_id}/messages"


def with_ping(bot: LibraryBot) -> LibraryBot:
    @bot.tree.command(name="ping", description="Answers")
    async def ping(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("pong")

    @bot.tree.command(name="count", description="Says more than one bucket holds")
    async def count(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer(thinking=False)
        await interaction.edit_original_response(content="counting")
        async with asyncio.TaskGroup() as tasks:
            for number in range(6):
                tasks.create_task(interaction.followup.send(str(number)))

    return bot


@pytest.fixture
async def running(library: type[LibraryBot], channel: Channel) -> AsyncIterator[LibraryBot]:
    bot = with_ping(library())
    async with bot.running():
        yield bot


def sessions(standin: DiscordStandIn) -> int:
    return sum(record.payload["op"] == 2 for record in standin.gateway_log)


@pytest.mark.parametrize("code", [None, 1000, 4000, 4009])
async def test_a_lost_connection_is_resumed_and_missed_events_are_replayed(
    running: LibraryBot, standin: DiscordStandIn, channel: Channel, mia: Member, code: int | None
) -> None:
    standin.faults.drop_gateway(code)
    used = await standin.slash(mia, channel, "ping")
    assert used.text == "pong"
    await asyncio.wait_for(running.resumed.wait(), 10)
    assert sessions(standin) == 1


async def test_a_request_to_reconnect_is_followed_by_a_resume(
    running: LibraryBot, standin: DiscordStandIn, channel: Channel, mia: Member
) -> None:
    standin.faults.ask_reconnect()
    await asyncio.wait_for(running.resumed.wait(), 10)
    assert (await standin.slash(mia, channel, "ping")).text == "pong"
    assert sessions(standin) == 1


async def test_an_invalid_but_resumable_session_is_resumed(
    running: LibraryBot, standin: DiscordStandIn
) -> None:
    standin.faults.invalidate_sessions(resumable=True)
    await asyncio.wait_for(running.resumed.wait(), 10)
    assert sessions(standin) == 1


async def test_an_invalid_session_is_replaced_by_a_new_one(
    running: LibraryBot, standin: DiscordStandIn, channel: Channel, mia: Member
) -> None:
    standin.faults.invalidate_sessions(resumable=False)
    await standin.until(lambda: sessions(standin) == 2)
    await standin.wait_connected()
    assert (await standin.slash(mia, channel, "ping")).text == "pong"


@pytest.mark.skipif(
    discord.utils._ActiveDecompressionContext.COMPRESSION_TYPE != "zlib-stream",
    reason="the library prefers zstd where it is installed",
)
async def test_the_library_reads_the_compressed_stream_it_asks_for(
    library: type[LibraryBot],
    standin: DiscordStandIn,
    channel: Channel,
    mia: Member,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frames: list[type] = []
    receive = discord.gateway.DiscordWebSocket.received_message

    async def listening(self: discord.gateway.DiscordWebSocket, msg: object, /) -> None:
        frames.append(type(msg))
        await receive(self, msg)

    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "received_message", listening)
    async with with_ping(library()).running():
        assert (await standin.slash(mia, channel, "ping")).text == "pong"
    assert set(frames) == {bytes}


async def test_every_shard_gets_its_own_guilds(
    library: type[LibraryBot], standin: DiscordStandIn
) -> None:
    guilds = [standin.add_guild(f"Guild {number}") for number in range(8)]
    bot = library(shard_count=2)
    async with bot.running():
        assert set(bot.shards) == {0, 1}
        assert {guild.id: guild.shard_id for guild in bot.guilds} == {
            guild.id: (guild.id >> 22) % 2 for guild in guilds
        }


async def test_a_full_bucket_is_waited_for_and_nothing_is_refused(
    running: LibraryBot, standin: DiscordStandIn, channel: Channel, mia: Member
) -> None:
    used = await standin.slash(mia, channel, "count")
    await standin.until(lambda: len(used.followups) == 6)
    assert sorted(message.text for message in used.followups) == list("012345")
    assert all(exchange.status == 200 for exchange in standin.exchanges)


async def test_a_429_is_waited_out(
    running: LibraryBot, standin: DiscordStandIn, channel: Channel
) -> None:
    standin.faults.limit(POST, 0.05, times=2)
    await running.get_partial_messageable(channel.id).send("at last")
    assert [message.text for message in channel.messages] == ["at last"]
    statuses = [e.status for e in standin.exchanges if e.route.endswith("/messages")]
    assert statuses == [429, 429, 200]


async def test_a_lost_answer_is_asked_for_again_without_posting_twice(
    running: LibraryBot, standin: DiscordStandIn, channel: Channel
) -> None:
    standin.faults.fail(POST, 502, after=True)
    await running.get_partial_messageable(channel.id).send("once")
    assert [message.text for message in channel.messages] == ["once"]
    statuses = [e.status for e in standin.exchanges if e.route.endswith("/messages")]
    assert statuses == [502, 200]


async def test_a_refusal_arrives_with_its_code(
    running: LibraryBot, standin: DiscordStandIn, channel: Channel
) -> None:
    standin.faults.refuse(POST, 50013)
    with pytest.raises(discord.Forbidden) as refused:
        await running.get_partial_messageable(channel.id).send("hello")
    assert refused.value.code == 50013


async def test_a_wrong_token_cannot_log_in(
    library: type[LibraryBot], standin: DiscordStandIn
) -> None:
    bot = library()
    with pytest.raises(discord.LoginFailure):
        await bot.start("wrong")
    await bot.close()


async def test_a_privileged_intent_is_refused_unless_it_is_enabled(
    library: type[LibraryBot], standin: DiscordStandIn, guild: Guild
) -> None:
    asking = library(intents=discord.Intents(guilds=True, members=True))
    with pytest.raises(ExceptionGroup) as ended:
        async with asking.running():
            pytest.fail("it became ready")
    assert ended.value.subgroup(discord.PrivilegedIntentsRequired) is not None
    standin.gateway.privileged_intents = discord.Intents(members=True).value
    bot = library(intents=discord.Intents(guilds=True, members=True))
    async with bot.running():
        assert standin.connected


async def test_commands_of_one_guild_are_kept_apart(
    library: type[LibraryBot], standin: DiscordStandIn, guild: Guild
) -> None:
    bot = library()
    bot.tree.add_command(
        app_commands.Command(name="only", description="Here", callback=_nothing), guild=guild
    )
    async with bot.running():
        await bot.tree.sync(guild=discord.Object(guild.id))
        assert [command["name"] for command in guild.commands] == ["only"]
        assert standin.commands == []


async def _nothing(interaction: discord.Interaction[Any]) -> None:
    """Do nothing."""
