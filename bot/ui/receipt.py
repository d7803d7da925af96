"""Shows an order's receipt as one Discord message that is edited. Judges nothing."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import discord

from bot.ui.errors import LOST, answering
from bot.ui.i18n import public_words
from bot.ui.render.receipt import receipt

if TYPE_CHECKING:
    from bot.domain.receipts import Progress
    from bot.ui.client import Client

log = logging.getLogger(__name__)

_TOKEN_LIFE = timedelta(minutes=14)
"""Discord's interaction tokens end after 15 minutes."""


class _Message(Protocol):
    id: int

    async def edit(self, *, content: str) -> object: ...


class DiscordReceipt:
    """The public line of one order: the answer to the interaction that gave it."""

    def __init__(self, interaction: discord.Interaction[Client]) -> None:
        self._interaction = interaction
        self._words = public_words(interaction)
        self._message: _Message | None = None

    @property
    def link(self) -> str | None:
        """Where the line can be read, once it was shown."""
        if self._message is None:
            return None
        # A followup's own `jump_url` knows no guild.
        asked = self._interaction
        return (
            f"https://discord.com/channels/{asked.guild_id}/{asked.channel_id}/{self._message.id}"
        )

    async def show(self, progress: Progress) -> None:
        """Post the line, later edit it; a lost message never stops the order itself."""
        text = receipt(progress, self._words)
        if self._message is None:
            self._message = await self._post(text)
            return
        try:
            await self._editable(self._message).edit(content=text)
        except LOST as error:
            log.warning("a receipt could not be edited: %s", error)

    async def _post(self, text: str) -> _Message:
        response = self._interaction.response
        if response.is_done():
            return await self._interaction.followup.send(text, wait=True)
        with answering():
            answer = await response.send_message(text)
            if isinstance(answer.resource, discord.InteractionMessage):
                return answer.resource
        return await self._interaction.original_response()

    def _editable(self, message: _Message) -> _Message | discord.PartialMessage:
        """After the token's life the line goes on as an ordinary message of the bot."""
        age = discord.utils.utcnow() - self._interaction.created_at
        if age < _TOKEN_LIFE or self._interaction.channel_id is None:
            return message
        channel = self._interaction.client.get_partial_messageable(self._interaction.channel_id)
        return channel.get_partial_message(message.id)
