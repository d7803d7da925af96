"""What commands, buttons and forms do alike: one path from a member to the services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.audit import Door
from bot.ui.actor import actor_from
from bot.ui.errors import answering, tell
from bot.ui.i18n import private_words
from bot.ui.receipt import DiscordReceipt
from bot.ui.render.text import code, plain

if TYPE_CHECKING:
    import discord

    from bot.domain.servers import PowerAction
    from bot.ui.client import Client


async def power(
    interaction: discord.Interaction[Client],
    text: str,
    action: PowerAction,
    *,
    door: Door,
    reason: str | None = None,
) -> None:
    """Order a power action and show its receipt; returns when the receipt has ended."""
    await interaction.client.services.power.perform(
        actor_from(interaction),
        text,
        action,
        door=door,
        receipt=DiscordReceipt(interaction),
        reason=reason.strip() or None if reason else None,
    )


async def command(
    interaction: discord.Interaction[Client], text: str, line: str, *, door: Door
) -> None:
    """Send a console command and tell the asker, in private, what became of it."""
    with answering():
        await interaction.response.defer(ephemeral=True, thinking=True)
    server = await interaction.client.services.console.send(
        actor_from(interaction), text, line, door=door
    )
    words = private_words(interaction)
    done = words.gettext(
        "**{server}** took the command {command}. Its panel does not hand out the output."
    )
    await tell(interaction, done.format(server=plain(server.name), command=code(line)))


async def suspension(interaction: discord.Interaction[Client], text: str, *, ends: bool) -> None:
    """Suspend a server, or end its suspension, and tell the asker in private."""
    with answering():
        await interaction.response.defer(ephemeral=True, thinking=True)
    service, actor = interaction.client.services.administration, actor_from(interaction)
    words = private_words(interaction)
    if ends:
        server = await service.unsuspend(actor, text, door=Door.COMMAND)
        done = words.gettext("**{server}** may be used again.")
    else:
        server = await service.suspend(actor, text, door=Door.COMMAND)
        done = words.gettext("**{server}** is suspended: nobody can start it.")
    await tell(interaction, done.format(server=plain(server.name)))
