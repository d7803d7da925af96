"""`/restart` and `/status`: the two that members use daily. The same as in `/server`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands
from discord.ext import commands

from bot.domain.audit import Door
from bot.domain.servers import Capability, PowerAction
from bot.ui.confirm import order
from bot.ui.i18n import _
from bot.ui.items import show_card
from bot.ui.pager import show_list
from bot.ui.privacy import is_private
from bot.ui.render.listing import Filters
from bot.ui.transformers import REASON_HINT, SERVER_HINT, Reason, ServerOption

if TYPE_CHECKING:
    import discord

    from bot.ui.client import Client

Server = app_commands.Transform[str, ServerOption]
Restartable = app_commands.Transform[str, ServerOption(Capability.RESTART)]


class Shortcuts(commands.Cog):
    """Top-level commands."""

    @app_commands.command(description=_("Restart a server"))
    @app_commands.describe(server=SERVER_HINT, reason=REASON_HINT)
    async def restart(
        self,
        interaction: discord.Interaction[Client],
        server: Restartable,
        reason: Reason | None = None,
    ) -> None:
        """Restart, and tell when it runs again."""
        await order(interaction, server, PowerAction.RESTART, door=Door.COMMAND, reason=reason)

    @app_commands.command(description=_("Show a server, or all that you may see"))
    @app_commands.describe(server=SERVER_HINT)
    async def status(
        self, interaction: discord.Interaction[Client], server: Server | None = None
    ) -> None:
        """Show the card, or the list."""
        if server is None:
            await show_list(interaction, Filters(), private=is_private(interaction, usual=True))
        else:
            is_hidden = is_private(interaction, usual=False)
            await show_card(interaction, server, private=is_hidden, door=Door.COMMAND)
