"""Posts news into channels, threads and forums, and finds them there. Decides nothing."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import discord
from discord.components import TextDisplay as TextComponent
from discord.ui import LayoutView, TextDisplay

from bot.domain.channels import ChannelLost, MessageGone
from bot.domain.news import Pause
from bot.ui.channels import in_other_words, refusals
from bot.ui.news_place import usable_tags
from bot.ui.render import lost
from bot.ui.render import news as render

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from bot.domain.news import Announcement
    from bot.ui.channels import DiscordChannels, Place
    from bot.ui.client import Client

Value = TypeVar("Value")

_FIRST_MARK = 1 << 24
"""Added to the id of a batch, the id of a text's component cannot be one that Discord gives."""
_ARCHIVED = 50083
"""Discord's code where a thread is closed."""
_CLOCKS_DIFFER = timedelta(minutes=10)
_FAR_ENOUGH, _POSTS_ENOUGH = 1000, 25


class DiscordNotifier:
    """The way into channels (`Notifier`)."""

    def __init__(self, client: Client, channels: DiscordChannels) -> None:
        self._client = client
        self._channels = channels

    async def check(self, guild_id: int, channel_id: int) -> None:
        """Raise `ChannelLost` where nothing can be told, `NotTaken` if nobody knows now."""
        await self._channels.place(guild_id, channel_id)

    async def tell_admins(self, guild_id: int, channel_id: int, pause: Pause, nonce: str) -> None:
        """Say in another channel why nothing is told in this one."""
        text = lost.news(channel_id, pause, self._channels.words(guild_id))
        await self._channels.warn(guild_id, channel_id, text, nonce=nonce)

    async def post(self, announcement: Announcement, *, maybe_there: bool) -> int:
        """Tell it in one message, in the language of the guild."""
        place = await self._channels.place(announcement.guild_id, announcement.channel_id)
        with refusals():
            found = await self._find(place, announcement) if maybe_there else None
            if found is not None:
                return found
            return await self._say(partial(self._send, place), announcement)

    async def edit(self, announcement: Announcement, message_id: int) -> None:
        """Show the newest word of an incident in its message; raises `MessageGone`."""
        place = await self._channels.place(announcement.guild_id, announcement.channel_id)
        # The post of a forum and its first message have the same id.
        is_forum = isinstance(place, discord.ForumChannel)
        channel = self._client.get_partial_messageable(message_id if is_forum else place.id)
        change = partial(self._change, channel.get_partial_message(message_id))
        try:
            with refusals():
                await self._say(change, announcement)
        except ChannelLost as error:
            if is_forum and error.pause is Pause.CHANNEL_GONE:
                raise MessageGone from error
            raise

    async def _say(
        self, say: Callable[[Announcement, str, str], Awaitable[Value]], announcement: Announcement
    ) -> Value:
        """Say its text and title, in the language of the guild."""
        guild_id = announcement.guild_id
        t, panels = self._channels.words(guild_id), self._panels(guild_id)
        text, title = render.news(announcement, t, panels), render.title(announcement, t, panels)
        way = partial(say, announcement, text, title)
        return await in_other_words(way, channel_id=announcement.channel_id)

    async def _send(self, place: Place, announcement: Announcement, text: str, title: str) -> int:
        view = _view(announcement, text)
        roles = [discord.Object(role_id) for role_id in announcement.role_ids]
        mentions = discord.AllowedMentions(
            everyone=False, users=False, roles=roles, replied_user=False
        )
        if not isinstance(place, discord.ForumChannel):
            nonce = f"news-{announcement.batch_id}"
            return (await place.send(view=view, nonce=nonce, allowed_mentions=mentions)).id
        post = await place.create_thread(
            name=title,
            view=view,
            allowed_mentions=mentions,
            applied_tags=usable_tags(place)[:1] if place.flags.require_tag else (),
        )
        return post.thread.id

    async def _find(self, place: Place, announcement: Announcement) -> int | None:
        """Return the message that an earlier try has left there."""
        mark = announcement.batch_id + _FIRST_MARK
        since = announcement.events[-1].at - _CLOCKS_DIFFER
        async for message in self._written(place, discord.utils.time_snowflake(since)):
            parts = (part for part in message.components if isinstance(part, TextComponent))
            if message.author == self._client.user and any(part.id == mark for part in parts):
                return message.id
        return None

    async def _written(self, place: Place, after: int) -> AsyncIterator[discord.Message]:
        if not isinstance(place, discord.ForumChannel):
            history = place.history(
                limit=_FAR_ENOUGH, after=discord.Object(after), oldest_first=True
            )
            async for message in history:
                yield message
            return
        own = [each for each in place.threads if each.owner_id == place.guild.me.id]
        newest = sorted((each for each in own if each.id > after), key=lambda each: -each.id)
        for thread in newest[:_POSTS_ENOUGH]:
            try:
                yield await thread.fetch_message(thread.id)
            except discord.NotFound:
                continue

    async def _change(
        self,
        message: discord.PartialMessage,
        announcement: Announcement,
        text: str,
        _title: str,
    ) -> None:
        view, silent = _view(announcement, text), discord.AllowedMentions.none()
        try:
            await message.edit(view=view, allowed_mentions=silent)
        except discord.HTTPException as error:
            if error.code != _ARCHIVED:
                raise
            thread = await self._client.fetch_channel(message.channel.id)
            if isinstance(thread, discord.Thread):
                await _open(thread)
            await message.edit(view=view, allowed_mentions=silent)

    def _panels(self, guild_id: int) -> dict[str, str]:
        entries = self._client.services.panels.of_guild(guild_id)
        return {entry.panel_id: entry.name for entry in entries}


async def _open(thread: discord.Thread) -> None:
    """Take a thread out of the archive; raises `MessageGone` where it is locked."""
    try:
        await thread.edit(archived=False)
    except discord.Forbidden as error:
        raise MessageGone from error


def _view(announcement: Announcement, text: str) -> LayoutView:
    view = LayoutView(timeout=None)
    view.add_item(TextDisplay(text, id=announcement.batch_id + _FIRST_MARK))
    return view
