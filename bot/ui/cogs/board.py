"""`/board`: servers that a channel always shows. Each method: one call, one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands
from discord.ext import commands

from bot.domain.audit import Door
from bot.services.boards import BoardWish
from bot.ui.access_options import AnyPanel, AnyServer
from bot.ui.actor import actor_from
from bot.ui.board_options import BoardChannel, BoardOption, is_out_of_sight, is_writable, warnings
from bot.ui.errors import answering, tell
from bot.ui.i18n import _, private_words
from bot.ui.render import board as render

if TYPE_CHECKING:
    import discord

    from bot.ui.client import Client

Channel = app_commands.Transform[int, BoardChannel]
Board = app_commands.Transform[int, BoardOption]
Server = app_commands.Transform[str, AnyServer]
Panel = app_commands.Transform[str, AnyPanel]

_BOARD = _("Which board; pick one from the suggestions")


@app_commands.default_permissions(manage_guild=True)
class BoardCommands(
    commands.GroupCog,
    group_name="board",
    group_description=_("Show servers in a channel, always up to date"),
):
    """Boards; Discord shows it to those with Manage Server, our own rules decide."""

    @app_commands.command(description=_("Show servers in a channel, for all who can read it"))
    @app_commands.describe(
        channel=_("Where; everybody who can read it sees these servers"),
        panel=_("Only the servers of this panel"),
        server=_("Only this server; without server and panel it shows all"),
        buttons=_("With buttons to start and restart; yes, unless you choose otherwise"),
    )
    async def create(
        self,
        interaction: discord.Interaction[Client],
        channel: Channel,
        *,
        panel: Panel | None = None,
        server: Server | None = None,
        buttons: bool = True,
    ) -> None:
        """Make a board."""
        await _think(interaction)
        wish = BoardWish(
            channel_id=channel,
            is_writable=is_writable(interaction, channel),
            server=server,
            panel=panel,
            buttons=buttons,
        )
        service, actor = interaction.client.services.boards, actor_from(interaction)
        made = await service.create(actor, wish, door=Door.COMMAND)
        text = render.created(made, private_words(interaction))
        await tell(interaction, "\n".join([text, *warnings(interaction, channel)]))

    @app_commands.command(description=_("Show a board anew, also where it was deleted"))
    @app_commands.describe(board=_BOARD)
    async def refresh(self, interaction: discord.Interaction[Client], board: Board) -> None:
        """Show it anew."""
        await _think(interaction)
        service, actor = interaction.client.services.boards, actor_from(interaction)
        shown = await service.refresh(actor, board, door=Door.COMMAND)
        await tell(interaction, render.refreshed(shown, private_words(interaction)))

    @app_commands.command(description=_("Show a board in another channel"))
    @app_commands.describe(board=_BOARD, channel=_("Where to"))
    async def move(
        self, interaction: discord.Interaction[Client], board: Board, channel: Channel
    ) -> None:
        """Move it."""
        await _think(interaction)
        service, actor = interaction.client.services.boards, actor_from(interaction)
        writable = is_writable(interaction, channel)
        moved = await service.move(actor, board, channel, is_writable=writable, door=Door.COMMAND)
        is_left = is_out_of_sight(interaction, moved.left)
        text = render.moved(moved, private_words(interaction), is_left=is_left)
        await tell(interaction, "\n".join([text, *warnings(interaction, channel)]))

    @app_commands.command(description=_("End a board and delete its messages"))
    @app_commands.describe(board=_BOARD)
    async def remove(self, interaction: discord.Interaction[Client], board: Board) -> None:
        """Remove it."""
        await _think(interaction)
        service, actor = interaction.client.services.boards, actor_from(interaction)
        gone = await service.remove(actor, board, door=Door.COMMAND)
        is_left = is_out_of_sight(interaction, gone.left)
        await tell(interaction, render.removed(gone, private_words(interaction), is_left=is_left))


async def _think(interaction: discord.Interaction[Client]) -> None:
    """Acknowledge in private: the database may take its time."""
    with answering():
        await interaction.response.defer(ephemeral=True, thinking=True)
