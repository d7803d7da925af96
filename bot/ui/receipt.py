"""Shows an order's receipt as one Discord message that is edited. Judges nothing."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from enum import Enum, auto
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

import discord

from bot.domain.receipt_ports import Place
from bot.ui.errors import LOST, answering
from bot.ui.i18n import private_words, public_locale, words
from bot.ui.permissions import missing_of
from bot.ui.render.receipt import receipt, unseen

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.receipt_ports import KeptOrder
    from bot.domain.receipts import Progress
    from bot.ui.client import Client

log = logging.getLogger(__name__)

_TOKEN_LIFE = timedelta(minutes=14)
"""Discord's interaction tokens end after 15 minutes."""
_HOPE = timedelta(minutes=10)
"""So long a line is tried that the bot may not reach: what was taken by mistake is given back."""
_SEEING = discord.Permissions(view_channel=True)
_NEAR = 100
"""Among so many messages after an interaction is its answer."""


class _Posting(Enum):
    """What became of showing a line."""

    DONE = auto()
    LATER = auto()
    """Discord did not take it now; it may have arrived all the same."""
    LOST = auto()
    """It is gone, or the bot may not reach it."""


class _Message(Protocol):
    id: int

    async def edit(self, *, content: str) -> object: ...


class DiscordReceipt:
    """The public line of one order: the answer to the interaction that gave it."""

    def __init__(self, interaction: discord.Interaction[Client]) -> None:
        self._interaction = interaction
        self._locale = public_locale(interaction)
        self._message: _Message | None = None
        self._hope = _Hope()
        self._is_gone = False
        self._is_warned = False

    @property
    def link(self) -> str | None:
        """Where the line can be read, once it was shown."""
        return _link(self._interaction.guild_id, self.place)

    @property
    def place(self) -> Place:
        """Where the line is, or will be."""
        asked = self._interaction
        message_id = self._message.id if self._message else None
        return Place(asked.channel_id or 0, message_id, asked.id, self._locale)

    async def show(self, progress: Progress) -> bool:
        """Post the line, later edit it; a lost message never stops the order itself."""
        text = receipt(progress, words(self._locale))
        if self._message is None:
            self._message = await self._post(text)
            return True
        if self._is_gone:
            return True
        line = self._editable(self._message)
        # While the token lives no right in the channel is asked for.
        posting = await _edited(line, text, None if line is self._message else self._hope)
        self._is_gone = posting is _Posting.LOST
        if not progress.phase.is_final:
            await self._warn(progress)
        return posting is not _Posting.LATER

    async def _warn(self, progress: Progress) -> None:
        """Tell the asker once where the line cannot be found again after a restart."""
        if self._is_warned or not missing_of(self._interaction.app_permissions, _SEEING):
            return
        self._is_warned = True
        text = unseen(progress, private_words(self._interaction))
        try:
            await self._interaction.followup.send(text, ephemeral=True)
        except LOST as error:
            log.warning("could not tell the asker of a receipt what may become of it: %s", error)

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


class KeptReceipt:
    """The line of an order that an earlier process was given; an ordinary message by now."""

    def __init__(self, client: Client, guild_id: int, place: Place) -> None:
        self._channel = client.get_partial_messageable(place.channel_id, guild_id=guild_id)
        self._guild_id = guild_id
        self._hope = _Hope()
        self._is_gone = False
        self.place = place

    @property
    def link(self) -> str | None:
        """Where the line can be read."""
        return _link(self._guild_id, self.place)

    async def show(self, progress: Progress) -> bool:
        """Edit the line; one that was deleted stays so."""
        if self._is_gone:
            return True
        posting = await self._find() if self.place.message_id is None else _Posting.DONE
        if self.place.message_id is not None:
            message = self._channel.get_partial_message(self.place.message_id)
            text = receipt(progress, words(self.place.locale))
            posting = await _edited(message, text, self._hope)
        self._is_gone = posting is _Posting.LOST
        return posting is not _Posting.LATER

    async def _find(self) -> _Posting:
        """Look for the line, which was perhaps posted just before the earlier process ended."""
        asked = discord.Object(self.place.asked_id)
        try:
            async for message in self._channel.history(limit=_NEAR, after=asked, oldest_first=True):
                cause = message.interaction_metadata
                if cause is not None and cause.id == asked.id:
                    self.place = replace(self.place, message_id=message.id)
                    return _Posting.DONE
        except LOST as error:
            return _trouble(error, self._hope)
        return _Posting.LOST


class DiscordReceipts:
    """Finds the lines of kept orders again (`ReceiptDesk`)."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def take_up(self, order: KeptOrder) -> KeptReceipt:
        """Return the receipt of an order that was kept."""
        return KeptReceipt(self._client, order.entry.guild_id, order.place)


class _Hope:
    """Whether a line that the bot may not reach may be shown yet."""

    def __init__(self) -> None:
        self._until: datetime | None = None

    def refused(self) -> _Posting:
        """Return what becomes of it, of which this is a further refusal."""
        now = discord.utils.utcnow()
        self._until = self._until or now + _HOPE
        return _Posting.LATER if now < self._until else _Posting.LOST

    def taken(self) -> None:
        """Begin anew: the line is shown."""
        self._until = None


async def _edited(
    message: _Message | discord.PartialMessage, text: str, hope: _Hope | None
) -> _Posting:
    try:
        await message.edit(content=text)
    except LOST as error:
        return _trouble(error, hope)
    if hope is not None:
        hope.taken()
    return _Posting.DONE


def _trouble(error: Exception, hope: _Hope | None) -> _Posting:
    """Return whether a line is lost, or may be shown later; one whose words are refused is done."""
    if isinstance(error, discord.Forbidden) and hope is not None:
        log.warning("a receipt may not be shown: %s", error)
        return hope.refused()
    if isinstance(error, discord.NotFound | discord.Forbidden):
        log.info("a receipt is gone: %s", error)
        return _Posting.LOST
    log.warning("a receipt could not be shown: %s", error)
    is_refused = getattr(error, "status", None) == HTTPStatus.BAD_REQUEST
    return _Posting.DONE if is_refused else _Posting.LATER


def _link(guild_id: int | None, place: Place) -> str | None:
    if place.message_id is None:
        return None
    # A followup's own `jump_url` knows no guild.
    return f"https://discord.com/channels/{guild_id}/{place.channel_id}/{place.message_id}"
