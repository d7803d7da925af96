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
        role_ids=frozenset(role.id for role in interaction.user.roles),
        is_admin=permissions.manage_guild or permissions.administrator,
    )
