"""`/server history`: pages of what was done; where a page is, is in the ids of its buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from discord.ui import ActionRow, Button, Container, DynamicItem, LayoutView, TextDisplay

from bot.domain.audit import Door
from bot.services.history import Place
from bot.ui.actor import actor_from
from bot.ui.errors import guard
from bot.ui.i18n import private_words
from bot.ui.render.history import TEXT_LIMIT, told

if TYPE_CHECKING:
    import re

    import discord
    from discord.ui import Item

    from bot.ui.client import Client

_OLDER, _NEWER = "<", ">"


async def show_history(interaction: discord.Interaction[Client], place: Place) -> None:
    """Answer with the newest page that the asker may read."""
    view = await _view(interaction, place, door=Door.COMMAND)
    await interaction.response.send_message(view=view, ephemeral=True)


class TurnHistory(
    DynamicItem[Button[Any]],
    template=r"d1h(?P<side>[<>])(?P<id>[0-9a-f]{1,8}):(?P<user>[0-9a-f]{0,16}):(?P<key>.{0,70})",
):
    """Goes to the entries next to one."""

    def __init__(self, side: str, place: Place, *, text: str = "", enabled: bool = True) -> None:
        self.place = place
        entry_id = (place.before if side == _OLDER else place.after) or 0
        user = "" if place.user_id is None else f"{place.user_id:x}"
        custom_id = f"d1h{side}{entry_id:x}:{user}:{place.server or ''}"
        super().__init__(Button(label=text, custom_id=custom_id, disabled=not enabled))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its custom_id."""
        side, entry_id = match["side"], int(match["id"], 16)
        place = Place(
            server=match["key"] or None,
            user_id=int(match["user"], 16) if match["user"] else None,
            before=entry_id if side == _OLDER else None,
            after=entry_id if side == _NEWER else None,
        )
        return cls(side, place)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Turn the page, seen with the rights of the one who turns it."""
        await guard(interaction, self._turn(interaction))

    async def _turn(self, interaction: discord.Interaction[Client]) -> None:
        view = await _view(interaction, self.place, door=Door.BUTTON)
        await interaction.response.edit_message(view=view)


async def _view(
    interaction: discord.Interaction[Client], place: Place, *, door: Door
) -> LayoutView:
    t = private_words(interaction)
    history, actor = interaction.client.services.history, actor_from(interaction)
    page = await history.page(actor, place, door=door)
    named = await history.rules_behind(actor.guild_id, page.entries)
    title = t.gettext("What was done, newest first")
    box: Container[Any] = Container(TextDisplay(f"### {title}"))
    if page.entries:
        box.add_item(TextDisplay(told(page.entries, named, t, limit=TEXT_LIMIT - len(title))))
    else:
        box.add_item(TextDisplay(t.gettext("There is nothing here that you may read.")))
    if page.newer or page.older:
        newer = Place(server=page.server_key, user_id=place.user_id, after=page.newer)
        older = Place(server=page.server_key, user_id=place.user_id, before=page.older)
        box.add_item(
            ActionRow(
                TurnHistory(_NEWER, newer, text="◀", enabled=page.newer is not None),
                TurnHistory(_OLDER, older, text="▶", enabled=page.older is not None),
            )
        )
    view = LayoutView(timeout=None)
    view.add_item(box)
    return view
