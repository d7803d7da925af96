"""Whether and how the bot may write in channels, and where admins will read. Decides nothing."""

from __future__ import annotations

import logging
from contextlib import contextmanager, suppress
from functools import partial
from http import HTTPStatus
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

import discord
from discord.ui import LayoutView, TextDisplay

from bot.domain.channels import ChannelLost, MessageGone, NotTaken, WordsRefused
from bot.domain.news import Pause
from bot.ui.errors import LOST
from bot.ui.i18n import words
from bot.ui.permissions import WRITING, WRITING_IN_THREADS, missing_in

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from bot.ui.client import Client
    from bot.ui.i18n import Words

log = logging.getLogger(__name__)

Value = TypeVar("Value")

Place = (
    discord.TextChannel
    | discord.VoiceChannel
    | discord.StageChannel
    | discord.Thread
    | discord.ForumChannel
)
_UNKNOWN_CHANNEL, _UNKNOWN_MESSAGE = 10003, 10008
_CHANNELS_TO_WARN = 5
"""Tried until one takes what admins are told."""


@contextmanager
def refusals() -> Iterator[None]:
    """Say in the words of `bot.domain.channels` why Discord did not do what was asked."""
    try:
        yield
    except LOST as error:
        code = error.code if isinstance(error, discord.HTTPException) else 0
        if code == _UNKNOWN_MESSAGE:
            raise MessageGone(str(error)) from error
        if code == _UNKNOWN_CHANNEL:
            raise ChannelLost(Pause.CHANNEL_GONE) from error
        if isinstance(error, discord.Forbidden):
            raise ChannelLost(Pause.NOT_ALLOWED) from error
        raise NotTaken(str(error)) from error


async def in_other_words(*ways: Callable[[], Awaitable[Value]], channel_id: int) -> Value:
    """Say something; in the next way where Discord takes no word of it.

    That may be the moderation of a guild, or a forum that demands a tag. Raises `WordsRefused`, and
    what Discord's library does.
    """
    refused = ""
    for say in ways:
        try:
            return await say()
        except discord.HTTPException as error:
            if error.status != HTTPStatus.BAD_REQUEST:
                raise
            refused = str(error)
            log.error("Discord refuses the words of a message in channel %d: %s", channel_id, error)  # noqa: TRY400 - no bug of ours
    raise WordsRefused(refused)


class DiscordChannels:
    """The channels of all guilds, as far as is known without trying."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def place(self, guild_id: int, channel_id: int) -> Place:
        """Return a channel that can be written to; raises `ChannelLost` and `NotTaken`.

        Asked of what is known: refusals of Discord are counted against the bot.
        """
        await self._client.wait_until_ready()
        guild = self._client.get_guild(guild_id)
        if guild is None:
            raise ChannelLost(Pause.NOT_ALLOWED)
        if guild.unavailable:
            raise NotTaken(f"guild {guild_id} is not available")
        channel = guild.get_channel_or_thread(channel_id)
        if channel is None:
            # Threads that are archived are not told of.
            with refusals():
                channel = await guild.fetch_channel(channel_id)
        if not isinstance(channel, Place) or not _is_open(channel):
            raise ChannelLost(Pause.NOT_ALLOWED)
        return channel

    async def warn(self, guild_id: int, channel_id: int, text: str, *, nonce: str) -> None:
        """Say something about a channel in another one, if any takes it; raises `NotTaken`."""
        guild = self._client.get_guild(guild_id)
        if guild is None:
            return
        view = LayoutView(timeout=None)
        view.add_item(TextDisplay(text))
        for place in islice(self._others(guild, channel_id), _CHANNELS_TO_WARN):
            send = partial(place.send, view=view, nonce=nonce)
            with suppress(ChannelLost, WordsRefused), refusals():
                await in_other_words(send, channel_id=place.id)
                return

    def words(self, guild_id: int) -> Words:
        """Return the words of a guild's language."""
        guild = self._client.get_guild(guild_id)
        chosen = self._client.services.settings.of(guild_id).language
        return words(chosen or str(guild.preferred_locale if guild else "en-US"))

    def _others(self, guild: discord.Guild, channel_id: int) -> Iterator[discord.TextChannel]:
        """Yield where admins will read, the best first."""
        audit = guild.get_channel(self._client.services.settings.of(guild.id).audit_channel_id or 0)
        likely = (audit, guild.public_updates_channel, guild.system_channel)
        for channel in (*likely, *guild.text_channels):
            if not isinstance(channel, discord.TextChannel) or channel.id == channel_id:
                continue
            if _is_open(channel):
                yield channel


def _is_open(channel: discord.abc.GuildChannel | discord.Thread) -> bool:
    """Whether the bot may write there."""
    if not isinstance(channel, discord.Thread):
        return not missing_in(channel, WRITING)
    if channel.parent is None or missing_in(channel, WRITING_IN_THREADS):
        return False
    return not channel.locked or channel.permissions_for(channel.guild.me).manage_threads
