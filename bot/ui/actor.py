"""Turns a Discord member into the actor that services know. Decides nothing."""

from __future__ import annotations

import discord

from bot.domain.access import Actor


def actor_from(interaction: discord.Interaction) -> Actor:
    """Return who is asking, with the roles that this very interaction carries."""
    if interaction.guild_id is None or not isinstance(interaction.user, discord.Member):
        raise discord.app_commands.NoPrivateMessage
    permissions = interaction.permissions
    return Actor(
        user_id=interaction.user.id,
        guild_id=interaction.guild_id,
        # `roles` leaves out those of a guild that is not in the cache, as after a start.
        role_ids=frozenset(interaction.user._roles),  # noqa: SLF001 - no public way to the ids
        is_admin=permissions.manage_guild or permissions.administrator,
    )
