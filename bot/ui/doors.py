"""What commands, buttons and forms do alike: one path from a member to the services."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import discord

from bot.domain.audit import Door
from bot.ui.actor import actor_from
from bot.ui.errors import answering, tell
from bot.ui.i18n import private_words
from bot.ui.receipt import DiscordReceipt
from bot.ui.render.console import console_block, console_file, fits
from bot.ui.render.text import code, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.servers import PowerAction
    from bot.services.console import Sent
    from bot.ui.client import Client
    from bot.ui.i18n import Words

_LONGEST = 2000
"""Characters of a message."""


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
    sent = await interaction.client.services.console.send(
        actor_from(interaction), text, line, door=door
    )
    words = private_words(interaction)
    done = words.gettext("**{server}** took the command {command}.")
    named = done.format(server=plain(sent.server.name), command=code(line))
    await _show_console(interaction, f"{named} {_about_output(sent, words)}", sent.output or ())


async def logs(
    interaction: discord.Interaction[Client], text: str, *, lines: int, door: Door
) -> None:
    """Tell the asker, in private, the last lines of a server's console."""
    with answering():
        await interaction.response.defer(ephemeral=True, thinking=True)
    found = await interaction.client.services.live.logs(
        actor_from(interaction), text, lines=lines, door=door
    )
    words = private_words(interaction)
    told = words.ngettext(
        "The last line of **{server}**'s console:",
        "The last {count} lines of **{server}**'s console:",
        len(found.lines),
    )
    if not found.lines:
        told = words.gettext(
            "**{server}** shows no console: it is not running, or has printed nothing so far."
        )
    told = told.format(server=plain(found.server.name), count=len(found.lines))
    await _show_console(interaction, told, found.lines)


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


def _about_output(sent: Sent, t: Words) -> str:
    if not sent.is_live:
        return t.gettext("Its panel does not hand out the output.")
    if sent.output is None:
        return t.gettext("I could not look at what it printed.")
    if not sent.output:
        return t.gettext("It printed nothing in the seconds after that.")
    return t.gettext("What it printed in the seconds after that:")


async def _show_console(
    interaction: discord.Interaction[Client], text: str, lines: Sequence[str]
) -> None:
    """Answer with a text and console lines below it, as a file where they are many."""
    room = _LONGEST - len(text) - 1
    if not lines:
        await tell(interaction, text)
    elif fits(lines, room):
        await tell(interaction, f"{text}\n{console_block(lines, room, width=room)}")
    else:
        file = discord.File(io.BytesIO(console_file(lines)), "console.txt")
        await interaction.edit_original_response(content=text, attachments=[file])
