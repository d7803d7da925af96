"""The options of `/panel`: a kind to add, and a panel that the guild has added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.domain.errors import DeckhandError
from bot.ui.actor import actor_from
from bot.ui.i18n import private_words
from bot.ui.render.text import label

if TYPE_CHECKING:
    import discord

    from bot.ui.client import Client

    Choices = list[app_commands.Choice[int | float | str]]

_MOST = 25
"""Discord takes no more suggestions."""


class KindOption(app_commands.Transformer["Client"]):
    """A kind of panel, by what people call it."""

    async def transform(self, interaction: discord.Interaction[Client], value: str, /) -> str:
        """Return the kind; a text that fits none is passed on and opens no form."""
        forms, t = interaction.client.services.panel_setup.forms, private_words(interaction)
        typed = value.strip().casefold()
        named = {t.gettext(form.title).casefold(): kind for kind, form in forms.items()}
        return named.get(typed, typed)

    async def autocomplete(
        self, interaction: discord.Interaction[Client], value: float | str, /
    ) -> Choices:
        """Return at most 25 suggestions."""
        forms, t = interaction.client.services.panel_setup.forms, private_words(interaction)
        typed = str(value).casefold()
        titles = {kind: t.gettext(form.title) for kind, form in forms.items()}
        fitting = [
            (kind, title)
            for kind, title in titles.items()
            if typed in title.casefold() or typed in kind
        ]
        return [
            app_commands.Choice(name=label(title, 100), value=kind)
            for kind, title in fitting[:_MOST]
        ]


class OwnPanelOption(app_commands.Transformer["Client"]):
    """A panel that this guild has added, suggested to those who may configure the bot."""

    async def transform(self, _interaction: discord.Interaction[Client], value: str, /) -> str:
        """Pass the text on; the services find the panel."""
        return value

    async def autocomplete(
        self, interaction: discord.Interaction[Client], value: float | str, /
    ) -> Choices:
        """Return at most 25 suggestions; never raises."""
        setup, typed = interaction.client.services.panel_setup, str(value).casefold()
        try:
            panels = await setup.suggestions(actor_from(interaction))
        except DeckhandError:
            return []
        fitting = [panel for panel in panels if typed in panel.name.casefold()]
        return [
            app_commands.Choice(name=label(panel.name, 100), value=panel.panel_id)
            for panel in fitting[:_MOST]
        ]
