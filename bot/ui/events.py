"""What Discord tells of guilds, roles and channels that come and go. Decides nothing."""

from __future__ import annotations

import asyncio
import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from discord.ext import commands

from bot.domain.errors import StorageUnavailable
from bot.services.guild_life import Presence

if TYPE_CHECKING:
    from collections.abc import Iterator

    import discord

    from bot.ui.client import Client

log = logging.getLogger(__name__)


class GuildEvents(commands.Cog):
    """Passes events on; what the bot missed is made up for when it is ready again."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Compare what there is with what is stored; may come again after a lost connection."""
        with self._noting():
            await self._client.services.life.compare(self._present)
        for guild in self._client.guilds:
            self._look_at_channels(guild.id)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Take up a guild, perhaps again."""
        with self._noting():
            await self._client.services.life.joined(guild.id, lambda: _presence(guild))
        self._look_at_channels(guild.id)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Note that the bot was removed; an outage of a guild is another event."""
        with self._noting():
            await self._client.services.life.left(guild.id)

    @commands.Cog.listener()
    async def on_guild_role_delete(self, role: discord.Role) -> None:
        """Leave no rule about it."""
        with self._noting():
            await self._client.services.life.role_deleted(role.guild.id, role.id, name=role.name)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Leave no choice of it."""
        with self._noting():
            await self._client.services.life.channel_deleted(channel.guild.id, channel.id)
        self._look_at_channels(channel.guild.id)

    @commands.Cog.listener()
    async def on_thread_update(self, _before: discord.Thread, after: discord.Thread) -> None:
        """Look again whether news can be told: it may be locked, or no longer."""
        self._look_at_channels(after.guild.id)

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, thread: discord.RawThreadDeleteEvent) -> None:
        """Look again whether news can be told; threads that are archived are not known here."""
        self._look_at_channels(thread.guild_id)

    @commands.Cog.listener()
    async def on_guild_channel_update(
        self, _before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        """Look again what can be told: a permission may be back, or gone."""
        self._look_again(after.guild.id)

    @commands.Cog.listener()
    async def on_guild_role_update(self, _before: discord.Role, after: discord.Role) -> None:
        """Look again what can be told: a permission may be back, or gone."""
        self._look_again(after.guild.id)

    @commands.Cog.listener()
    async def on_member_update(self, _before: discord.Member, after: discord.Member) -> None:
        """Look again: without its intent Discord tells only of the bot itself."""
        self._look_again(after.guild.id)

    def _look_again(self, guild_id: int) -> None:
        self._client.services.teller.wake(guild_id)
        self._look_at_channels(guild_id)

    def _look_at_channels(self, guild_id: int) -> None:
        """Let those look who write into channels."""
        self._client.services.announcer.look_again(guild_id)
        self._client.services.board_keeper.look_again(guild_id)

    def _present(self) -> dict[int, Presence | None]:
        return {
            guild.id: None if guild.unavailable else _presence(guild)
            for guild in self._client.guilds
        }

    @contextmanager
    def _noting(self) -> Iterator[None]:
        """Let the note be taken before the bot ends.

        Without the database it goes on: what was missed is made up for at the next start.
        """
        self._client.keep(asyncio.current_task())
        try:
            yield
        except StorageUnavailable as error:
            log.warning("could not take note of a change in Discord: %s", error)


def _presence(guild: discord.Guild) -> Presence:
    return Presence(
        frozenset(role.id for role in guild.roles),
        frozenset(channel.id for channel in guild.channels),
    )
