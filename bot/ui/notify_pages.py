"""The pages of `/notify list`, with what is in the way in each channel now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import discord
from discord.ui import ActionRow, Button, Container, DynamicItem, LayoutView, Select, TextDisplay

from bot.domain.audit import Door
from bot.ui.actor import actor_from
from bot.ui.errors import guard
from bot.ui.i18n import private_words
from bot.ui.menus import Menu
from bot.ui.news_place import in_the_way, place_of
from bot.ui.notify import mute_section, open_one
from bot.ui.render import notify as render

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from discord.ui import Item

    from bot.domain.notify import NamedSubscription
    from bot.ui.client import Client
    from bot.ui.i18n import Words

_PER_PAGE = 4
"""One takes at most 900 characters with all that may be in its way, a whole message 4,000."""


async def show(interaction: discord.Interaction[Client]) -> None:
    """Answer with the first page."""
    view = await _view(interaction, 0, Door.COMMAND)
    await interaction.response.send_message(view=view, ephemeral=True)


class TurnNews(DynamicItem[Button[Any]], template=r"d1nl:(?P<page>[0-9]{1,3})"):
    """Goes to another page."""

    def __init__(self, page: int, *, text: str = "", enabled: bool = True) -> None:
        self.page = max(page, 0)
        custom_id = f"d1nl:{self.page}"
        super().__init__(Button(label=text, custom_id=custom_id, disabled=not enabled))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its custom_id."""
        return cls(int(match["page"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Turn the page."""
        await guard(interaction, self._turn(interaction))

    async def _turn(self, interaction: discord.Interaction[Client]) -> None:
        view = await _view(interaction, self.page, Door.BUTTON)
        await interaction.response.edit_message(view=view)


class OpenNews(Menu[Select[Any]], template=r"d1no"):
    """Shows the subscription that is picked, to be changed."""

    @classmethod
    def of(cls, shown: Sequence[NamedSubscription], guild: discord.Guild | None, t: Words) -> Self:
        """Return the menu of these subscriptions."""
        options = []
        for named in shown:
            place = place_of(guild, named.subscription.channel_id)
            text = render.suggestion(named, place.name if place else None, t)
            options.append(discord.SelectOption(label=text, value=str(named.subscription.id)))
        placeholder = t.gettext("Change one …")
        return cls(Select(custom_id="d1no", placeholder=placeholder, options=options))

    async def picked(self, interaction: discord.Interaction[Client], values: Sequence[str]) -> None:
        """Show it."""
        picked = values[0]
        number = int(picked) if picked.isascii() and picked.isdigit() else 0
        await open_one(interaction, number)


async def _view(interaction: discord.Interaction[Client], page: int, door: Door) -> LayoutView:
    service, t = interaction.client.services.notify, private_words(interaction)
    subscriptions, mutes = await service.listed(actor_from(interaction), door=door)
    both = [*mutes, *subscriptions]
    pages = max(1, -(-len(both) // _PER_PAGE))
    page = min(page, pages - 1)
    start = page * _PER_PAGE
    shown_mutes = mutes[start : start + _PER_PAGE]
    begin = max(start - len(mutes), 0)
    shown = subscriptions[begin : begin + _PER_PAGE - len(shown_mutes)]
    guild = interaction.guild
    entries = [(each, in_the_way(guild, each.subscription, t)) for each in shown]
    position = (len(subscriptions), page, pages)
    box: Container[Any] = Container(
        TextDisplay(render.list_title(position, t, has_mutes=bool(mutes))),
        *(mute_section(each, t) for each in shown_mutes),
    )
    if shown:
        box.add_item(TextDisplay(render.listed(entries, t)))
        box.add_item(ActionRow(OpenNews.of(shown, guild, t)))
    if pages > 1:
        box.add_item(
            ActionRow(
                TurnNews(page - 1, text="◀", enabled=page > 0),
                TurnNews(page + 1, text="▶", enabled=page < pages - 1),
            )
        )
    view = LayoutView(timeout=None)
    view.add_item(box)
    return view
