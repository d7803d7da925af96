"""Pauses what is meant for channels that cannot be written to, until they can. Writes nothing."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Protocol

from bot.domain.channels import ChannelLost, NotTaken
from bot.domain.news import Pause
from bot.services.crew import Bell
from bot.services.notices import Notices
from bot.services.workers import Workers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence

    from bot.domain.boards import Board
    from bot.domain.channels import Channels
    from bot.domain.news import Subscription
    from bot.domain.ports import Clock

log = logging.getLogger(__name__)

_PATROL_SECONDS = 300.0
"""Until a channel is looked at again of which Discord tells nothing: that somebody may speak again
after a while, or was put back into a private thread."""


class Book(Protocol):
    """The subscriptions or the boards in memory."""

    def of_guild(self, guild_id: int) -> Sequence[Subscription | Board]:
        """Return those of a guild."""
        ...

    async def pause(self, ids: Collection[int], pause: Pause | None, /, *, channel_id: int) -> None:
        """Set or end the pause of some, here and in the store, if they are still in that channel.

        An incident may be told for all of those that go on, so they do at once.
        """
        ...


class ChannelPauses:
    """Tells admins once why nothing comes into a channel, and notices when something may again."""

    def __init__(
        self,
        what: str,
        book: Book,
        clock: Clock,
        *,
        wake: Callable[[Iterable[int]], None],
        first_pause: float = 2.0,
    ) -> None:
        """`what` is meant for channels, for the log; `wake` is called with those that are back."""
        self._what = what
        self._book = book
        self._clock = clock
        self._wake = wake
        self._looking: Workers[tuple[int, int]] = Workers(
            f"looking in guild %d whether {what} can be shown in channel %d",
            clock,
            first_pause=first_pause,
        )
        self._looks: Counter[int] = Counter()
        """How often each guild was to be looked at."""
        self._asking = asyncio.Lock()
        self._notices = Notices(what)
        self._closed: set[int] = set()
        """Channels that were known, when looked at last, not to be written to."""
        self._lost: set[tuple[int, int]] = set()
        """Where to look again by and by."""
        self._has_lost = Bell()

    def look_again(self, guild_id: int) -> None:
        """See whether the channels of a guild can be written to: that may have changed.

        Where Discord has refused all words, these are tried again by and by.
        """
        channel_ids = {each.channel_id for each in self._book.of_guild(guild_id)}
        if channel_ids:
            self._looks[guild_id] += 1
            self._looking.wake((guild_id, channel_id) for channel_id in sorted(channel_ids))

    async def run(self, channels: Channels) -> None:
        """Look until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._patrol(), name=f"patrol of {self._what}")
            group.create_task(self._looking.run(partial(self._look, channels)), name="looks")

    def wrote(self, channel_id: int) -> None:
        """Take note that something was written there: nothing is in the way any more."""
        self._notices.forget(channel_id)

    @asynccontextmanager
    async def pausing(
        self, guild_id: int, channel_id: int, channels: Channels
    ) -> AsyncIterator[None]:
        """Pause all of a channel that turns out to be lost in the block, and go on after it.

        Raises `NotTaken` where the admins could not be told yet.
        """
        looks = self._looks[guild_id]
        try:
            yield
        except ChannelLost as lost:
            if not await self._lose(guild_id, channel_id, lost.pause, channels, looks):
                # Only in memory or only in the store; in a moment it is the same in both.
                raise NotTaken(f"paused already: {lost}") from lost

    async def _patrol(self) -> None:
        while True:
            await self._has_lost.heard()
            await self._clock.sleep(_PATROL_SECONDS)
            places, self._lost = self._lost, set()
            self._looking.wake(sorted(places))

    async def _look(self, channels: Channels, place: tuple[int, int]) -> None:
        guild_id, channel_id = place
        if not self._here(guild_id, channel_id):
            return
        looks = self._looks[guild_id]
        try:
            # One after the other: Discord may have to be asked.
            async with self._asking:
                await channels.check(guild_id, channel_id)
        except ChannelLost as lost:
            self._closed.add(channel_id)
            await self._lose(guild_id, channel_id, lost.pause, channels, looks)
        else:
            await self._resume(guild_id, channel_id)

    async def _resume(self, guild_id: int, channel_id: int) -> None:
        waiting = [
            each for each in self._here(guild_id, channel_id) if isinstance(each.pause, Pause)
        ]
        if (guild_id, channel_id) in self._lost:
            # The patrol has yet to come: rights do not change what Discord thinks of words.
            waiting = [each for each in waiting if each.pause is not Pause.REFUSED]
        for each in waiting:
            # Discord may refuse it once more, although nothing seems to be in the way.
            self._notices.told(channel_id, str(each.pause))
        if waiting:
            await self._set(waiting, None, channel_id=channel_id)
            self._wake([channel_id])
        if channel_id in self._closed:
            self._closed.remove(channel_id)
            self._notices.forget(channel_id)
            log.info("%s can be shown in channel %d again", self._what, channel_id)

    async def _lose(
        self, guild_id: int, channel_id: int, pause: Pause, channels: Channels, looks: int
    ) -> bool:
        """Pause what is not; returns whether there was any, and all of it waits now.

        `looks` is how often the guild was to be looked at before the reason was found.
        """
        some = [each for each in self._here(guild_id, channel_id) if each.pause is not pause]
        if not some:
            self._look_later((guild_id, channel_id))
            return False
        tell = partial(channels.tell_admins, guild_id, channel_id, pause)
        if await self._notices.tell(channel_id, pause, tell):
            log.warning(
                "%s cannot be shown in channel %d of guild %d (%s); it goes on as soon as it can",
                self._what,
                channel_id,
                guild_id,
                pause,
            )
        await self._set(some, pause, channel_id=channel_id)
        # Now that there is a pause to end.
        self._look_later((guild_id, channel_id))
        if self._looks[guild_id] != looks:
            # The right may be back already: whoever looked meanwhile saw no pause to end.
            self._looking.wake([(guild_id, channel_id)])
        # Of what the store knows another place for, the pause was not taken.
        return all(each.pause is pause for each in self._here(guild_id, channel_id))

    def _look_later(self, place: tuple[int, int]) -> None:
        self._lost.add(place)
        self._has_lost.ring()

    def _here(self, guild_id: int, channel_id: int) -> list[Subscription | Board]:
        return [each for each in self._book.of_guild(guild_id) if each.channel_id == channel_id]

    async def _set(
        self, some: Iterable[Subscription | Board], pause: Pause | None, *, channel_id: int
    ) -> None:
        ids = [each.id for each in some if each.id is not None]
        await self._book.pause(ids, pause, channel_id=channel_id)
