"""The messages of boards with what can be pressed on them. Keeps nothing in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import discord
from discord.ui import ActionRow, Button, Container, DynamicItem, LayoutView, Section, TextDisplay

from bot.domain.audit import Door
from bot.domain.boards import Style, verb
from bot.domain.servers import PowerAction
from bot.ui.confirm import order
from bot.ui.errors import guard
from bot.ui.items import show_card
from bot.ui.pager import OpenCard
from bot.ui.render import board as render

if TYPE_CHECKING:
    import re

    from discord.ui import Item

    from bot.domain.boards import Line, Page
    from bot.ui.client import Client
    from bot.ui.i18n import Words

CARD = "card"
_STYLES = {
    PowerAction.START: discord.ButtonStyle.success,
    PowerAction.RESTART: discord.ButtonStyle.primary,
}


class BoardButton(
    DynamicItem[Button[Any]],
    template=rf"d1d:(?P<verb>{PowerAction.START}|{PowerAction.RESTART}|{CARD}):(?P<key>.+)",
):
    """The button beside a server; what it brings is another message, the board stays."""

    def __init__(self, verb: str, key: str, *, text: str = "") -> None:
        self.verb = verb
        self.key = key
        style = _STYLES.get(PowerAction(verb)) if verb != CARD else None
        super().__init__(
            Button(
                label=text,
                style=style or discord.ButtonStyle.secondary,
                custom_id=f"d1d:{verb}:{key}",
            )
        )

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its custom_id."""
        return cls(match["verb"], match["key"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the button says."""
        await guard(interaction, self._press(interaction))

    async def _press(self, interaction: discord.Interaction[Client]) -> None:
        if self.verb == CARD:
            await show_card(interaction, self.key, private=True, door=Door.BUTTON)
        else:
            await order(interaction, self.key, PowerAction(self.verb), door=Door.BUTTON)


def board_view(page: Page, t: Words, *, mark: int) -> LayoutView:
    """Return one message of a board; `mark` is the id of a component, by which it is found."""
    box: Container[LayoutView] = Container(TextDisplay(render.heading(page, t)), id=mark)
    if page.style is Style.BUTTONS:
        for line in page.lines:
            box.add_item(Section(TextDisplay(render.line(line, t)), accessory=_button(line, t)))
    elif page.lines:
        box.add_item(TextDisplay(render.body(page, t)))
    if page.lines and page.style is not Style.TEXT:
        servers = [line.server for line in page.lines]
        box.add_item(ActionRow(OpenCard.of(servers, t)))
    view = LayoutView(timeout=None)
    view.add_item(box)
    return view


def unsaid_view(t: Words, *, mark: int) -> LayoutView:
    """Return what stands in the place of a page that Discord does not take."""
    view = LayoutView(timeout=None)
    view.add_item(Container(TextDisplay(render.unsaid(t)), id=mark))
    return view


def _button(line: Line, t: Words) -> BoardButton:
    action = verb(line)
    if action is None:
        return BoardButton(CARD, line.server.ref.key, text=t.gettext("Details"))
    text = {PowerAction.START: t.gettext("Start"), PowerAction.RESTART: t.gettext("Restart")}
    order_given = PowerAction(action)
    return BoardButton(order_given, line.server.ref.key, text=text[order_given])
