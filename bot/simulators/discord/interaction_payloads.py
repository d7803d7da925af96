"""Owns the JSON in which an interaction reaches the bot. Decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.simulators.discord import message_payloads, payloads
from bot.simulators.discord.compose import FILE_BYTES
from bot.simulators.discord.entities import Channel, Member, Role, User

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.simulators.discord.interaction import Interaction
    from bot.simulators.discord.state import State

_GUILD_CONTEXT, _DIRECT_CONTEXT = 0, 1


def interaction_create(state: State, interaction: Interaction) -> dict[str, Any]:
    """Return the body of INTERACTION_CREATE."""
    channel = interaction.channel
    body: dict[str, Any] = {
        "id": str(interaction.id),
        "application_id": str(state.application.id),
        "type": int(interaction.kind),
        "token": interaction.token,
        "version": 1,
        "data": interaction.data,
        "channel_id": str(channel.id),
        "channel": _channel(channel, interaction.actor),
        "app_permissions": str(int(channel.effective_bot_permissions)),
        "locale": interaction.user.locale,
        "entitlements": [],
        "authorizing_integration_owners": payloads.integration_owners(channel),
        "attachment_size_limit": FILE_BYTES,
        "context": _GUILD_CONTEXT if channel.guild else _DIRECT_CONTEXT,
    }
    if interaction.source is not None:
        body["message"] = message_payloads.message(interaction.source)
    if channel.guild is None or not isinstance(interaction.actor, Member):
        return body | {"user": payloads.user(interaction.user)}
    guild = channel.guild
    rights = {"permissions": str(int(interaction.actor.permissions))}
    return body | {
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
        "guild_locale": guild.locale,
        "member": payloads.member(interaction.actor) | rights,
    }


def resolved(things: Iterable[Member | User | Role | Channel]) -> dict[str, Any]:
    """Return the objects that options or menus point at."""
    found: dict[str, Any] = {}
    for thing in things:
        match thing:
            case Member():
                member = payloads.member(thing) | {"permissions": str(int(thing.permissions))}
                for key in ("user", "deaf", "mute"):
                    del member[key]
                found.setdefault("members", {})[str(thing.id)] = member
                found.setdefault("users", {})[str(thing.id)] = payloads.user(thing.user)
            case User():
                found.setdefault("users", {})[str(thing.id)] = payloads.user(thing)
            case Role():
                found.setdefault("roles", {})[str(thing.id)] = payloads.role(thing)
            case Channel():
                everything = thing.guild.owner if thing.guild else None
                found.setdefault("channels", {})[str(thing.id)] = _channel(thing, everything)
    return found


def _channel(channel: Channel, reader: Member | User | None) -> dict[str, Any]:
    """Return a channel with what the reader may do in it."""
    rights = reader.permissions if isinstance(reader, Member) else channel.effective_bot_permissions
    return payloads.channel(channel) | {"permissions": str(int(rights))}
