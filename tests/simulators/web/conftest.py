"""A guild of four, a bot without a library, a panel's servers, and the page over them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import aiohttp
import pytest

from bot.simulators.discord import DiscordStandIn
from bot.simulators.panels._faults import Faults
from bot.simulators.web import DemoPage, ShownPanel
from bot.simulators.world import World
from tests.simulators.discord.bots import TOKEN, RawBot
from tests.simulators.web.browser import Window

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from bot.simulators.discord.entities import Channel, Guild, Member
    from bot.simulators.world import Server

    Open = Callable[[str], Awaitable[Window]]

MANAGE_SERVER = 1 << 5
COMMANDS = [
    {"name": "ping", "description": "Answers"},
    {
        "name": "access",
        "description": "Rights",
        "default_member_permissions": str(MANAGE_SERVER),
        "options": [
            {
                "type": 1,
                "name": "allow",
                "description": "Give a right",
                "options": [
                    {"type": 9, "name": "whom", "description": "Who", "required": True},
                    {"type": 3, "name": "action", "description": "What", "autocomplete": True},
                    {"type": 4, "name": "days", "description": "Days", "max_value": 9},
                ],
            }
        ],
    },
]


@dataclass
class Yard:
    """A world with one panel."""

    world: World = field(default_factory=World)
    faults: Faults = field(default_factory=Faults)

    def __post_init__(self) -> None:
        self.node = self.world.add_node("node-1")

    def add(self, name: str) -> Server:
        return self.world.add_server(name, node=self.node, state="running")

    def shown(self) -> ShownPanel:
        return ShownPanel(
            id="main",
            name="Main panel",
            kind="pterodactyl",
            faults=self.faults,
            servers=lambda: self.world.servers,
            add=self.add,
            remove=self.world.remove_server,
        )


@pytest.fixture
async def standin() -> AsyncIterator[DiscordStandIn]:
    async with DiscordStandIn(token=TOKEN) as standin:
        yield standin


@pytest.fixture
def guild(standin: DiscordStandIn) -> Guild:
    return standin.add_guild("Harbour")


@pytest.fixture
def channel(guild: Guild) -> Channel:
    return guild.add_channel("general")


@pytest.fixture
def members(guild: Guild, channel: Channel) -> dict[str, Member]:
    moderators = guild.add_role("Moderators", permissions=MANAGE_SERVER)
    guild.add_channel("alerts")
    return {
        "owner": guild.owner,
        "moderator": guild.add_member("Mia", roles=[moderators]),
        "guest": guild.add_member("Gus"),
    }


@pytest.fixture
def yard() -> Yard:
    yard = Yard()
    yard.add("Survival")
    return yard


@pytest.fixture
def restarts() -> list[str]:
    """Filled in by the page where it starts the bot again."""
    return []


@pytest.fixture
async def page(
    standin: DiscordStandIn,
    guild: Guild,
    members: dict[str, Member],
    yard: Yard,
    restarts: list[str],
) -> AsyncIterator[DemoPage]:
    async def restart() -> None:
        restarts.append("restarted")

    page = DemoPage(standin, guild, members=members, panels=[yard.shown()], restart_bot=restart)
    async with page:
        yield page


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def open_window(page: DemoPage, session: aiohttp.ClientSession) -> Open:
    """Opens a window for a member; it is closed with the page."""

    async def open_one(who: str) -> Window:
        return await Window.open(session, page.url, who)

    return open_one


@pytest.fixture
async def bot(
    standin: DiscordStandIn, session: aiohttp.ClientSession, channel: Channel
) -> AsyncIterator[RawBot]:
    """A bot with commands, connected."""
    bot = RawBot(standin, session)
    await bot.call("PUT", f"/applications/{standin.application.id}/commands", COMMANDS)
    await bot.connect()
    yield bot
    await bot.disconnect()
