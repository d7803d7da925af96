"""Finds the words of a language. Holds no texts: those are in `bot/locales`."""

from __future__ import annotations

import gettext
import io
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from discord import app_commands

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    import discord

    from bot.ui.client import Client

DOMAIN = "deckhand"

Words = gettext.NullTranslations

_ = app_commands.locale_str
"""Marks a text of a command's description, which Discord itself shows in each language."""


def locales() -> list[str]:
    """Return the languages that have a catalogue, such as `zh_CN`."""
    return sorted(folder.name for folder in _root().iterdir() if _catalogue(folder.name).is_file())


@cache
def words(locale: str) -> Words:
    """Return the words for a Discord locale such as `zh-CN`; English without a catalogue."""
    catalogue = _catalogue(locale.replace("-", "_"))
    if not catalogue.is_file():
        return Words()
    compiled = io.BytesIO()
    with catalogue.open("rb") as source:
        write_mo(compiled, read_po(source))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def private_words(interaction: discord.Interaction) -> Words:
    """Return the words for an answer that only the asker reads."""
    return words(str(interaction.locale))


def public_words(interaction: discord.Interaction[Client]) -> Words:
    """Return the words for an answer that the whole channel reads."""
    return words(public_locale(interaction))


def public_locale(interaction: discord.Interaction[Client]) -> str:
    """Return the language of an answer that the whole channel reads."""
    chosen = interaction.client.services.settings.of(interaction.guild_id or 0).language
    return chosen or str(interaction.guild_locale or interaction.locale)


class CommandTranslator(app_commands.Translator):
    """Gives Discord the descriptions in each language; names stay the words that users type."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """Return the text in that language, or None where there is none."""
        is_name = context.location.name.endswith("_name") and context.location.name != "choice_name"
        if is_name:
            return None
        translated = words(str(locale)).gettext(string.message)
        return None if translated == string.message else translated


def _root() -> Traversable:
    return files("bot") / "locales"


def _catalogue(locale: str) -> Traversable:
    return _root() / locale / "LC_MESSAGES" / f"{DOMAIN}.po"
