"""`/server`: what members do with a server. Each method: one call, one answer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.audit import Door
from bot.domain.servers import Capability, PowerAction, ServerState
from bot.services.history import Place
from bot.services.live import MOST_LINES
from bot.ui import doors
from bot.ui.confirm import order
from bot.ui.history import show_history
from bot.ui.i18n import Words, _
from bot.ui.items import show_card
from bot.ui.pager import show_list
from bot.ui.privacy import is_private
from bot.ui.render import states
from bot.ui.render.listing import TEXT_LIMIT, Filters
from bot.ui.transformers import (
    REASON_HINT,
    SERVER_HINT,
    PanelOption,
    Reason,
    ServerOption,
)
from bot.ui.watch import watch

if TYPE_CHECKING:
    from bot.ui.client import Client

Server = app_commands.Transform[str, ServerOption]
Startable = app_commands.Transform[str, ServerOption(Capability.START)]
Stoppable = app_commands.Transform[str, ServerOption(Capability.STOP)]
Restartable = app_commands.Transform[str, ServerOption(Capability.RESTART)]
Killable = app_commands.Transform[str, ServerOption(Capability.KILL)]
Commandable = app_commands.Transform[str, ServerOption(Capability.COMMAND)]
Panel = app_commands.Transform[str, PanelOption]
Filter = app_commands.Range[str, 1, TEXT_LIMIT]
Readable = app_commands.Transform[str, ServerOption(Capability.LIVE)]
Line = app_commands.Range[str, 1, 500]
Lines = app_commands.Range[int, 1, MOST_LINES]

_STATES = [
    app_commands.Choice(name=_(states.word(state, Words())), value=state.value)
    for state in ServerState
]

_LENGTHS = [app_commands.Choice(name=f"{n}m", value=n) for n in (1, 2, 5, 10, 15)]
_PRIVATE = _("Whether only you see the answer")


class ServerCommands(
    commands.GroupCog, group_name="server", group_description=_("See and control servers")
):
    """List, status, power and console."""

    @app_commands.command(name="list", description=_("List the servers that you may see"))
    @app_commands.describe(
        state=_("Only servers in this state"),
        panel=_("Only servers of this panel"),
        location=_("Only servers at this location or node"),
        search=_("Only servers with this in their name"),
        private=_PRIVATE,
    )
    @app_commands.choices(state=_STATES)
    async def list_servers(
        self,
        interaction: discord.Interaction[Client],
        state: str | None = None,
        panel: Panel | None = None,
        location: Filter | None = None,
        search: Filter | None = None,
        private: bool | None = None,  # noqa: FBT001 - options of a command are no flags
    ) -> None:
        """Show a page of the list."""
        wanted = ServerState(state) if state else None
        filters = Filters(state=wanted, panel_id=panel, location=location, search=search)
        is_hidden = is_private(interaction, usual=True, wish=private)
        await show_list(interaction, filters, private=is_hidden)

    @app_commands.command(description=_("Show a server's state, usage and buttons"))
    @app_commands.describe(server=SERVER_HINT, private=_PRIVATE)
    async def status(
        self,
        interaction: discord.Interaction[Client],
        server: Server,
        private: bool | None = None,  # noqa: FBT001 - options of a command are no flags
    ) -> None:
        """Show the card."""
        is_hidden = is_private(interaction, usual=False, wish=private)
        await show_card(interaction, server, private=is_hidden, door=Door.COMMAND)

    @app_commands.command(description=_("Start a server"))
    @app_commands.describe(server=SERVER_HINT, reason=REASON_HINT)
    async def start(
        self,
        interaction: discord.Interaction[Client],
        server: Startable,
        reason: Reason | None = None,
    ) -> None:
        """Start, and tell when it runs."""
        await order(interaction, server, PowerAction.START, door=Door.COMMAND, reason=reason)

    @app_commands.command(description=_("Stop a server"))
    @app_commands.describe(server=SERVER_HINT, reason=REASON_HINT)
    async def stop(
        self,
        interaction: discord.Interaction[Client],
        server: Stoppable,
        reason: Reason | None = None,
    ) -> None:
        """Stop, and tell when it is down."""
        await order(interaction, server, PowerAction.STOP, door=Door.COMMAND, reason=reason)

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

    @app_commands.command(description=_("End a server at once, without saving"))
    @app_commands.describe(server=SERVER_HINT, reason=REASON_HINT)
    async def kill(
        self,
        interaction: discord.Interaction[Client],
        server: Killable,
        reason: Reason | None = None,
    ) -> None:
        """Ask for confirmation first."""
        await order(interaction, server, PowerAction.KILL, door=Door.COMMAND, reason=reason)

    @app_commands.command(description=_("Send a command to a server's console"))
    @app_commands.describe(server=SERVER_HINT, command=_("The command, as you would type it there"))
    async def command(
        self, interaction: discord.Interaction[Client], server: Commandable, command: Line
    ) -> None:
        """Send one line."""
        await doors.command(interaction, server, command, door=Door.COMMAND)

    @app_commands.command(description=_("Show the last lines of a server's console"))
    @app_commands.describe(server=SERVER_HINT, lines=_("How many; 20 if nothing is said"))
    async def logs(
        self,
        interaction: discord.Interaction[Client],
        server: Readable,
        lines: Lines = 20,
    ) -> None:
        """Show them to the asker alone."""
        await doors.logs(interaction, server, lines=lines, door=Door.COMMAND)

    @app_commands.command(description=_("Watch a server's console and usage for a while"))
    @app_commands.describe(server=SERVER_HINT, length=_("How long; 2m if nothing is said"))
    @app_commands.rename(length="for")
    @app_commands.choices(length=_LENGTHS)
    async def watch(
        self, interaction: discord.Interaction[Client], server: Readable, length: int = 2
    ) -> None:
        """Show it to the asker alone, edited as it goes on."""
        await watch(interaction, server, length=timedelta(minutes=length))

    @app_commands.command(description=_("See who did what"))
    @app_commands.describe(server=SERVER_HINT, member=_("Only what this member did"))
    async def history(
        self,
        interaction: discord.Interaction[Client],
        server: Server | None = None,
        member: discord.User | None = None,
    ) -> None:
        """Show the newest page."""
        user_id = member.id if member else None
        await show_history(interaction, Place(server=server, user_id=user_id))
