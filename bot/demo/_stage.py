"""The stage of the demo: a guild, panels with servers, rights, and the bot. Plays nothing."""

from __future__ import annotations

import asyncio
import json
import tempfile
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot import app, config
from bot.demo._panels import Harbour
from bot.domain.access import Action, Rule, Subject
from bot.domain.receipts import Patience
from bot.simulators.discord import DiscordStandIn
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
_START_LIMIT = 30.0


@dataclass(slots=True)
class Stage:
    """All that is there while the demo runs."""

    discord: DiscordStandIn
    guild: Guild
    channel: Channel
    members: dict[str, Member]
    servers: dict[str, Server]
    seconds: float

    @classmethod
    @asynccontextmanager
    async def open(cls, seconds: float) -> AsyncIterator[Stage]:
        """Build it all and start the bot; `seconds` is how long a restart and the like may take."""
        async with AsyncExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="deckhand-")))
            harbour = Harbour(seconds)
            for site in harbour.sites:
                await stack.enter_async_context(site.stand_in)
            discord = await stack.enter_async_context(DiscordStandIn(token=_TOKEN))
            guild = discord.add_guild("The Harbour", locale="en-US")
            channel = guild.add_channel("general")
            settings = _settings(folder, discord, harbour, guild)
            members = await _members(settings, guild)
            stage = cls(discord, guild, channel, members, harbour.servers, seconds)
            await stack.enter_async_context(_bot(settings, seconds))
            yield stage


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
    """Add four members with different rights: all, none of Discord's, a few of ours, nothing."""
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
    return {
        "moderator": guild.add_member("Mia", roles=[moderators]),
        "helper": guild.add_member("Hugo", roles=[helpers]),
        "guest": guild.add_member("Gus"),
    }


@asynccontextmanager
async def _bot(settings: config.Config, seconds: float) -> AsyncIterator[None]:
    """Run the bot for as long as the block lasts; an early end of it ends the block."""
    stop, started = asyncio.Event(), asyncio.Event()
    pace = Pace(
        patience=Patience(
            interval=timedelta(seconds=seconds / 60), staleness=timedelta(seconds=seconds / 20)
        ),
        guild_ready_timeout=0.1,
    )
    async with asyncio.TaskGroup() as group:
        group.create_task(app.run(settings, stop=stop, started=started, pace=pace))
        async with asyncio.timeout(_START_LIMIT):
            await started.wait()
        try:
            yield
        finally:
            stop.set()
