"""Brings payloads to a client as its gateway would. Connects to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.ui.client import Client


def asked(client: Client, payload: Mapping[str, Any]) -> discord.Interaction[Client]:
    """Return the interaction, without letting the client act on it."""
    data: Any = payload
    state: Any = client._connection
    return discord.Interaction(data=data, state=state)


def arrive(client: Client, payload: Mapping[str, Any]) -> None:
    """Let the client act on an interaction."""
    data: Any = payload
    client._connection.parse_interaction_create(data)


def join(client: Client, guild: Mapping[str, Any]) -> None:
    """Let the client know a guild."""
    data: Any = guild
    client._connection.parse_guild_create(data)
