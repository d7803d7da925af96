"""The options of `/board`: a channel to write in, and a board of the guild."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import AppCommandOptionType, app_commands

from bot.domain.errors import DeckhandError
from bot.ui.actor import actor_from
from bot.ui.i18n import private_words
from bot.ui.news_place import without_history
from bot.ui.permissions import WRITING, missing_in
from bot.ui.render.board import choice

if TYPE_CHECKING:
    from bot.ui.client import Client

_MOST = 25
_SEEING = discord.Permissions(view_channel=True)


class BoardChannel(app_commands.Transformer["Client"]):
    """A text or announcement channel, by its id: after a start the bot may not know it yet."""

    @property
    def type(self) -> AppCommandOptionType:
        """Let Discord offer channels."""
        return AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Threads close by themselves, and a forum has no place that stays."""
        return [discord.ChannelType.text, discord.ChannelType.news]

    async def transform(self, _interaction: discord.Interaction[Client], value: Any, /) -> int:  # noqa: ANN401 - a channel of discord.py
        """Return its id."""
        return int(value.id)


class BoardOption(app_commands.Transformer["Client"]):
    """A board of the guild, by its channel and what it shows."""

    async def transform(self, _interaction: discord.Interaction[Client], value: str, /) -> int:
        """Return its number; what was typed instead of being picked is none."""
        return int(value) if value.isdecimal() and value.isascii() and len(value) < 10 else 0  # noqa: PLR2004 - digits of a number that fits

    async def autocomplete(
        self, interaction: discord.Interaction[Client], value: float | str, /
    ) -> list[app_commands.Choice[int | float | str]]:
        """Return at most 25 boards that fit what was typed; never raises."""
        t = private_words(interaction)
        try:
            boards = await interaction.client.services.boards.suggest(actor_from(interaction))
        except DeckhandError:
            return []
        texts = {
            str(each.board.id): choice(each, _channel_name(interaction, each.board.channel_id), t)
            for each in boards
        }
        typed = str(value).casefold()
        fitting = [(number, text) for number, text in texts.items() if typed in text.casefold()]
        return [app_commands.Choice(name=text, value=number) for number, text in fitting[:_MOST]]


def is_writable(interaction: discord.Interaction[Client], channel_id: int) -> bool:
    """Whether the bot may write in a channel; one that it does not know yet it tries."""
    guild = interaction.client.get_guild(interaction.guild_id or 0)
    channel = guild.get_channel(channel_id) if guild else None
    return channel is None or not missing_in(channel, WRITING)


def warnings(interaction: discord.Interaction[Client], channel_id: int) -> list[str]:
    """Return what may happen to a board in a channel for want of a permission."""
    guild = interaction.client.get_guild(interaction.guild_id or 0)
    channel = guild.get_channel(channel_id) if guild else None
    if channel is None:
        return []
    return [f"⚠️ {text}" for text in without_history(channel, private_words(interaction))]


def is_out_of_sight(interaction: discord.Interaction[Client], channel_id: int | None) -> bool:
    """Whether the bot may not see a channel that is there, and so deletes nothing in it."""
    guild = interaction.client.get_guild(interaction.guild_id or 0)
    channel = guild.get_channel(channel_id or 0) if guild else None
    return channel is not None and bool(missing_in(channel, _SEEING))


def _channel_name(interaction: discord.Interaction[Client], channel_id: int) -> str | None:
    guild = interaction.client.get_guild(interaction.guild_id or 0)
    channel = guild.get_channel(channel_id) if guild else None
    return channel.name if channel else None
