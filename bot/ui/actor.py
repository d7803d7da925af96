"""Turns a Discord member into the actor that services know. Decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.domain.access import Actor

if TYPE_CHECKING:
    from discord import Permissions


def actor_from(interaction: discord.Interaction) -> Actor:
    """Return who is asking, with the roles that this very interaction carries."""
    if interaction.guild_id is None or not isinstance(interaction.user, discord.Member):
        raise discord.app_commands.NoPrivateMessage
    return _actor(interaction.user, interaction.guild_id, interaction.permissions)


def named_actor(person: discord.Member | discord.User, guild_id: int) -> Actor:
    """Return somebody whom an option names, with the roles that came with it.

    Who has left the guild comes as a user, without any.
    """
    if isinstance(person, discord.Member) and person.resolved_permissions is not None:
        return _actor(person, guild_id, person.resolved_permissions)
    return Actor(user_id=person.id, guild_id=guild_id, role_ids=frozenset({guild_id}))


def role_actor(role_id: int, guild_id: int) -> Actor:
    """Return somebody who has nothing but a role."""
    return Actor(user_id=0, guild_id=guild_id, role_ids=frozenset({role_id, guild_id}))


def _actor(member: discord.Member, guild_id: int, permissions: Permissions) -> Actor:
    return Actor(
        user_id=member.id,
        guild_id=guild_id,
        # `roles` leaves out those of a guild that is not in the cache, as after a start; the role
        # of everybody has the guild's id and is never told.
        role_ids=frozenset({*member._roles, guild_id}),  # noqa: SLF001 - no public way to the ids
        is_admin=permissions.manage_guild or permissions.administrator,
    )
