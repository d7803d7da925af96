"""How whatever is about a panel is answered: in private, in the message that is there already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from discord.ui import ActionRow, Container, LayoutView, TextDisplay

from bot.ui.errors import answering
from bot.ui.setup_nav import way_on

if TYPE_CHECKING:
    import discord

    from bot.ui.client import Client


async def begin(interaction: discord.Interaction[Client]) -> None:
    """Ask for time, so that the panel may take its own."""
    with answering():
        if interaction.message is None:
            await interaction.response.defer(ephemeral=True, thinking=True)
        else:
            await interaction.response.defer()


async def show(
    interaction: discord.Interaction[Client], text: str, *rows: ActionRow[Any] | None
) -> None:
    """Show a text with rows of controls, in the place of what the message showed before.

    Within `/setup` the way through it stays below.
    """
    box: Container[Any] = Container(TextDisplay[Any](text))
    for row in (*rows, way_on(interaction.message)):
        if row is not None and row.children:
            box.add_item(row)
    view = LayoutView(timeout=None)
    view.add_item(box)
    await interaction.edit_original_response(view=view)
