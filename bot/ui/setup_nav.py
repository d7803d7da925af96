"""The way through `/setup`: one row of buttons, which stays whatever the message shows."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any, Self

import discord
from discord.ui import ActionRow, Button, Container, DynamicItem, LayoutView, TextDisplay

from bot.ui.errors import guard

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator

    from discord.ui import Item

    from bot.ui.client import Client
    from bot.ui.i18n import Words


class Step(IntEnum):
    """What is set up, in this order."""

    PANEL = 1
    SERVERS = 2
    ROLE = 3
    CHANNEL = 4
    NEWS = 5
    END = 6


class GoTo(DynamicItem[Button[Any]], template=r"d1i:(?P<step>[1-6])"):
    """Goes to a step; all that a step shows is what there is at that moment."""

    def __init__(self, step: Step, *, text: str = "") -> None:
        self.step = step
        super().__init__(Button(label=text, custom_id=f"d1i:{step.value}"))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its custom_id."""
        return cls(Step(int(match["step"])))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Go there."""
        await guard(interaction, self._go(interaction))

    async def _go(self, interaction: discord.Interaction[Client]) -> None:
        # The steps lead to answers that keep this row, and so to this file.
        from bot.ui.setup import go_to  # noqa: PLC0415

        await go_to(interaction, self.step)


def way(step: Step, t: Words) -> ActionRow[Any]:
    """Return the buttons of a step."""
    back, on, again = t.gettext("Back"), t.gettext("Go on"), t.gettext("Begin again")
    row: ActionRow[Any] = ActionRow()
    if step > Step.PANEL:
        row.add_item(GoTo(Step(step - 1), text=f"◀ {back}"))
    if step < Step.END:
        row.add_item(GoTo(Step(step + 1), text=f"{on} ▶"))
    else:
        row.add_item(GoTo(Step.PANEL, text=again))
    return row


def way_on(message: discord.Message | None) -> ActionRow[Any] | None:
    """Return the same buttons again that a message has, if it is one of `/setup`."""
    template = GoTo.__discord_ui_compiled_template__
    row: ActionRow[Any] = ActionRow()
    for button in _buttons(message.components if message else ()):
        if found := template.fullmatch(button.custom_id or ""):
            row.add_item(GoTo(Step(int(found["step"])), text=button.label or ""))
    return row if row.children else None


def frame(text: str, menu: Item[Any] | None, step: Step, t: Words) -> LayoutView:
    """Return a step: what is to be read, a menu, and the way on."""
    box: Container[Any] = Container(TextDisplay[Any](text))
    if menu is not None:
        box.add_item(ActionRow(menu))
    box.add_item(way(step, t))
    view = LayoutView(timeout=None)
    view.add_item(box)
    return view


def _buttons(components: Iterable[discord.Component]) -> Iterator[discord.Button]:
    for component in components:
        if isinstance(component, discord.Button):
            yield component
        yield from _buttons(getattr(component, "children", ()))
