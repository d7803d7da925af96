"""The stage of the demo: a guild, panels with servers, rights, the page. Plays nothing."""

from __future__ import annotations

import asyncio
import json
import tempfile
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot import config
from bot.demo._keeper import Keeper
from bot.demo._panels import Harbour
from bot.domain.access import Action, Rule, Subject
from bot.domain.receipts import Patience
from bot.simulators.discord import DiscordStandIn
from bot.simulators.web import DemoPage
from bot.storage import migrations
from bot.storage.engine import Database
from bot.storage.rules import SqlRules
from bot.wiring import Pace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.simulators.discord.entities import Channel, Guild, Member
    from bot.simulators.world import Server

_TOKEN = "the-token-of-the-demo"  # noqa: S105 - opens a stand-in on loopback
_OPERATOR_ACTIONS = (Action.VIEW, Action.START, Action.RESTART)
_MANAGE_SERVER = 1 << 5
_WAY_SECONDS = 1.0
_SLOWNESS_SECONDS = 25.0
"""However short a restart is made, machines can be slow."""
_WELCOME = (
    "Welcome to The Harbour! Deckhand is here and looks after our servers. "
    "Type `/` to see what it can do for you, or begin with `/server list`."
)


@dataclass(slots=True)
class Stage:
    """All that is there while the demo runs; `seconds` is how long a restart may take."""

    discord: DiscordStandIn
    guild: Guild
    channel: Channel
    members: dict[str, Member]
    harbour: Harbour
    seconds: float
    bot: Keeper

    @classmethod
    @asynccontextmanager
    async def open(cls, seconds: float) -> AsyncIterator[Stage]:
        """Build it all; the bot is yet to be run."""
        async with AsyncExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="deckhand-")))
            harbour = Harbour(seconds)
            for site in harbour.sites:
                await stack.enter_async_context(site.stand_in)
            discord = await stack.enter_async_context(DiscordStandIn(token=_TOKEN))
            guild = discord.add_guild("The Harbour", locale="en-US")
            channel = guild.add_channel("general")
            guild.add_channel("alerts")
            settings = _settings(folder, discord, harbour, guild)
            members = await _members(settings, guild)
            discord.say(members["owner"], channel, _WELCOME)
            yield cls(
                discord, guild, channel, members, harbour, seconds, Keeper(settings, _pace(seconds))
            )

    @property
    def servers(self) -> dict[str, Server]:
        """All servers that there are now, by name."""
        return self.harbour.servers

    def page(self) -> DemoPage:
        """Return the page for this stage, which does not listen yet."""
        return DemoPage(
            self.discord,
            self.guild,
            members=self.members,
            panels=self.harbour.shown(),
            restart_bot=self.bot.restart,
        )


def _settings(
    folder: Path, discord: DiscordStandIn, harbour: Harbour, guild: Guild
) -> config.Config:
    path = folder / "config.yaml"
    content = {
        "discord": {
            "token": {"env": "DISCORD_TOKEN"},
            "api_url": discord.api_url,
            "gateway_url": discord.gateway_url,
        },
        # The make-believe panels can be added from Discord as well.
        "allow_networks": ["127.0.0.0/8"],
        "panels": [site.settings(guild.id) for site in harbour.sites],
    }
    # All JSON is YAML.
    path.write_text(json.dumps(content), encoding="utf-8")
    environment = {"DISCORD_TOKEN": _TOKEN}
    for site in harbour.sites:
        environment |= site.environment
    return config.load(path, environment)


async def _members(settings: config.Config, guild: Guild) -> dict[str, Member]:
    """Add four members with different rights: all, Manage Server, a few of ours, nothing."""
    moderators = guild.add_role("Moderators", permissions=_MANAGE_SERVER)
    helpers = guild.add_role("Helpers")
    await asyncio.to_thread(migrations.upgrade, settings.database_url)
    async with Database(settings.database_url) as database:
        for action in _OPERATOR_ACTIONS:
            rule = Rule(
                guild_id=guild.id,
                subject=Subject.ROLE,
                subject_id=helpers.id,
                grant=action,
                allow=True,
            )
            await SqlRules(database).add(rule)
    guild.owner.user.name = "Olga"
    return {
        "owner": guild.owner,
        "moderator": guild.add_member("Mia", roles=[moderators]),
        "helper": guild.add_member("Hugo", roles=[helpers]),
        "guest": guild.add_member("Gus"),
    }


def _pace(seconds: float) -> Pace:
    # Not only as old as the panels' cache: the way from there takes time as well.
    staleness = timedelta(seconds=seconds / 20 + _WAY_SECONDS)
    # A restart takes 3/16 of them.
    longest = timedelta(seconds=_SLOWNESS_SECONDS + seconds / 4)
    return Pace(
        patience=Patience(
            settle=3 * staleness,
            limit=longest,
            silence=longest,
            interval=timedelta(seconds=seconds / 60),
            staleness=staleness,
        ),
        guild_ready_timeout=0.1,
    )
