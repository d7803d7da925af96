"""Shows a watched server as one private message that is edited, with a button that ends it."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

import discord
from discord.ui import ActionRow, Button, DynamicItem, LayoutView

from bot.domain.audit import Door
from bot.ui.actor import actor_from
from bot.ui.errors import LOST, answering, guard
from bot.ui.i18n import private_words
from bot.ui.render.watch import watch_box

if TYPE_CHECKING:
    import re

    from discord.ui import Item

    from bot.domain.sights import Sight
    from bot.ui.client import Client
    from bot.ui.i18n import Words

log = logging.getLogger(__name__)

_LONGEST = timedelta(minutes=14, seconds=30)
"""A private answer can be edited for 15 minutes, and its end is to be told, too."""


async def watch(interaction: discord.Interaction[Client], text: str, *, length: timedelta) -> None:
    """Watch a server in private; returns when that has ended."""
    with answering():
        await interaction.response.defer(ephemeral=True, thinking=True)
    await interaction.client.services.live.watch(
        actor_from(interaction),
        text,
        length=min(length, _LONGEST),
        door=Door.COMMAND,
        screen=DiscordScreen(interaction),
    )


class DiscordScreen:
    """The private answer to the interaction; it cannot be edited for longer than its token."""

    def __init__(self, interaction: discord.Interaction[Client]) -> None:
        self._interaction = interaction
        self._words = private_words(interaction)

    async def show(self, sight: Sight) -> bool:
        """Edit the message; False where it is gone."""
        try:
            await self._interaction.edit_original_response(view=watch_view(sight, self._words))
        except discord.NotFound:
            return False
        except LOST as error:
            log.warning("what somebody watches could not be shown: %s", error)
        return True


def watch_view(sight: Sight, t: Words) -> LayoutView:
    """Return one look, with the button as long as it goes on."""
    view = LayoutView(timeout=None)
    box = watch_box(sight, t)
    if sight.ending is None:
        box.add_item(ActionRow(StopWatch(sight.watch_id, text=t.gettext("Stop watching"))))
    view.add_item(box)
    return view


class StopWatch(DynamicItem[Button[Any]], template=r"d1l:(?P<watch>[0-9a-f]+)"):
    """Ends the watch."""

    def __init__(self, watch_id: str, *, text: str = "") -> None:
        self.watch_id = watch_id
        super().__init__(Button(label=text, custom_id=f"d1l:{watch_id}"))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its custom_id."""
        return cls(match["watch"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """End it; one that was forgotten at a restart of the bot is over already."""
        await guard(interaction, self._stop(interaction))

    async def _stop(self, interaction: discord.Interaction[Client]) -> None:
        actor = actor_from(interaction)
        if interaction.client.services.live.stop(actor, self.watch_id):
            with answering():
                await interaction.response.defer()
            return
        over = private_words(interaction).gettext("This is over already: I was restarted since.")
        view = LayoutView(timeout=None)
        view.add_item(discord.ui.TextDisplay(over))
        await interaction.response.edit_message(view=view)
