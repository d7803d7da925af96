"""`/panel`: the panels that this guild uses. Each method: one call, one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands
from discord.ext import commands

from bot.domain.audit import Door
from bot.ui import panel_entry, panel_list
from bot.ui.i18n import _
from bot.ui.panel_option import KindOption, OwnPanelOption
from bot.ui.panel_ticks import show_choice

if TYPE_CHECKING:
    import discord

    from bot.ui.client import Client

Kind = app_commands.Transform[str, KindOption]
Panel = app_commands.Transform[str, OwnPanelOption]

_PANEL = _("Name of the panel; pick one from the suggestions")


@app_commands.default_permissions(manage_guild=True)
class PanelCommands(
    commands.GroupCog,
    group_name="panel",
    group_description=_("Add and change the panels whose servers are used here"),
):
    """Configuration; Discord shows it to those with Manage Server, our rules decide."""

    @app_commands.command(description=_("Add a panel; its key is asked for in a form"))
    @app_commands.describe(kind=_("What sort of panel it is; pick one from the suggestions"))
    async def add(self, interaction: discord.Interaction[Client], kind: Kind) -> None:
        """Open the form."""
        await panel_entry.ask_for_new(interaction, kind, door=Door.COMMAND)

    @app_commands.command(name="list", description=_("List the panels whose servers are used here"))
    async def list_panels(self, interaction: discord.Interaction[Client]) -> None:
        """Show them all."""
        await panel_list.show_list(interaction, door=Door.COMMAND)

    @app_commands.command(description=_("Try whether a panel and its key still work"))
    @app_commands.describe(panel=_PANEL)
    async def test(self, interaction: discord.Interaction[Client], panel: Panel) -> None:
        """Show the check list."""
        await panel_entry.test(interaction, panel, door=Door.COMMAND)

    @app_commands.command(description=_("Choose which servers of a panel are used here"))
    @app_commands.describe(panel=_PANEL)
    async def servers(self, interaction: discord.Interaction[Client], panel: Panel) -> None:
        """Show the menus."""
        await show_choice(interaction, panel, door=Door.COMMAND)

    @app_commands.command(description=_("Change a panel's name, address and options"))
    @app_commands.describe(panel=_PANEL)
    async def edit(self, interaction: discord.Interaction[Client], panel: Panel) -> None:
        """Open the form."""
        await panel_entry.ask_for_edit(interaction, panel, door=Door.COMMAND)

    @app_commands.command(name="rotate-key", description=_("Give a panel another key"))
    @app_commands.describe(panel=_PANEL)
    async def rotate_key(self, interaction: discord.Interaction[Client], panel: Panel) -> None:
        """Open the form."""
        await panel_entry.ask_for_key(interaction, panel, door=Door.COMMAND)

    @app_commands.command(description=_("Remove a panel; it can be brought back for 30 days"))
    @app_commands.describe(panel=_PANEL)
    async def remove(self, interaction: discord.Interaction[Client], panel: Panel) -> None:
        """Ask first."""
        await panel_list.ask_to_remove(interaction, panel)
