"""A stand-in, a bot without a library and one with discord.py, all on loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import discord
import pytest
import yarl

from bot.simulators.discord import DiscordStandIn
from tests.simulators.discord.bots import TOKEN, Clock, LibraryBot, RawBot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bot.simulators.discord.entities import Channel, Guild, Member
    from bot.simulators.discord.exchange import Exchange
    from bot.simulators.discord.gateway import GatewayRecord
    from tests.referee import Referee


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def standin(referee: Referee, clock: Clock) -> AsyncIterator[DiscordStandIn]:
    """A stand-in; what it sends and what it accepts is refereed."""
    standin = DiscordStandIn(token=TOKEN, clock=clock)
    referee.watch(standin)
    # A test that misbehaves on purpose is refused by the stand-in; that is no foul.
    standin.on_exchange[:] = [_for_accepted(judge) for judge in standin.on_exchange]
    standin.on_gateway[:] = [_for_received(judge) for judge in standin.on_gateway]
    async with standin:
        yield standin


@pytest.fixture
def guild(standin: DiscordStandIn) -> Guild:
    return standin.add_guild("Harbour")


@pytest.fixture
def channel(guild: Guild) -> Channel:
    return guild.add_channel("general")


@pytest.fixture
def mia(guild: Guild) -> Member:
    return guild.add_member("Mia", locale="de")


@pytest.fixture
async def bot(standin: DiscordStandIn) -> AsyncIterator[RawBot]:
    """A bot without a library, not yet connected."""
    async with aiohttp.ClientSession() as session:
        bot = RawBot(standin, session)
        yield bot
        await bot.disconnect()


@pytest.fixture
async def online(bot: RawBot, standin: DiscordStandIn, channel: Channel) -> RawBot:
    """A bot without a library, connected, with the command /ping registered."""
    path = f"/applications/{standin.application.id}/commands"
    await bot.call("PUT", path, [{"name": "ping", "description": "Answers"}])
    await bot.connect()
    return bot


@pytest.fixture
def library(
    standin: DiscordStandIn, referee: Referee, monkeypatch: pytest.MonkeyPatch
) -> type[LibraryBot]:
    """Point discord.py at the stand-in; everything that is said is refereed."""
    standin.on_exchange.clear()
    standin.on_gateway.clear()
    referee.watch(standin)
    monkeypatch.setattr(discord.http.Route, "BASE", standin.api_url)
    monkeypatch.setattr(
        discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(standin.gateway_url)
    )
    return LibraryBot


def _for_accepted(judge: Callable[[Exchange], None]) -> Callable[[Exchange], None]:
    return lambda exchange: judge(exchange) if exchange.status < 400 else None


def _for_received(judge: Callable[[GatewayRecord], None]) -> Callable[[GatewayRecord], None]:
    return lambda record: judge(record) if record.direction == "receive" else None
