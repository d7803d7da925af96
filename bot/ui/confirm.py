"""Asks for a second tap: by the asker, within a minute. Keeps nothing in memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

import discord
from discord.ui import Button, DynamicItem, View

from bot.domain.audit import Door
from bot.domain.guilds import Confirm
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
_LETTERS = {PowerAction.KILL: "k", PowerAction.STOP: "S", PowerAction.RESTART: "R"}


async def order(
    interaction: discord.Interaction[Client],
    text: str,
    action: PowerAction,
    *,
    door: Door,
    reason: str | None = None,
) -> None:
    """Order a power action, or ask first where it is to be asked for twice."""
    if is_asked_twice(interaction, action):
        await ask(interaction, text, action, door=door, reason=reason)
    else:
        await doors.power(interaction, text, action, door=door, reason=reason)


def is_asked_twice(interaction: discord.Interaction[Client], action: PowerAction) -> bool:
    """Whether the guild wants it to be confirmed; a kill always is."""
    if action is PowerAction.KILL:
        return True
    chosen = interaction.client.services.settings.of(interaction.guild_id or 0).confirm
    return chosen is Confirm.ALWAYS and action in _LETTERS


async def ask(
    interaction: discord.Interaction[Client],
    text: str,
    action: PowerAction,
    *,
    door: Door,
    reason: str | None = None,
) -> None:
    """Ask the asker, in private, to confirm."""
    actor = actor_from(interaction)
    server = await interaction.client.services.power.check(actor, text, action, door=door)
    words = private_words(interaction)
    question, answer = {
        PowerAction.KILL: (
            words.gettext(
                "Kill **{server}**? It ends at once, without saving. Confirm within a minute."
            ),
            words.gettext("Kill it"),
        ),
        PowerAction.STOP: (
            words.gettext("Stop **{server}**? Confirm within a minute."),
            words.gettext("Stop it"),
        ),
        PowerAction.RESTART: (
            words.gettext("Restart **{server}**? Confirm within a minute."),
            words.gettext("Restart it"),
        ),
    }[action]
    until = int((interaction.created_at + _WITHIN).timestamp())
    view = View(timeout=None)
    view.add_item(ConfirmOrder(action, actor.user_id, until, server.ref.key, text=answer))
    if reason and reason.strip():
        view.add_item(Reason(reason))
    await interaction.response.send_message(
        question.format(server=plain(server.name)), view=view, ephemeral=True
    )


class ConfirmOrder(
    DynamicItem[Button[Any]],
    template=r"d1(?P<action>[kSR]):(?P<user>[0-9a-f]+):(?P<until>[0-9a-f]+):(?P<key>.+)",
):
    """The second tap."""

    def __init__(
        self, action: PowerAction, user_id: int, until: int, key: str, *, text: str = ""
    ) -> None:
        self.action = action
        self.user_id = user_id
        self.until = until
        self.key = key
        custom_id = f"d1{_LETTERS[action]}:{user_id:x}:{until:x}:{key}"
        super().__init__(Button(label=text, style=discord.ButtonStyle.danger, custom_id=custom_id))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its custom_id."""
        action = next(action for action, letter in _LETTERS.items() if letter == match["action"])
        return cls(action, int(match["user"], 16), int(match["until"], 16), match["key"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do it, if it is still the asker's fresh wish."""
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
        # He may have lost the right meanwhile; then nothing is confirmed.
        services, actor = interaction.client.services, actor_from(interaction)
        await services.power.check(actor, self.key, self.action, door=Door.BUTTON)
        confirmed = words.gettext("Confirmed.")
        await interaction.response.edit_message(content=confirmed, view=None)
        await doors.power(
            interaction,
            self.key,
            self.action,
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
