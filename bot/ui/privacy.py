"""Whether an answer is for the asker alone, as the command says or the guild has chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import discord

    from bot.ui.client import Client


def is_private(
    interaction: discord.Interaction[Client], *, usual: bool, wish: bool | None = None
) -> bool:
    """Return what was wished for, else what the guild has chosen, else what is usual."""
    if wish is not None:
        return wish
    chosen = interaction.client.services.settings.of(interaction.guild_id or 0).private_replies
    return usual if chosen is None else chosen
