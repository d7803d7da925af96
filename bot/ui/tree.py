"""The command tree: guild-only, with one way to answer errors. Knows no command."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from discord import app_commands

from bot.ui.errors import respond

if TYPE_CHECKING:
    import discord

    from bot.ui.client import Client


class Tree(app_commands.CommandTree["Client"]):
    """All commands live in guilds and for guild installs."""

    def __init__(self, client: Client) -> None:
        super().__init__(
            client,
            allowed_contexts=app_commands.AppCommandContext(guild=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
        )

    async def interaction_check(self, interaction: discord.Interaction[Client], /) -> bool:
        """Let everybody in: rights are the services' business. Note that somebody waits."""
        interaction.client.keep(asyncio.current_task())
        return True

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError
    ) -> None:
        """Answer whatever a command, its options or its autocomplete raised."""
        await respond(interaction, error)
