"""The server list with its controls: pages, and a menu that opens a card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import discord
from discord.ui import ActionRow, Button, DynamicItem, LayoutView, Select

from bot.domain.audit import Door
from bot.ui.actor import actor_from
from bot.ui.errors import guard, too_old
from bot.ui.i18n import private_words, public_words
from bot.ui.items import show_card
from bot.ui.menus import Menu
from bot.ui.render.listing import Filters, listing, page_of
from bot.ui.render.states import symbol, word
from bot.ui.render.text import label

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from discord.ui import Item

    from bot.domain.servers import Server
    from bot.ui.client import Client
    from bot.ui.i18n import Words


class TurnPage(DynamicItem[Button[Any]], template=r"d1p:(?P<side>[<>]):(?P<filters>.+)"):
    """Goes to another page of the same list."""

    def __init__(self, side: str, filters: str, *, text: str = "", enabled: bool = True) -> None:
        self.filters = filters
        custom_id = f"d1p:{side}:{filters}"
        super().__init__(Button(label=text, custom_id=custom_id, disabled=not enabled))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its custom_id."""
        return cls(match["side"], match["filters"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Turn the page, seen with the rights of the one who turns it."""
        await guard(interaction, self._turn(interaction))

    async def _turn(self, interaction: discord.Interaction[Client]) -> None:
        is_own = interaction.message is not None and interaction.message.flags.ephemeral
        try:
            filters = Filters.decode(self.filters)
        except ValueError:
            await too_old(interaction)
            return
        view = await list_view(interaction, filters, private_words(interaction))
        if is_own:
            await interaction.response.edit_message(view=view)
        else:
            await interaction.response.send_message(view=view, ephemeral=True)


class OpenCard(Menu[Select[Any]], template=r"d1s:open"):
    """Opens the card of the server that was picked."""

    @classmethod
    def of(cls, servers: Sequence[Server], t: Words) -> Self:
        """Return the menu of these servers."""
        options = [
            discord.SelectOption(
                label=label(server.name, 100),
                value=server.ref.key,
                description=word(server.state, t),
                emoji=symbol(server.state),
            )
            for server in servers
        ]
        placeholder = t.gettext("Open a server …")
        return cls(Select(custom_id="d1s:open", placeholder=placeholder, options=options))

    async def picked(self, interaction: discord.Interaction[Client], values: Sequence[str]) -> None:
        """Show the card to the one who picked it."""
        await show_card(interaction, values[0], private=True, door=Door.MENU)


async def show_list(
    interaction: discord.Interaction[Client], filters: Filters, *, private: bool
) -> None:
    """Answer with what the asker may see; from memory, so without delay."""
    words = private_words(interaction) if private else public_words(interaction)
    view = await list_view(interaction, filters, words)
    await interaction.response.send_message(view=view, ephemeral=private)


async def list_view(
    interaction: discord.Interaction[Client], filters: Filters, t: Words
) -> LayoutView:
    """Return the page that the filters ask for, as this member sees it."""
    directory, actor = interaction.client.services.directory, actor_from(interaction)
    servers = await directory.visible(actor)
    blind_spot = directory.blind_spot(actor)
    if blind_spot is not None and not servers:
        raise blind_spot
    page = page_of(servers, filters)
    view = LayoutView(timeout=None)
    box = listing(page, t)
    if page.servers:
        box.add_item(ActionRow(OpenCard.of(page.servers, t)))
    if page.pages > 1:
        before, after = filters.at_page(page.number - 1), filters.at_page(page.number + 1)
        box.add_item(
            ActionRow(
                TurnPage("<", before.encode(), text="◀", enabled=page.number > 0),
                TurnPage(">", after.encode(), text="▶", enabled=page.number < page.pages - 1),
            )
        )
    view.add_item(box)
    return view
