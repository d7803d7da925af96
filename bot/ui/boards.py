"""Shows boards in channels, finds and deletes their messages there. Decides nothing."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import discord
from discord.components import Container as ContainerComponent

from bot.domain.board_ports import BoardRefused
from bot.domain.boards import Drawing
from bot.domain.channels import ChannelLost, MessageGone, WordsRefused
from bot.domain.news import Pause
from bot.ui.board_items import board_view, unsaid_view
from bot.ui.channels import in_other_words, refusals
from bot.ui.permissions import missing_in
from bot.ui.render import lost

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.domain.boards import BoardMessage, Page
    from bot.ui.channels import DiscordChannels
    from bot.ui.client import Client

_FIRST_MARK = 1 << 30
"""Added to our id of a message, the id of a component can be none that Discord or news give."""
_READING = discord.Permissions(view_channel=True, read_message_history=True)
_CLOCKS_DIFFER = timedelta(minutes=10)
_FAR_ENOUGH = 1000


class DiscordBoards:
    """The way into channels that boards are in (`BoardDesk`)."""

    def __init__(self, client: Client, channels: DiscordChannels) -> None:
        self._client = client
        self._channels = channels

    async def check(self, guild_id: int, channel_id: int) -> None:
        """Raise `ChannelLost` where nothing can be shown, `NotTaken` if nobody knows now."""
        await self._channels.place(guild_id, channel_id)

    async def tell_admins(self, guild_id: int, channel_id: int, pause: Pause, nonce: str) -> None:
        """Say in another channel why boards are not kept up in this one."""
        text = lost.board(channel_id, pause, self._channels.words(guild_id))
        await self._channels.warn(guild_id, channel_id, text, nonce=nonce)

    async def tell_refused(self, guild_id: int, channel_id: int, nonce: str) -> None:
        """Say in another channel that Discord takes no board in this one."""
        text = lost.board(channel_id, Pause.REFUSED, self._channels.words(guild_id))
        await self._channels.warn(guild_id, channel_id, text, nonce=nonce)

    def draw(self, page: Page, message: BoardMessage) -> Drawing:
        """Make of a page what its message is to show."""
        view = board_view(page, self._channels.words(message.guild_id), mark=_mark(message))
        look = json.dumps([item.to_component_dict() for item in view.children], sort_keys=True)
        return Drawing(hashlib.sha256(look.encode()).hexdigest(), view)

    async def post(self, drawing: Drawing, message: BoardMessage, *, maybe_there: bool) -> int:
        """Show it in a new message, or return the one that an earlier try has left."""
        channel = self._client.get_partial_messageable(message.channel_id)
        post = partial(channel.send, nonce=f"board-{message.id}")
        try:
            with refusals():
                found = await self._look_for(message) if maybe_there else None
                if found is not None:
                    return found
                return (await self._show_somehow(post, drawing, message)).id
        except WordsRefused as error:
            raise BoardRefused(message.board_id) from error

    async def edit(self, drawing: Drawing, message: BoardMessage) -> None:
        """Show it in its message; raises `MessageGone`."""
        edit = partial(self._there(message).edit, allowed_mentions=discord.AllowedMentions.none())
        # Until the page is another one Discord would only refuse it again.
        with suppress(WordsRefused), refusals():
            await self._show_somehow(edit, drawing, message)

    async def find(self, message: BoardMessage) -> None:
        """Raise `MessageGone` if it is not there any more, as far as that may be looked up."""
        guild = self._client.get_guild(message.guild_id)
        channel = guild.get_channel(message.channel_id) if guild else None
        if channel is not None and not missing_in(channel, _READING):
            with refusals():
                await self._there(message).fetch()

    async def delete(self, message: BoardMessage) -> None:
        """Take a message away, if the bot still may."""
        await self._client.wait_until_ready()
        if self._client.get_guild(message.guild_id) is None:
            return
        with suppress(MessageGone, ChannelLost), refusals():
            message_id = message.message_id or await self._look_for(message)
            if message_id is not None:
                channel = self._client.get_partial_messageable(message.channel_id)
                await channel.get_partial_message(message_id).delete()

    async def _show_somehow(
        self,
        show: Callable[..., Awaitable[discord.Message]],
        drawing: Drawing,
        message: BoardMessage,
    ) -> discord.Message:
        t, mark = self._channels.words(message.guild_id), _mark(message)
        return await in_other_words(
            lambda: show(view=drawing.look),
            lambda: show(view=unsaid_view(t, mark=mark)),
            channel_id=message.channel_id,
        )

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


def _mark(message: BoardMessage) -> int:
    return _FIRST_MARK + message.id
