"""Deletes a server for those who type its name. Asks the services for everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from discord.ui import Label, Modal, TextDisplay, TextInput

from bot.domain.audit import Door
from bot.ui.actor import actor_from
from bot.ui.errors import answering, tell
from bot.ui.i18n import private_words
from bot.ui.render.text import code, label, plain

if TYPE_CHECKING:
    import discord

    from bot.domain.servers import Server
    from bot.ui.client import Client
    from bot.ui.i18n import Words

NAME = "name"
_LIFETIME = 900


async def ask_for_name(interaction: discord.Interaction[Client], text: str, *, force: bool) -> None:
    """Open the form in which the server's name must be typed."""
    server = await interaction.client.services.administration.check_deletion(
        actor_from(interaction), text, force=force, door=Door.COMMAND
    )
    form = deletion_form(server, private_words(interaction), force=force)
    await interaction.response.send_modal(form)


def deletion_form(server: Server, t: Words, *, force: bool) -> Modal:
    """Return the form; `forms.submitted` answers it from its custom_id."""
    custom_id = f"d1x:{int(force)}:{server.ref.key}"
    form = Modal(title=t.gettext("Delete for good?"), custom_id=custom_id, timeout=_LIFETIME)
    warning = t.gettext("**{server}** ({id}) and all that is on it will be gone.")
    if force:
        warning += " " + t.gettext(
            "By force: if its machine does not answer, its files stay there."
        )
    named = warning.format(server=plain(server.name, 200), id=code(server.ref.server_id))
    form.add_item(TextDisplay[Any](named))
    typed: TextInput[Any] = TextInput(custom_id=NAME, placeholder=label(server.name, 100))
    form.add_item(Label(text=t.gettext("Type the server's name"), component=typed))
    return form


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
