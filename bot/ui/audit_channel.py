"""Posts what was done into a guild's audit channel. Decides nothing, remembers nothing."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord
from discord.ui import LayoutView, TextDisplay

from bot.domain.guild_ports import Posting
from bot.ui.errors import LOST
from bot.ui.i18n import words
from bot.ui.permissions import WRITING, missing_in
from bot.ui.render.history import TEXT_LIMIT, told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.audit import AuditEntry
    from bot.domain.guilds import GuildSettings
    from bot.ui.client import Client

log = logging.getLogger(__name__)


class DiscordAuditChannel:
    """The way into audit channels (`AuditChannel`)."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def post(
        self, settings: GuildSettings, entries: Sequence[AuditEntry], *, nonce: str
    ) -> Posting:
        """Tell of the entries in one message, in the language of the guild."""
        await self._client.wait_until_ready()
        guild = self._client.get_guild(settings.guild_id)
        if guild is None:
            return Posting.LOST
        if guild.unavailable:
            return Posting.LATER
        channel = guild.get_channel(settings.audit_channel_id or 0)
        # Asked of what is known: refusals of Discord are counted against the bot.
        if not isinstance(channel, discord.TextChannel) or missing_in(channel, WRITING):
            return Posting.LOST
        t = words(settings.language or str(guild.preferred_locale))
        named = await self._client.services.history.rules_behind(guild.id, entries)
        view = LayoutView(timeout=None)
        view.add_item(TextDisplay(told(entries, named, t, limit=TEXT_LIMIT)))
        try:
            await channel.send(view=view, nonce=nonce)
        except (discord.Forbidden, discord.NotFound):
            return Posting.LOST
        except LOST as error:
            log.warning("could not post into audit channel %d: %s", channel.id, error)
            return Posting.LATER
        return Posting.DONE
