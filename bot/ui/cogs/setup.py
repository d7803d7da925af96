"""`/setup`: from nothing to servers that members can use. One call, one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands
from discord.ext import commands

from bot.ui.i18n import _
from bot.ui.setup import begin_setup

if TYPE_CHECKING:
    import discord

    from bot.ui.client import Client


class SetupCommand(commands.Cog):
    """Discord shows it to those with Manage Server, our rules decide."""

    @app_commands.command(description=_("Set me up: panel, servers, roles, channel"))
    @app_commands.default_permissions(manage_guild=True)
    async def setup(self, interaction: discord.Interaction[Client]) -> None:
        """Show the first step that is not done yet."""
        await begin_setup(interaction)
