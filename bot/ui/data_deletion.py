"""Asks before all that is stored of a guild is deleted: by a second tap of the asker, in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

import discord
from discord.ui import Button, DynamicItem, View

from bot.domain.audit import Door
from bot.ui.actor import actor_from
from bot.ui.errors import answering, guard, tell
from bot.ui.i18n import private_words

if TYPE_CHECKING:
    import re

    from discord.ui import Item

    from bot.ui.client import Client

_WITHIN = timedelta(seconds=60)


async def ask_to_delete(interaction: discord.Interaction[Client]) -> None:
    """Ask the asker, in private, to confirm."""
    actor = actor_from(interaction)
    await interaction.client.services.deletion.check(actor, door=Door.COMMAND)
    t = private_words(interaction)
    question = t.gettext(
        "Delete **everything** that I keep about this Discord server? All rights, settings and "
        "panels that were added here, with their keys, and what everybody did will be gone for "
        "good. Nothing on the panels themselves changes. Confirm within a minute."
    )
    until = int((interaction.created_at + _WITHIN).timestamp())
    view = View(timeout=None)
    view.add_item(DeleteData(actor.user_id, until, text=t.gettext("Delete everything")))
    await interaction.response.send_message(question, view=view, ephemeral=True)


class DeleteData(
    DynamicItem[Button[Any]], template=r"d1j:(?P<user>[0-9a-f]{1,16}):(?P<until>[0-9a-f]{1,10})"
):
    """The second tap."""

    def __init__(self, user_id: int, until: int, *, text: str = "") -> None:
        self.user_id = user_id
        self.until = until
        custom_id = f"d1j:{user_id:x}:{until:x}"
        super().__init__(Button(label=text, style=discord.ButtonStyle.danger, custom_id=custom_id))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its custom_id."""
        return cls(int(match["user"], 16), int(match["until"], 16))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Delete, if it is still the asker's fresh wish."""
        await guard(interaction, self._confirmed(interaction))

    async def _confirmed(self, interaction: discord.Interaction[Client]) -> None:
        t, actor = private_words(interaction), actor_from(interaction)
        if actor.user_id != self.user_id:
            await tell(interaction, t.gettext("Only the one who asked can confirm this."))
            return
        if interaction.created_at > datetime.fromtimestamp(self.until, UTC):
            late = t.gettext("That was more than a minute ago. Nothing was done; ask again.")
            await interaction.response.edit_message(content=late, view=None)
            return
        with answering():
            await interaction.response.defer()
        await interaction.client.services.deletion.delete(actor, door=Door.BUTTON)
        done = t.gettext(
            "Everything is deleted. I only wrote down that you did it, and when. "
            "I stay here; `/setup` begins anew."
        )
        await interaction.edit_original_response(content=done, view=None)
