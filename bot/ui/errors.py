"""Answers a failure to the person who met it; the one way for all doors. Hides no bug."""

from __future__ import annotations

import asyncio
import logging
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING

import aiohttp
import discord
from discord import app_commands

from bot.domain.errors import DeckhandError
from bot.ui.i18n import private_words
from bot.ui.render.errors import sentence
from bot.ui.render.text import code
from bot.ui.time_zones import UnknownTimeZone

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator

    from bot.ui.client import Client
    from bot.ui.i18n import Words

log = logging.getLogger(__name__)

LOST = (discord.DiscordException, aiohttp.ClientError, OSError)
"""What Discord's library raises when Discord refuses, or cannot be reached."""

_ALREADY_ANSWERED = 40060

_DEFERRED = discord.InteractionResponseType.deferred_channel_message


@contextmanager
def answering() -> Iterator[None]:
    """Take a first answer for given that Discord says it has.

    discord.py sends an answer again whose receipt a proxy lost, and is then told so.
    """
    try:
        yield
    except discord.HTTPException as error:
        if error.code != _ALREADY_ANSWERED:
            raise


async def guard(interaction: discord.Interaction[Client], work: Awaitable[None]) -> None:
    """Do the work of a button or a form; discord.py itself only logs what those raise."""
    interaction.client.keep(asyncio.current_task())
    try:
        await work
    except Exception as error:  # noqa: BLE001 - the error boundary of all components
        await respond(interaction, error)


async def respond(interaction: discord.Interaction, error: Exception) -> None:
    """Tell the asker in private what went wrong."""
    while isinstance(error, app_commands.CommandInvokeError | app_commands.TransformerError):
        if not isinstance(error.__cause__, Exception):
            break
        error = error.__cause__
    text = _text(error, private_words(interaction))
    try:
        await tell(interaction, text)
    except LOST as failure:
        # Too late, or the channel is gone: nobody is left to be told.
        log.warning("could not tell the asker about %s: %s", type(error).__name__, failure)


async def tell(interaction: discord.Interaction, text: str) -> None:
    """Answer the asker in private, in whatever stage the interaction is."""
    if interaction.response.type is _DEFERRED:
        await interaction.edit_original_response(content=text)
    elif interaction.response.is_done():
        await interaction.followup.send(text, ephemeral=True)
    else:
        await interaction.response.send_message(text, ephemeral=True)


async def too_old(interaction: discord.Interaction) -> None:
    """Answer a button, a menu or a form that this version does not know."""
    words = private_words(interaction)
    await tell(
        interaction,
        words.gettext("This is from an older version of me. Please use the command again."),
    )


def _text(error: Exception, t: Words) -> str:
    if isinstance(error, DeckhandError):
        return sentence(error, t)
    if isinstance(error, app_commands.NoPrivateMessage):
        return t.gettext("I work inside a Discord server only.")
    if isinstance(error, UnknownTimeZone):
        return t.gettext(
            "I know no time zone called {name}. Nothing was changed. Pick one from the suggestions."
        ).format(name=code(error.text, 60))
    if isinstance(error, discord.Forbidden):
        return t.gettext(
            "Discord does not let me do that here: I am missing a permission in this channel."
        )
    incident = secrets.token_hex(3)
    log.error("incident %s", incident, exc_info=error)
    return t.gettext(
        "Something went wrong on my side. I cannot say whether anything was changed. "
        "Please give the person who runs this bot the number {incident}."
    ).format(incident=incident)
