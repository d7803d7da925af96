"""Shows boards in channels, finds and deletes their messages there. Decides nothing."""

from __future__ import annotations

import hashlib
import json
import logging
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal

import discord
from discord.components import Container as ContainerComponent

from bot.domain.boards import Drawing
from bot.domain.guild_ports import Posting
from bot.domain.news import Pause
from bot.ui.board_items import board_view, unsaid_view
from bot.ui.errors import LOST
from bot.ui.i18n import words
from bot.ui.permissions import missing_in
from bot.ui.render import board as render

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.domain.boards import BoardMessage, Page
    from bot.ui.client import Client
    from bot.ui.i18n import Words
    from bot.ui.notifier import DiscordNotifier

log = logging.getLogger(__name__)

_FIRST_MARK = 1 << 30
"""Added to our id of a message, the id of a component can be none that Discord or news give."""
_READING = discord.Permissions(view_channel=True, read_message_history=True)
_CLOCKS_DIFFER = timedelta(minutes=10)
_FAR_ENOUGH = 1000
_UNKNOWN_CHANNEL, _ARCHIVED = 10003, 50083


class DiscordBoards:
    """The way into channels that boards are in (`BoardDesk`)."""

    def __init__(self, client: Client, notifier: DiscordNotifier) -> None:
        self._client = client
        self._notifier = notifier

    def draw(self, page: Page, message: BoardMessage) -> Drawing:
        """Make of a page what its message is to show."""
        view = board_view(page, self._words(message.guild_id), mark=_mark(message))
        look = json.dumps([item.to_component_dict() for item in view.children], sort_keys=True)
        return Drawing(hashlib.sha256(look.encode()).hexdigest(), view)

    async def post(
        self, drawing: Drawing, message: BoardMessage, *, maybe_there: bool
    ) -> int | Pause | Literal[Posting.LATER]:
        """Show it in a new message, or return the one that an earlier try has left."""
        try:
            found = await self._look_for(message) if maybe_there else None
            if found is not None:
                return found
            channel = self._client.get_partial_messageable(message.channel_id)
            post = partial(channel.send, nonce=f"board-{message.id}")
            return (await self._show_somehow(post, drawing, message)).id
        except LOST as error:
            refused = _refused(error, message)
            return Pause.CHANNEL_GONE if refused is Posting.LOST else refused

    async def edit(self, drawing: Drawing, message: BoardMessage) -> Posting | Pause:
        """Show it in its message; LOST where that is gone."""
        edit = partial(self._there(message).edit, allowed_mentions=discord.AllowedMentions.none())
        try:
            await self._show_somehow(edit, drawing, message)
        except LOST as error:
            # Until the page is another one Discord would only refuse it again.
            return Posting.DONE if _is_of_the_page(error) else _refused(error, message)
        return Posting.DONE

    async def find(self, message: BoardMessage) -> Posting | Pause:
        """Return whether a message is still there, as far as that may be looked up."""
        guild = self._client.get_guild(message.guild_id)
        channel = guild.get_channel(message.channel_id) if guild else None
        if channel is None or missing_in(channel, _READING):
            return Posting.DONE
        try:
            await self._there(message).fetch()
        except LOST as error:
            return _refused(error, message)
        return Posting.DONE

    async def delete(self, message: BoardMessage) -> Posting:
        """Take a message away; LOST where nothing can be done about it any more."""
        await self._client.wait_until_ready()
        if self._client.get_guild(message.guild_id) is None:
            return Posting.LOST
        try:
            message_id = message.message_id or await self._look_for(message)
            if message_id is not None:
                channel = self._client.get_partial_messageable(message.channel_id)
                await channel.get_partial_message(message_id).delete()
        except LOST as error:
            refused = _refused(error, message)
            return refused if refused is Posting.LATER else Posting.LOST
        return Posting.DONE

    async def standing(self, guild_id: int, channel_id: int) -> Pause | Posting:
        """Return why nothing can be shown there, or DONE if it can, or LATER if nobody knows."""
        return await self._notifier.standing(guild_id, channel_id)

    async def tell_admins(self, guild_id: int, channel_id: int, pause: Pause) -> Posting:
        """Say in another channel why boards are not kept up in this one; LOST where none is."""
        text = render.lost(channel_id, pause, self._words(guild_id))
        return await self._notifier.warn(guild_id, channel_id, text, nonce=f"bl-{channel_id}")

    async def _show_somehow(
        self,
        show: Callable[..., Awaitable[discord.Message]],
        drawing: Drawing,
        message: BoardMessage,
    ) -> discord.Message:
        """Show it, without a word from panels if a moderation of the guild wants none of them."""
        try:
            return await show(view=drawing.look)
        except discord.HTTPException as error:
            if not _is_of_the_page(error):
                raise
            log.error("Discord refuses a board in channel %d: %s", message.channel_id, error)  # noqa: TRY400 - no bug of ours
            return await show(view=unsaid_view(self._words(message.guild_id), mark=_mark(message)))

    async def _look_for(self, message: BoardMessage) -> int | None:
        """Return the message that an earlier try has left in its channel."""
        since = discord.utils.time_snowflake(message.asked_at - _CLOCKS_DIFFER)
        channel = self._client.get_partial_messageable(message.channel_id)
        mark = _mark(message)
        async for found in channel.history(
            limit=_FAR_ENOUGH, after=discord.Object(since), oldest_first=True
        ):
            boxes = (part for part in found.components if isinstance(part, ContainerComponent))
            if found.author == self._client.user and any(box.id == mark for box in boxes):
                return found.id
        return None

    def _there(self, message: BoardMessage) -> discord.PartialMessage:
        channel = self._client.get_partial_messageable(message.channel_id)
        return channel.get_partial_message(message.message_id or 0)

    def _words(self, guild_id: int) -> Words:
        guild = self._client.get_guild(guild_id)
        chosen = self._client.services.settings.of(guild_id).language
        return words(chosen or str(guild.preferred_locale if guild else "en-US"))


def _mark(message: BoardMessage) -> int:
    return _FIRST_MARK + message.id


def _is_of_the_page(error: Exception) -> bool:
    """Whether Discord takes other things there."""
    if not isinstance(error, discord.HTTPException):
        return False
    return error.status == HTTPStatus.BAD_REQUEST and error.code != _ARCHIVED


def _refused(
    error: Exception, message: BoardMessage
) -> Pause | Literal[Posting.LATER, Posting.LOST]:
    """Return what a refusal of Discord means; LOST is that the message is gone."""
    if isinstance(error, discord.Forbidden):
        return Pause.NOT_ALLOWED
    if isinstance(error, discord.NotFound):
        return Pause.CHANNEL_GONE if error.code == _UNKNOWN_CHANNEL else Posting.LOST
    log.warning("could not show a board in channel %d: %s", message.channel_id, error)
    return Posting.LATER
