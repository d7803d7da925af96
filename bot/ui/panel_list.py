"""The list of a guild's panels, and their going and coming back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import discord
from discord.ui import ActionRow, Button, DynamicItem, Select

from bot.domain.audit import Change, Door
from bot.ui.actor import actor_from
from bot.ui.errors import guard
from bot.ui.i18n import private_words
from bot.ui.menus import Menu
from bot.ui.panel_replies import begin, show
from bot.ui.panel_ticks import ChoiceButton
from bot.ui.render.panels import LINES, host_of, panel_list
from bot.ui.render.text import label, plain

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from discord.ui import Item

    from bot.domain.panels import StoredPanel
    from bot.ui.client import Client
    from bot.ui.i18n import Words

_MENU = 25


async def show_list(interaction: discord.Interaction[Client], *, door: Door, page: int = 0) -> None:
    """Show all panels of the guild, with a menu of those that can be brought back."""
    await begin(interaction)
    setup, t = interaction.client.services.panel_setup, private_words(interaction)
    lines, removed = await setup.lines(actor_from(interaction), door=door)
    last = max(0, -(-len(lines) // LINES) - 1)
    page = min(max(page, 0), last)
    turns = ActionRow[Any]()
    if last:
        turns.add_item(TurnPanels(page - 1, text="◀", enabled=page > 0))
        turns.add_item(TurnPanels(page + 1, text="▶", enabled=page < last))
    back = ActionRow[Any](BringBack.of(removed, t)) if removed else None
    await show(interaction, panel_list(lines, page, setup.forms, t), turns, back)


async def ask_to_remove(interaction: discord.Interaction[Client], text: str) -> None:
    """Ask for a second tap; says what will be of the panel."""
    await begin(interaction)
    panel = await interaction.client.services.panel_setup.look(
        actor_from(interaction), text, Change.PANEL_REMOVED, door=Door.COMMAND
    )
    t = private_words(interaction)
    question = t.gettext(
        "Remove **{panel}**? Nobody here sees or reaches its servers then. For 30 days it can be "
        "brought back, with its key and all rights; then it is deleted."
    ).format(panel=plain(panel.name))
    button = PanelFate("remove", panel.panel_id, text=t.gettext("Remove it"))
    await show(interaction, question, ActionRow(button))


class PanelFate(
    DynamicItem[Button[Any]], template=r"d1z:(?P<verb>remove|restore):(?P<panel>[a-z0-9-]{1,32})"
):
    """Removes a panel, or brings it back."""

    def __init__(self, verb: str, panel_id: str, *, text: str = "") -> None:
        self.verb = verb
        self.panel_id = panel_id
        is_end = verb == "remove"
        style = discord.ButtonStyle.danger if is_end else discord.ButtonStyle.secondary
        super().__init__(Button(label=text, style=style, custom_id=f"d1z:{verb}:{panel_id}"))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its custom_id."""
        return cls(match["verb"], match["panel"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the button says."""
        await guard(interaction, self._press(interaction))

    async def _press(self, interaction: discord.Interaction[Client]) -> None:
        if self.verb == "restore":
            await _restore(interaction, self.panel_id, door=Door.BUTTON)
            return
        await begin(interaction)
        panel = await interaction.client.services.panel_setup.remove(
            actor_from(interaction), self.panel_id, door=Door.BUTTON
        )
        t = private_words(interaction)
        done = t.gettext(
            "**{panel}** is removed. For 30 days it can be brought back, here or in `/panel list`."
        ).format(panel=plain(panel.name))
        button = PanelFate("restore", panel.panel_id, text=t.gettext("Bring it back"))
        await show(interaction, done, ActionRow(button))


class BringBack(Menu[Select[Any]], template=r"d1w:back"):
    """A menu of removed panels; the one that is picked comes back."""

    @classmethod
    def of(cls, removed: Sequence[StoredPanel], t: Words) -> Self:
        """Return the menu of these panels."""
        options = [
            discord.SelectOption(
                label=label(panel.name, 100),
                value=panel.panel_id,
                description=label(host_of(panel.base_url), 100),
            )
            # The last removed first, should there be more than a menu holds.
            for panel in sorted(removed, key=_removed_at, reverse=True)[:_MENU]
        ]
        placeholder = t.gettext("Bring a removed panel back …")
        return cls(Select(custom_id="d1w:back", placeholder=placeholder, options=options))

    async def picked(self, interaction: discord.Interaction[Client], values: Sequence[str]) -> None:
        """Bring it back."""
        await _restore(interaction, values[0], door=Door.MENU)


class TurnPanels(DynamicItem[Button[Any]], template=r"d1o:(?P<page>-?\d{1,4})"):
    """Goes to another page of the list."""

    def __init__(self, page: int, *, text: str = "", enabled: bool = True) -> None:
        self.page = page
        super().__init__(Button(label=text, custom_id=f"d1o:{page}", disabled=not enabled))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its custom_id."""
        return cls(int(match["page"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Turn the page."""
        await guard(interaction, show_list(interaction, door=Door.BUTTON, page=self.page))


async def _restore(interaction: discord.Interaction[Client], panel_id: str, *, door: Door) -> None:
    await begin(interaction)
    panel = await interaction.client.services.panel_setup.restore(
        actor_from(interaction), panel_id, door=door
    )
    t = private_words(interaction)
    done = t.gettext("**{panel}** is back, with its rights as they were.")
    choose = ChoiceButton("turn", panel.panel_id, 0, text=t.gettext("Choose servers"))
    await show(interaction, done.format(panel=plain(panel.name)), ActionRow(choose))


def _removed_at(panel: StoredPanel) -> float:
    return panel.removed_at.timestamp() if panel.removed_at else 0.0
