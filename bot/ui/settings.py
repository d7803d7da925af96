"""`/settings show`: one private message with a menu for each choice. Changes nothing by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import discord
from discord.ui import (
    ActionRow,
    ChannelSelect,
    Container,
    DynamicItem,
    LayoutView,
    Select,
    TextDisplay,
)

from bot.domain.audit import Door
from bot.domain.guilds import Confirm, Setting
from bot.ui.actor import actor_from
from bot.ui.audit_choice import channel_menu, channel_state, choose_channel
from bot.ui.errors import guard, too_old
from bot.ui.i18n import Words, private_words
from bot.ui.render import settings as render
from bot.ui.render.settings import LANGUAGES, setting_word
from bot.ui.render.text import label

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

    from discord.ui import Item

    from bot.domain.guilds import GuildSettings
    from bot.ui.client import Client

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
        ActionRow(Choose(Setting.LANGUAGE, chosen, t)),
        ActionRow(Choose(Setting.PRIVATE_REPLIES, chosen, t)),
        ActionRow(Choose(Setting.CONFIRM, chosen, t)),
        ActionRow(ChooseAuditChannel(chosen.audit_channel_id, t)),
    )
    view = LayoutView(timeout=None)
    view.add_item(box)
    return view


class Choose(
    DynamicItem[Select[Any]], template=r"d1e:(?P<setting>language|private_replies|confirm)"
):
    """A menu for one choice."""

    def __init__(
        self, setting: Setting, chosen: GuildSettings | None = None, t: Words | None = None
    ) -> None:
        self.setting = setting
        options = []
        if chosen is not None and t is not None:
            word = setting_word(setting, t)
            options = [
                discord.SelectOption(
                    label=label(f"{word}: {text}", 100),
                    value=code,
                    default=_MEANINGS[setting][code] == getattr(chosen, setting),
                )
                for code, text in _words(setting, t).items()
            ]
        super().__init__(Select(custom_id=f"d1e:{setting}", options=options))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the menu anew; what was picked comes with the interaction."""
        return cls(Setting(match["setting"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Choose it."""
        await guard(interaction, self._choose(interaction))

    async def _choose(self, interaction: discord.Interaction[Client]) -> None:
        data: Any = interaction.data
        [picked] = data["values"]
        if picked not in _MEANINGS[self.setting]:
            await too_old(interaction)
            return
        actor = actor_from(interaction)
        chosen = await interaction.client.services.settings.change(
            actor, self.setting, _MEANINGS[self.setting][picked], door=Door.MENU
        )
        view = settings_view(interaction, chosen)
        await interaction.response.edit_message(view=view)


class ChooseAuditChannel(DynamicItem[ChannelSelect[Any]], template=r"d1e:audit"):
    """The menu of channels."""

    def __init__(self, now: int | None = None, t: Words | None = None) -> None:
        super().__init__(channel_menu("d1e:audit", now, t or Words()))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], _match: re.Match[str], /
    ) -> Self:
        """Make the menu anew; what was picked comes with the interaction."""
        return cls()

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Choose it."""
        await guard(interaction, self._choose(interaction))

    async def _choose(self, interaction: discord.Interaction[Client]) -> None:
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
