"""`/bot`: what the bot is and how it does. Each method: one call, one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands
from discord.ext import commands

from bot.ui import about
from bot.ui.i18n import _

if TYPE_CHECKING:
    import discord

    from bot.ui.client import Client


class BotCommands(
    commands.GroupCog, group_name="bot", group_description=_("What I am, and how I am doing")
):
    """Everybody sees them; how it does is told to those who may configure it."""

    @app_commands.command(name="about", description=_("What I am and what I keep"))
    async def about(self, interaction: discord.Interaction[Client]) -> None:
        """Introduce the bot."""
        await about.show_about(interaction)

    @app_commands.command(
        name="health", description=_("See whether your panels answer and your news get through")
    )
    async def health(self, interaction: discord.Interaction[Client]) -> None:
        """Show how it does, as far as this guild is concerned."""
        await about.show_health(interaction)
