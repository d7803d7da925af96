"""Posts what was done into a guild's audit channel. Decides nothing, remembers nothing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import discord
from discord.ui import LayoutView, TextDisplay

from bot.domain.channels import ChannelLost, NotTaken
from bot.domain.news import Pause
from bot.ui.channels import in_other_words, refusals
from bot.ui.i18n import words
from bot.ui.permissions import WRITING, missing_in
from bot.ui.render.history import TEXT_LIMIT, told, told_unnamed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.audit import AuditEntry
    from bot.domain.guilds import GuildSettings
    from bot.ui.client import Client


class DiscordAuditChannel:
    """The way into audit channels (`AuditChannel`)."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def post(
        self, settings: GuildSettings, entries: Sequence[AuditEntry], *, nonce: str
    ) -> None:
        """Tell of the entries in one message, in the language of the guild; if need be unnamed."""
        await self._client.wait_until_ready()
        guild = self._client.get_guild(settings.guild_id)
        if guild is None:
            raise ChannelLost(Pause.NOT_ALLOWED)
        if guild.unavailable:
            raise NotTaken(f"guild {guild.id} is not available")
        channel = guild.get_channel(settings.audit_channel_id or 0)
        # Asked of what is known: refusals of Discord are counted against the bot.
        if not isinstance(channel, discord.TextChannel) or missing_in(channel, WRITING):
            raise ChannelLost(Pause.NOT_ALLOWED)
        t = words(settings.language or str(guild.preferred_locale))
        named = await self._client.services.history.rules_behind(guild.id, entries)
        texts = told(entries, named, t, limit=TEXT_LIMIT), told_unnamed(entries, t)
        ways = [partial(channel.send, view=_view(text), nonce=nonce) for text in texts]
        with refusals():
            await in_other_words(*ways, channel_id=channel.id)


def _view(text: str) -> LayoutView:
    view = LayoutView(timeout=None)
    view.add_item(TextDisplay(text))
    return view
