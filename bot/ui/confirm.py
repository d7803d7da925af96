"""Asks for a second tap before a kill: by the asker, within a minute. Keeps nothing in memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

import discord
from discord.ui import Button, DynamicItem, View

from bot.domain.audit import Door
from bot.domain.servers import PowerAction
from bot.ui import doors
from bot.ui.actor import actor_from
from bot.ui.errors import guard, tell
from bot.ui.i18n import private_words
from bot.ui.render.text import label, plain

if TYPE_CHECKING:
    import re

    from discord.ui import Item

    from bot.ui.client import Client

_WITHIN = timedelta(seconds=60)


async def ask_to_kill(
    interaction: discord.Interaction[Client], text: str, *, door: Door, reason: str | None = None
) -> None:
    """Ask the asker, in private, to confirm; a kill can lose what was not saved."""
    actor = actor_from(interaction)
    server = await interaction.client.services.power.check(actor, text, PowerAction.KILL, door=door)
    words = private_words(interaction)
    question = words.gettext(
        "Kill **{server}**? It ends at once, without saving. Confirm within a minute."
    )
    until = int((interaction.created_at + _WITHIN).timestamp())
    view = View(timeout=None)
    view.add_item(ConfirmKill(actor.user_id, until, server.ref.key, text=words.gettext("Kill it")))
    if reason and reason.strip():
        view.add_item(Reason(reason))
    await interaction.response.send_message(
        question.format(server=plain(server.name)), view=view, ephemeral=True
    )


class ConfirmKill(
    DynamicItem[Button[Any]],
    template=r"d1k:(?P<user>[0-9a-f]+):(?P<until>[0-9a-f]+):(?P<key>.+)",
):
    """The second tap."""

    def __init__(self, user_id: int, until: int, key: str, *, text: str = "") -> None:
        self.user_id = user_id
        self.until = until
        self.key = key
        custom_id = f"d1k:{user_id:x}:{until:x}:{key}"
        super().__init__(Button(label=text, style=discord.ButtonStyle.danger, custom_id=custom_id))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its custom_id."""
        return cls(int(match["user"], 16), int(match["until"], 16), match["key"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Kill, if it is still the asker's fresh wish."""
        await guard(interaction, self._confirmed(interaction))

    async def _confirmed(self, interaction: discord.Interaction[Client]) -> None:
        words = private_words(interaction)
        if interaction.user.id != self.user_id:
            await tell(interaction, words.gettext("Only the one who asked can confirm this."))
            return
        if interaction.created_at > datetime.fromtimestamp(self.until, UTC):
            late = words.gettext("That was more than a minute ago. Nothing was done; ask again.")
            await interaction.response.edit_message(content=late, view=None)
            return
        confirmed = words.gettext("Confirmed.")
        await interaction.response.edit_message(content=confirmed, view=None)
        await doors.power(
            interaction,
            self.key,
            PowerAction.KILL,
            door=Door.BUTTON,
            reason=Reason.on_message(interaction.message),
        )


class Reason(DynamicItem[Button[Any]], template=r"d1r:(?P<text>.+)"):
    """Shows the reason given for what is to be confirmed, and keeps it in its custom_id."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(Button(label=label(text), custom_id=f"d1r:{text}", disabled=True))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its custom_id."""
        return cls(match["text"])

    @classmethod
    def on_message(cls, message: discord.Message | None) -> str | None:
        """Return the reason that a message keeps."""
        rows = message.components if message else []
        buttons = [
            item for row in rows if isinstance(row, discord.ActionRow) for item in row.children
        ]
        custom_ids = [getattr(button, "custom_id", None) or "" for button in buttons]
        found = [cls.__discord_ui_compiled_template__.fullmatch(text) for text in custom_ids]
        return next((match["text"] for match in found if match), None)
