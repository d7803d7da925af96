"""Deletes a server for those who type its name. Asks the services for everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from discord.ui import Label, Modal, TextInput

from bot.domain.audit import Door
from bot.ui.actor import actor_from
from bot.ui.errors import answering, tell
from bot.ui.i18n import private_words
from bot.ui.render.text import label, plain

if TYPE_CHECKING:
    import discord

    from bot.ui.client import Client

NAME = "name"
_LIFETIME = 900


async def ask_for_name(interaction: discord.Interaction[Client], text: str, *, force: bool) -> None:
    """Open the form in which the server's name must be typed."""
    service = interaction.client.services.administration
    server = await service.find_to_delete(actor_from(interaction), text, door=Door.COMMAND)
    words = private_words(interaction)
    form = Modal(
        title=label(words.gettext("Delete for good?"), 45),
        custom_id=f"d1x:{int(force)}:{server.ref.key}",
        timeout=_LIFETIME,
    )
    typed: TextInput[Any] = TextInput(custom_id=NAME, placeholder=label(server.name, 100))
    form.add_item(Label(text=words.gettext("Type the server's name"), component=typed))
    await interaction.response.send_modal(form)


async def delete(
    interaction: discord.Interaction[Client], key: str, *, typed: str, force: bool
) -> None:
    """Delete it, if that is its name, and say so."""
    with answering():
        await interaction.response.defer(ephemeral=True, thinking=True)
    server = await interaction.client.services.administration.delete(
        actor_from(interaction), key, typed=typed, force=force, door=Door.FORM
    )
    done = private_words(interaction).gettext("The panel has deleted **{server}**.")
    await tell(interaction, done.format(server=plain(server.name)))
