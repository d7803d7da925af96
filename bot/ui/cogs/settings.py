"""`/settings`: what a guild chooses about the bot. Each method: one call, one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands
from discord.ext import commands

from bot.ui.data_deletion import ask_to_delete
from bot.ui.i18n import _
from bot.ui.settings import set_time_zone, show_settings
from bot.ui.time_zones import TimeZoneOption

if TYPE_CHECKING:
    import discord

    from bot.ui.client import Client

Zone = app_commands.Transform[str, TimeZoneOption]


@app_commands.default_permissions(manage_guild=True)
class SettingsCommands(
    commands.GroupCog,
    group_name="settings",
    group_description=_("Choose how I behave in this Discord server"),
):
    """Discord shows it to those with Manage Server, our rules decide."""

    @app_commands.command(description=_("See and change language, answers, confirmation, audit"))
    async def show(self, interaction: discord.Interaction[Client]) -> None:
        """Show all choices with their menus."""
        await show_settings(interaction)

    @app_commands.command(
        name="time-zone",
        description=_("Choose the time zone of times that Discord cannot show in your own"),
    )
    @app_commands.describe(zone=_("Such as Europe/Berlin; pick one from the suggestions"))
    async def time_zone(self, interaction: discord.Interaction[Client], zone: Zone) -> None:
        """Choose the time zone."""
        await set_time_zone(interaction, zone)

    @app_commands.command(
        name="delete-data", description=_("Delete everything that I keep about this Discord server")
    )
    async def delete_data(self, interaction: discord.Interaction[Client]) -> None:
        """Ask for confirmation first."""
        await ask_to_delete(interaction)
