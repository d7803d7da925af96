"""The choice of a panel's servers: menus of 25, and all of them with a tap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import discord
from discord.ui import ActionRow, Button, DynamicItem, Select

from bot.domain.audit import Door
from bot.ui.actor import actor_from
from bot.ui.errors import guard
from bot.ui.i18n import private_words
from bot.ui.panel_replies import begin, show
from bot.ui.render.panels import choice
from bot.ui.render.states import symbol, word
from bot.ui.render.text import label

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from discord.ui import Item

    from bot.domain.servers import Server
    from bot.services.open_panels import Selection
    from bot.ui.client import Client
    from bot.ui.i18n import Words

_PER_PAGE = 25
"""Discord takes no more in a menu."""


async def show_choice(
    interaction: discord.Interaction[Client], text: str, *, door: Door, page: int = 0
) -> None:
    """Show which servers of a panel are used, to be ticked."""
    await begin(interaction)
    setup = interaction.client.services.panel_setup
    selection = await setup.selection(actor_from(interaction), text, door=door)
    await put_choice(interaction, selection, page)


async def put_choice(
    interaction: discord.Interaction[Client], selection: Selection, page: int, *, above: str = ""
) -> None:
    """Show a page of the choice, below a text if there is one."""
    t = private_words(interaction)
    pages = max(1, -(-len(selection.servers) // _PER_PAGE))
    page = min(max(page, 0), pages - 1)
    shown = selection.servers[page * _PER_PAGE :][:_PER_PAGE]
    text = "\n".join(filter(None, (above, choice(selection, t))))
    menu = ActionRow[Any](TickServers(selection, page, shown, t)) if shown else None
    await show(interaction, text, menu, _controls(selection, page, pages, t))


class TickServers(
    DynamicItem[Select[Any]], template=r"d1u:(?P<panel>[a-z0-9-]{1,32}):(?P<page>\d{1,4})"
):
    """A menu of servers; those that are picked are used, those that are not are not."""

    def __init__(
        self,
        selection: Selection | None,
        page: int,
        shown: Sequence[Server] = (),
        t: Words | None = None,
        *,
        panel_id: str = "",
    ) -> None:
        self.panel_id = panel_id or (selection.panel.panel_id if selection else "")
        self.page = page
        self.shown: tuple[str, ...] = tuple(server.ref.key for server in shown)
        options = [_option(server, selection, t) for server in shown] if selection and t else []
        super().__init__(
            Select(
                custom_id=f"d1u:{self.panel_id}:{page}",
                placeholder=t.gettext("None of these") if t else None,
                min_values=0,
                max_values=max(len(options), 1),
                options=options,
            )
        )

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the menu back, with what it offered."""
        menu = cls(None, int(match["page"]), panel_id=match["panel"])
        if isinstance(item, Select):
            menu.shown = tuple(option.value for option in item.options)
        return menu

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Take the choice over."""
        await guard(interaction, self._tick(interaction))

    async def _tick(self, interaction: discord.Interaction[Client]) -> None:
        data: Any = interaction.data
        await begin(interaction)
        selection = await interaction.client.services.panel_setup.tick(
            actor_from(interaction), self.panel_id, self.shown, data["values"], door=Door.MENU
        )
        await put_choice(interaction, selection, self.page)


class ChoiceButton(
    DynamicItem[Button[Any]],
    template=r"d1v:(?P<verb>turn|all|some):(?P<panel>[a-z0-9-]{1,32}):(?P<page>\d{1,4})",
):
    """Goes to a page of the choice, takes all servers, or only those that are there."""

    def __init__(
        self, verb: str, panel_id: str, page: int, *, text: str = "", enabled: bool = True
    ) -> None:
        self.verb = verb
        self.panel_id = panel_id
        self.page = page
        custom_id = f"d1v:{verb}:{panel_id}:{page}"
        super().__init__(Button(label=text, custom_id=custom_id, disabled=not enabled))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its custom_id."""
        return cls(match["verb"], match["panel"], int(match["page"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the button says."""
        await guard(interaction, self._press(interaction))

    async def _press(self, interaction: discord.Interaction[Client]) -> None:
        if self.verb == "turn":
            await show_choice(interaction, self.panel_id, door=Door.BUTTON, page=self.page)
            return
        await begin(interaction)
        selection = await interaction.client.services.panel_setup.use_all(
            actor_from(interaction), self.panel_id, future=self.verb == "all", door=Door.BUTTON
        )
        await put_choice(interaction, selection, self.page)


def _controls(selection: Selection, page: int, pages: int, t: Words) -> ActionRow[Any]:
    panel_id, row = selection.panel.panel_id, ActionRow[Any]()
    if pages > 1:
        back, on = max(page - 1, 0), min(page + 1, pages - 1)
        row.add_item(ChoiceButton("turn", panel_id, back, text="◀", enabled=page > 0))
        if on == back:
            on = page + 1
        row.add_item(ChoiceButton("turn", panel_id, on, text="▶", enabled=page < pages - 1))
    if selection.panel.server_ids is None:
        text = t.gettext("Only those that are there now")
        row.add_item(ChoiceButton("some", panel_id, page, text=text))
    else:
        text = t.gettext("All, also future ones")
        row.add_item(ChoiceButton("all", panel_id, page, text=text))
    return row


def _option(server: Server, selection: Selection, t: Words) -> discord.SelectOption:
    place = server.node or server.location
    state = word(server.state, t)
    return discord.SelectOption(
        label=label(server.name, 100),
        value=server.ref.key,
        description=label(f"{state} · {place}" if place else state, 100),
        emoji=symbol(server.state),
        default=selection.uses(server),
    )
