"""The step of `/setup` that lets a channel be told of problems; `/notify` can do more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from discord.ui import ChannelSelect, DynamicItem

from bot.domain.audit import Door
from bot.domain.errors import InvalidNews, NewsProblem
from bot.domain.events import Preset
from bot.domain.notify import NewsWish
from bot.ui.actor import actor_from
from bot.ui.errors import answering, guard
from bot.ui.i18n import Words, private_words
from bot.ui.news_place import KINDS, in_the_way, place_of
from bot.ui.render import notify, setup
from bot.ui.setup_nav import Step, frame

if TYPE_CHECKING:
    import re

    import discord
    from discord.ui import Item

    from bot.ui.client import Client


class PickNewsChannel(DynamicItem[ChannelSelect[Any]], template=r"d1in"):
    """The menu of channels."""

    def __init__(self, t: Words | None = None) -> None:
        placeholder = (t or Words()).gettext("Tell problems in …")
        menu = ChannelSelect[Any](custom_id="d1in", channel_types=KINDS, placeholder=placeholder)
        super().__init__(menu)

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], _match: re.Match[str], /
    ) -> Self:
        """Make the menu anew; what was picked comes with the interaction."""
        return cls()

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Subscribe."""
        await guard(interaction, self._subscribe(interaction))

    async def _subscribe(self, interaction: discord.Interaction[Client]) -> None:
        data: Any = interaction.data
        channel_id = int(data["values"][0])
        with answering():
            await interaction.response.defer()

        def wish() -> NewsWish:
            if place_of(interaction.guild, channel_id) is None:
                raise InvalidNews(NewsProblem.CHANNEL)
            return NewsWish(channel_id=channel_id, events=frozenset({Preset.PROBLEMS}))

        t, service = private_words(interaction), interaction.client.services.notify
        actor = actor_from(interaction)
        named = await service.add(actor, wish, door=Door.MENU)
        found = in_the_way(interaction.guild, named.subscription, t)
        notice = [notify.says(named, t), *notify.obstacles(named.subscription, found, t)]
        told = service.channels_of(actor.guild_id)
        view = frame(setup.news_step(told, "\n".join(notice), t), PickNewsChannel(t), Step.NEWS, t)
        await interaction.edit_original_response(view=view)
