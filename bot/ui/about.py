"""What the bot says of itself, in private. Mends and changes nothing."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

import discord

from bot.domain.audit import Door
from bot.ui.actor import actor_from
from bot.ui.i18n import private_words
from bot.ui.permissions import WRITING, WRITING_IN_THREADS
from bot.ui.render import health as render

if TYPE_CHECKING:
    from bot.ui.client import Client
    from bot.ui.i18n import Words


async def show_about(interaction: discord.Interaction[Client]) -> None:
    """Introduce the bot to anybody."""
    t = private_words(interaction)
    forms = interaction.client.services.panel_setup.forms
    kinds = sorted(t.gettext(form.title) for form in forms.values())
    await interaction.response.send_message(
        render.about(_version(), kinds, t), view=_links(interaction.client, t), ephemeral=True
    )


async def show_health(interaction: discord.Interaction[Client]) -> None:
    """Tell who may configure the bot how it does here."""
    health = await interaction.client.services.health.of_guild(
        actor_from(interaction), door=Door.COMMAND
    )
    text = render.guild_health(health, private_words(interaction))
    await interaction.response.send_message(text, ephemeral=True)


def _links(client: Client, t: Words) -> discord.ui.View:
    """Return buttons to what the operator has told Discord of the bot."""
    application, links = client.application, {}
    if application is not None and application.bot_public:
        invitation = discord.utils.oauth_url(
            application.id,
            permissions=WRITING | WRITING_IN_THREADS,
            scopes=("bot", "applications.commands"),
        )
        links[t.gettext("Add me to another Discord server")] = invitation
    if application is not None:
        links[t.gettext("Privacy")] = application.privacy_policy_url or ""
        links[t.gettext("Terms of use")] = application.terms_of_service_url or ""
    view = discord.ui.View(timeout=None)
    for label, url in links.items():
        if url:
            view.add_item(discord.ui.Button(label=label, url=url))
    return view


@cache
def _version() -> str:
    return version("deckhand-bot")
