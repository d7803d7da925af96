"""Posts news into channels, threads and forums, and finds them there. Decides nothing."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal, TypeVar

import discord
from discord.components import TextDisplay as TextComponent
from discord.ui import LayoutView, TextDisplay

from bot.domain.guild_ports import Posting
from bot.domain.news import Pause
from bot.ui.errors import LOST
from bot.ui.i18n import words
from bot.ui.permissions import WRITING, WRITING_IN_THREADS, missing_in
from bot.ui.render import news as render

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from bot.domain.news import Announcement
    from bot.ui.client import Client
    from bot.ui.i18n import Words

log = logging.getLogger(__name__)

Value = TypeVar("Value")

_Place = (
    discord.TextChannel
    | discord.VoiceChannel
    | discord.StageChannel
    | discord.Thread
    | discord.ForumChannel
)
_FIRST_MARK = 1 << 24
"""Added to the id of a batch, the id of a text's component cannot be one that Discord gives."""
_CLOCKS_DIFFER = timedelta(minutes=10)
_FAR_ENOUGH, _POSTS_ENOUGH = 1000, 25
_UNKNOWN_CHANNEL, _ARCHIVED, _TOO_MANY_THREADS = 10003, 50083, 160006
_NOT_OF_THE_TEXT = (_ARCHIVED, _TOO_MANY_THREADS)


class DiscordNotifier:
    """The way into channels (`Notifier`)."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def post(
        self, announcement: Announcement, *, maybe_there: bool
    ) -> int | Pause | Literal[Posting.LATER]:
        """Tell it in one message, in the language of the guild."""
        place = await self._place(announcement.guild_id, announcement.channel_id)
        if isinstance(place, Pause | Posting):
            return place
        try:
            found = await self._find(place, announcement) if maybe_there else None
            send = partial(self._send, place, announcement)
            return await self._say(announcement, send) if found is None else found
        except LOST as error:
            return _refused(error, place.id)

    async def edit(self, announcement: Announcement, message_id: int) -> Posting | Pause:
        """Show the newest word of an incident in its message."""
        place = await self._place(announcement.guild_id, announcement.channel_id)
        if isinstance(place, Pause | Posting):
            return place
        # The post of a forum and its first message have the same id.
        is_forum = isinstance(place, discord.ForumChannel)
        channel = self._client.get_partial_messageable(message_id if is_forum else place.id)
        message = channel.get_partial_message(message_id)

        async def change(text: str, _title: str) -> None:
            view, silent = _view(announcement, text), discord.AllowedMentions.none()
            try:
                await message.edit(view=view, allowed_mentions=silent)
            except discord.HTTPException as error:
                if error.code != _ARCHIVED:
                    raise
                await self._reopen(channel.id)
                await message.edit(view=view, allowed_mentions=silent)

        try:
            await self._say(announcement, change)
        except discord.NotFound as error:
            gone = error.code == _UNKNOWN_CHANNEL and not is_forum
            return Pause.CHANNEL_GONE if gone else Posting.LOST
        except LOST as error:
            if not _is_of_the_text(error):
                return _refused(error, place.id)
            # The message stays as it is: what comes after it is not to wait for ever.
            log.error("Discord refuses any edit of a message in channel %d: %s", place.id, error)  # noqa: TRY400 - no bug of ours
        return Posting.DONE

    async def standing(self, guild_id: int, channel_id: int) -> Pause | Posting:
        """Return why nothing can be told there, or DONE, or LATER if nobody knows now."""
        place = await self._place(guild_id, channel_id)
        return place if isinstance(place, Pause | Posting) else Posting.DONE

    async def tell_admins(self, guild_id: int, channel_id: int, pause: Pause) -> Posting:
        """Say in another channel why nothing is told in this one; LOST where there is none."""
        text = render.lost(channel_id, pause, self._words(guild_id))
        return await self.warn(guild_id, channel_id, text, nonce=f"lost-{channel_id}")

    async def warn(self, guild_id: int, channel_id: int, text: str, *, nonce: str) -> Posting:
        """Say something about a channel in another one; LOST where there is none."""
        guild = self._client.get_guild(guild_id)
        place = next(self._others(guild, channel_id), None) if guild else None
        if place is None or guild is None:
            return Posting.LOST
        view = LayoutView(timeout=None)
        view.add_item(TextDisplay(text))
        try:
            await place.send(view=view, nonce=nonce)
        except (discord.Forbidden, discord.NotFound):
            return Posting.LOST
        except LOST as error:
            log.warning("could not tell the admins in channel %d: %s", place.id, error)
            return Posting.LATER
        return Posting.DONE

    async def _place(
        self, guild_id: int, channel_id: int
    ) -> _Place | Pause | Literal[Posting.LATER]:
        """Return a channel that can be written to, as far as is known without trying."""
        await self._client.wait_until_ready()
        guild = self._client.get_guild(guild_id)
        if guild is None:
            return Pause.NOT_ALLOWED
        if guild.unavailable:
            return Posting.LATER
        # Threads that are archived are not told of.
        known = guild.get_channel_or_thread(channel_id)
        channel = known or await self._look_up(guild, channel_id)
        # Asked of what is known: refusals of Discord are counted against the bot.
        if isinstance(channel, Pause | Posting):
            return channel
        return channel if isinstance(channel, _Place) and _is_open(channel) else Pause.NOT_ALLOWED

    async def _look_up(
        self, guild: discord.Guild, channel_id: int
    ) -> discord.abc.GuildChannel | discord.Thread | Pause | Literal[Posting.LATER]:
        try:
            return await guild.fetch_channel(channel_id)
        except LOST as error:
            return _refused(error, channel_id)

    async def _say(
        self, announcement: Announcement, say: Callable[[str, str], Awaitable[Value]]
    ) -> Value:
        """Say its text and title, without a word from panels if Discord takes none of them.

        That may be the moderation of a guild.
        """
        guild_id, channel_id = announcement.guild_id, announcement.channel_id
        language, panels = self._words(guild_id), self._panels(guild_id)
        try:
            text = render.news(announcement, language, panels)
            return await say(text, render.title(announcement, language, panels))
        except discord.HTTPException as error:
            if not _is_of_the_text(error):
                raise
            log.error("Discord refuses the words of news in channel %d: %s", channel_id, error)  # noqa: TRY400 - no bug of ours
            return await say(render.unsaid(announcement, language), "📰")

    async def _send(self, place: _Place, announcement: Announcement, text: str, title: str) -> int:
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
            applied_tags=place.available_tags[:1] if place.flags.require_tag else (),
        )
        return post.thread.id

    async def _find(self, place: _Place, announcement: Announcement) -> int | None:
        """Return the message that an earlier try has left there."""
        mark = announcement.batch_id + _FIRST_MARK
        since = announcement.events[-1].at - _CLOCKS_DIFFER
        async for message in self._written(place, discord.utils.time_snowflake(since)):
            parts = (part for part in message.components if isinstance(part, TextComponent))
            if message.author == self._client.user and any(part.id == mark for part in parts):
                return message.id
        return None

    async def _written(self, place: _Place, after: int) -> AsyncIterator[discord.Message]:
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

    async def _reopen(self, thread_id: int) -> None:
        thread = await self._client.fetch_channel(thread_id)
        if isinstance(thread, discord.Thread):
            await thread.edit(archived=False)

    def _words(self, guild_id: int) -> Words:
        guild = self._client.get_guild(guild_id)
        chosen = self._client.services.settings.of(guild_id).language
        return words(chosen or str(guild.preferred_locale if guild else "en-US"))

    def _panels(self, guild_id: int) -> dict[str, str]:
        entries = self._client.services.panels.of_guild(guild_id)
        return {entry.panel_id: entry.name for entry in entries}

    def _others(self, guild: discord.Guild, channel_id: int) -> Iterator[discord.TextChannel]:
        """Yield where admins will read, the best first."""
        audit = guild.get_channel(self._client.services.settings.of(guild.id).audit_channel_id or 0)
        likely = (audit, guild.public_updates_channel, guild.system_channel)
        for channel in (*likely, *guild.text_channels):
            is_other = isinstance(channel, discord.TextChannel) and channel.id != channel_id
            if isinstance(channel, discord.TextChannel) and is_other and _is_open(channel):
                yield channel


def _view(announcement: Announcement, text: str) -> LayoutView:
    view = LayoutView(timeout=None)
    view.add_item(TextDisplay(text, id=announcement.batch_id + _FIRST_MARK))
    return view


def _is_open(channel: discord.abc.GuildChannel | discord.Thread) -> bool:
    """Whether the bot may write there."""
    if not isinstance(channel, discord.Thread):
        return not missing_in(channel, WRITING)
    if channel.parent is None or missing_in(channel, WRITING_IN_THREADS):
        return False
    return not channel.locked or channel.permissions_for(channel.guild.me).manage_threads


def _is_of_the_text(error: Exception) -> bool:
    """Whether it is what was to be said that Discord does not take."""
    if not isinstance(error, discord.HTTPException):
        return False
    return error.status == HTTPStatus.BAD_REQUEST and error.code not in _NOT_OF_THE_TEXT


def _refused(error: Exception, channel_id: int) -> Pause | Literal[Posting.LATER]:
    if isinstance(error, discord.Forbidden):
        return Pause.NOT_ALLOWED
    if isinstance(error, discord.NotFound) and error.code == _UNKNOWN_CHANNEL:
        return Pause.CHANNEL_GONE
    log.warning("could not tell news in channel %d: %s", channel_id, error)
    return Posting.LATER
