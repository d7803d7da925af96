"""The step of `/setup` that lets a channel be told of problems; `/notify` can do more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from discord.ui import ChannelSelect

from bot.domain.audit import Door
from bot.domain.errors import InvalidNews, NewsProblem
from bot.domain.events import Preset
from bot.domain.notify import NewsWish
from bot.ui.actor import actor_from
from bot.ui.errors import answering
from bot.ui.i18n import private_words
from bot.ui.menus import Menu
from bot.ui.news_place import KINDS, in_the_way, place_of
from bot.ui.render import notify, setup
from bot.ui.setup_nav import Step, frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    import discord

    from bot.ui.client import Client
    from bot.ui.i18n import Words


class PickNewsChannel(Menu[ChannelSelect[Any]], template=r"d1in"):
    """The menu of channels."""

    @classmethod
    def of(cls, t: Words) -> Self:
        """Return the menu of channels that can be told anything."""
        placeholder = t.gettext("Tell problems in …")
        return cls(ChannelSelect(custom_id="d1in", channel_types=KINDS, placeholder=placeholder))

    async def picked(self, interaction: discord.Interaction[Client], values: Sequence[str]) -> None:
        """Subscribe."""
        channel_id = int(values[0])
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
        view = frame(
            setup.news_step(told, "\n".join(notice), t), PickNewsChannel.of(t), Step.NEWS, t
        )
        await interaction.edit_original_response(view=view)
