"""`/manage`: what a panel's admin side offers. Each method: one call, one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands
from discord.ext import commands

from bot.domain.access import Action
from bot.domain.servers import Capability
from bot.ui import drafts
from bot.ui.deletion import ask_for_name
from bot.ui.doors import suspension
from bot.ui.i18n import _
from bot.ui.transformers import CreatingPanelOption, ServerOption

if TYPE_CHECKING:
    import discord

    from bot.ui.client import Client

Panel = app_commands.Transform[str, CreatingPanelOption]
Updatable = app_commands.Transform[str, ServerOption(Capability.UPDATE)]
Buildable = app_commands.Transform[str, ServerOption(Capability.BUILD)]
Suspendable = app_commands.Transform[str, ServerOption(Capability.SUSPEND)]
Deletable = app_commands.Transform[str, ServerOption(Capability.DELETE)]

_SERVER = _("Name of the server; pick one from the suggestions")


@app_commands.default_permissions(manage_guild=True)
class ManageCommands(
    commands.GroupCog,
    group_name="manage",
    group_description=_("Create, change and delete servers"),
):
    """Administration; Discord shows it to those with Manage Server, our rules decide."""

    @app_commands.command(description=_("Create a server on a panel"))
    @app_commands.describe(panel=_("Where; pick one from the suggestions"))
    async def create(self, interaction: discord.Interaction[Client], panel: Panel) -> None:
        """Ask for what the panel wants to know."""
        await drafts.create(interaction, panel)

    @app_commands.command(description=_("Change a server's name, owner and the like"))
    @app_commands.describe(server=_SERVER)
    async def update(self, interaction: discord.Interaction[Client], server: Updatable) -> None:
        """Show what can be changed."""
        await drafts.change(interaction, server, Action.UPDATE)

    @app_commands.command(description=_("Change a server's limits and addresses"))
    @app_commands.describe(server=_SERVER)
    async def build(self, interaction: discord.Interaction[Client], server: Buildable) -> None:
        """Show the limits."""
        await drafts.change(interaction, server, Action.BUILD)

    @app_commands.command(description=_("Take a server out of use"))
    @app_commands.describe(server=_SERVER)
    async def suspend(self, interaction: discord.Interaction[Client], server: Suspendable) -> None:
        """Suspend it."""
        await suspension(interaction, server, ends=False)

    @app_commands.command(description=_("Let a suspended server be used again"))
    @app_commands.describe(server=_SERVER)
    async def unsuspend(
        self, interaction: discord.Interaction[Client], server: Suspendable
    ) -> None:
        """End the suspension."""
        await suspension(interaction, server, ends=True)

    @app_commands.command(description=_("Delete a server for good"))
    @app_commands.describe(
        server=_SERVER, force=_("Also where its machine does not answer; what is on it stays there")
    )
    async def delete(
        self,
        interaction: discord.Interaction[Client],
        server: Deletable,
        force: bool = False,  # noqa: FBT001, FBT002 - options of a command are no flags
    ) -> None:
        """Ask for the server's name first."""
        await ask_for_name(interaction, server, force=force)
