"""`/settings show`: one private message with a menu for each choice. Changes nothing by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import discord
from discord.ui import (
    ActionRow,
    ChannelSelect,
    Container,
    LayoutView,
    Select,
    TextDisplay,
)

from bot.domain.audit import Door
from bot.domain.guilds import Confirm, Setting
from bot.ui.actor import actor_from
from bot.ui.audit_choice import channel_menu, channel_state, choose_channel
from bot.ui.errors import too_old
from bot.ui.i18n import private_words
from bot.ui.menus import Menu
from bot.ui.render import settings as render
from bot.ui.render.settings import LANGUAGES, setting_word
from bot.ui.render.text import label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.guilds import GuildSettings
    from bot.ui.client import Client
    from bot.ui.i18n import Words

_DEFAULT = "-"
"""Stands for None in a menu."""
_MEANINGS: Mapping[Setting, Mapping[str, str | bool | None]] = {
    Setting.LANGUAGE: {_DEFAULT: None} | {code: code for code in LANGUAGES},
    Setting.PRIVATE_REPLIES: {_DEFAULT: None, "public": False, "private": True},
    Setting.CONFIRM: {word.value: word.value for word in Confirm},
}
"""What the values in the menus stand for."""


async def show_settings(interaction: discord.Interaction[Client]) -> None:
    """Answer with what the guild has chosen, to those who may change it."""
    actor = actor_from(interaction)
    chosen = await interaction.client.services.settings.check(actor, door=Door.COMMAND)
    view = settings_view(interaction, chosen)
    await interaction.response.send_message(view=view, ephemeral=True)


async def set_time_zone(interaction: discord.Interaction[Client], zone: str) -> None:
    """Choose the time zone, and show all choices."""
    actor = actor_from(interaction)
    chosen = await interaction.client.services.settings.change(
        actor, Setting.TIME_ZONE, zone, door=Door.COMMAND
    )
    view = settings_view(interaction, chosen)
    await interaction.response.send_message(view=view, ephemeral=True)


def settings_view(
    interaction: discord.Interaction[Client], chosen: GuildSettings, *, notice: str = ""
) -> LayoutView:
    """Return the choices with their menus; a notice stands above them."""
    t = private_words(interaction)
    channel = channel_state(interaction.guild, chosen, t)
    summary = render.summary(chosen, interaction.created_at, channel, t)
    box: Container[Any] = Container(
        TextDisplay("\n\n".join(filter(None, (notice, summary)))),
        ActionRow(Choose.of(Setting.LANGUAGE, chosen, t)),
        ActionRow(Choose.of(Setting.PRIVATE_REPLIES, chosen, t)),
        ActionRow(Choose.of(Setting.CONFIRM, chosen, t)),
        ActionRow(ChooseAuditChannel.of(chosen.audit_channel_id, t)),
    )
    view = LayoutView(timeout=None)
    view.add_item(box)
    return view


class Choose(Menu[Select[Any]], template=r"d1e:(?:language|private_replies|confirm)"):
    """A menu for one choice."""

    @classmethod
    def of(cls, setting: Setting, chosen: GuildSettings, t: Words) -> Self:
        """Return the menu, with what is chosen now."""
        word = setting_word(setting, t)
        options = [
            discord.SelectOption(
                label=label(f"{word}: {text}", 100),
                value=code,
                default=_MEANINGS[setting][code] == getattr(chosen, setting),
            )
            for code, text in _words(setting, t).items()
        ]
        return cls(Select(custom_id=f"d1e:{setting}", options=options))

    async def picked(self, interaction: discord.Interaction[Client], values: Sequence[str]) -> None:
        """Choose it."""
        setting = Setting(self.custom_id.partition(":")[2])
        if values[0] not in _MEANINGS[setting]:
            await too_old(interaction)
            return
        chosen = await interaction.client.services.settings.change(
            actor_from(interaction), setting, _MEANINGS[setting][values[0]], door=Door.MENU
        )
        await interaction.response.edit_message(view=settings_view(interaction, chosen))


class ChooseAuditChannel(Menu[ChannelSelect[Any]], template=r"d1e:audit"):
    """The menu of channels."""

    @classmethod
    def of(cls, now: int | None, t: Words) -> Self:
        """Return the menu, with the channel that is chosen now."""
        return cls(channel_menu("d1e:audit", now, t))

    async def picked(
        self, interaction: discord.Interaction[Client], _values: Sequence[str]
    ) -> None:
        """Choose it."""
        chosen, notice = await choose_channel(interaction)
        view = settings_view(interaction, chosen, notice=notice)
        await interaction.response.edit_message(view=view)


def _words(setting: Setting, t: Words) -> dict[str, str]:
    """Return what is read of each value in a menu."""
    if setting is Setting.LANGUAGE:
        return {_DEFAULT: render.language_word(None, t)} | LANGUAGES
    if setting is Setting.PRIVATE_REPLIES:
        meanings = {_DEFAULT: None, "public": False, "private": True}
        return {code: render.replies_word(value, t) for code, value in meanings.items()}
    return {word.value: render.confirm_word(word, t) for word in Confirm}
