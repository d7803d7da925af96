"""Tells each channel its news, in order, once, whatever happens meanwhile. Knows no Discord."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from bot.domain.batches import announcement, messages_of, next_message
from bot.domain.errors import StorageUnavailable
from bot.domain.guild_ports import Posting
from bot.domain.news import AMONG_OTHERS, Pause
from bot.services.background import outliving

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.domain.news import Delivery, Subscription
    from bot.domain.news_ports import DeliveryQueue, Notifier, SubscriptionBook
    from bot.domain.ports import Clock
    from bot.services.rate import Rate

log = logging.getLogger(__name__)

_AT_ONCE = 1000
_LONGEST_PAUSE = 60.0


class Announcer:
    """One worker for each channel that has deliveries, as long as it has some.

    Which deliveries make up a message is stored before it goes out, and that it has arrived after
    that. After a crash between the two, or an answer that was lost, it is looked for in the
    channel, and sent again with the same nonce only if it is not there. Edits may be repeated.
    """

    def __init__(
        self,
        *,
        queue: DeliveryQueue,
        book: SubscriptionBook,
        clock: Clock,
        rate: Rate,
        first_pause: float = 2.0,
    ) -> None:
        """`first_pause` is that after a first failure, in seconds; each further one is longer."""
        self.sent = 0
        """Messages and edits since the start."""
        self.failed = 0
        """Tries that Discord did not take since then."""
        self._queue = queue
        self._book = book
        self._clock = clock
        self._rate = rate
        self._first_pause = first_pause
        self._served: dict[int, bool] = {}
        """The channels that have a worker, and whether there is more than it has seen."""
        self._new: asyncio.Queue[int] = asyncio.Queue()
        self._doubtful: asyncio.Queue[int] = asyncio.Queue()
        self._looks: Counter[int] = Counter()
        """How often each guild was to be looked at."""

    def wake(self, channel_ids: Iterable[int]) -> None:
        """Tell these channels what is stored for them."""
        for channel_id in channel_ids:
            if channel_id not in self._served:
                self._new.put_nowait(channel_id)
            self._served[channel_id] = True

    def look_again(self, guild_id: int) -> None:
        """See whether the channels of a guild can be written to: that may have changed."""
        if self._book.of_guild(guild_id):
            self._looks[guild_id] += 1
            self._doubtful.put_nowait(guild_id)

    async def run(self, notifier: Notifier) -> None:
        """Tell until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._begin(), name="news left over")
            group.create_task(self._look(notifier), name="channels of news")
            while True:
                channel_id = await self._new.get()
                serving = self._serve(channel_id, notifier)
                group.create_task(serving, name=f"news in {channel_id}")

    async def _begin(self) -> None:
        """Take up what an earlier run of the bot has left."""
        pause = self._first_pause
        while True:
            try:
                self.wake(await self._queue.channels())
            except StorageUnavailable as error:
                log.warning("the news that are still to be told cannot be read: %s", error)
            else:
                return
            await self._clock.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _serve(self, channel_id: int, notifier: Notifier) -> None:
        pause = self._first_pause
        while self._served[channel_id]:
            await self._rate.turn()
            self._served[channel_id] = False
            posting = Posting.LATER
            with outliving("telling channel %d", channel_id):
                posting = await self._catch_up(channel_id, notifier)
            if posting is Posting.LATER:
                self.failed += 1
                self._served[channel_id] = True
                await self._clock.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            elif posting is Posting.DONE:
                self.sent += 1
                pause = self._first_pause
        del self._served[channel_id]

    async def _catch_up(self, channel_id: int, notifier: Notifier) -> Posting:
        """Send one message; LOST is that nothing can be told, or nothing is left."""
        try:
            head = await self._queue.head(channel_id, _AT_ONCE)
            if not head:
                return Posting.LOST
            batch = next_message(head)
            posting = await self._tell(batch, notifier)
        except StorageUnavailable as error:
            log.warning("the news of channel %d wait for the database: %s", channel_id, error)
            return Posting.LATER
        if posting is Posting.DONE and not len(batch) == len(head) < _AT_ONCE:
            self._served[channel_id] = True
        return posting

    async def _tell(self, batch: Sequence[Delivery], notifier: Notifier) -> Posting:
        ids = [delivery.id for delivery in batch]
        channel_id, known = batch[0].channel_id, batch[0].message_id or AMONG_OTHERS
        message = announcement(batch, subscription_of=self._book.get)
        was_tried = batch[0].batch_id is not None
        looks = self._looks[message.guild_id]
        if known != AMONG_OTHERS and not was_tried:
            edited = await notifier.edit(message, known)
            if isinstance(edited, Pause):
                return await self._pause(message.guild_id, channel_id, edited, notifier, looks)
            if edited is Posting.DONE:
                await self._queue.delivered(ids, channel_id=channel_id, messages={})
            if edited is not Posting.LOST:
                return edited
            # Somebody has deleted the message: the incident gets another.
        if not was_tried:
            await self._queue.put_together(ids)
        posted = await notifier.post(message, maybe_there=was_tried)
        if isinstance(posted, Pause):
            return await self._pause(message.guild_id, channel_id, posted, notifier, looks)
        if isinstance(posted, Posting):
            return posted
        messages = messages_of(batch, posted)
        await self._queue.delivered(ids, channel_id=channel_id, messages=messages)
        return Posting.DONE

    async def _look(self, notifier: Notifier) -> None:
        while True:
            guild_id = await self._doubtful.get()
            with outliving("looking at the channels of guild %d", guild_id):
                try:
                    await self._look_at(guild_id, notifier)
                except StorageUnavailable as error:
                    log.warning("the channels of guild %d wait: %s", guild_id, error)
                    self._doubtful.put_nowait(guild_id)
                    await self._clock.sleep(self._first_pause)

    async def _look_at(self, guild_id: int, notifier: Notifier) -> None:
        subscriptions = sorted(self._book.of_guild(guild_id), key=_channel_of)
        for channel_id, group in groupby(subscriptions, key=_channel_of):
            here = list(group)
            looks = self._looks[guild_id]
            standing = await notifier.standing(guild_id, channel_id)
            if isinstance(standing, Pause):
                await self._pause(guild_id, channel_id, standing, notifier, looks)
            elif standing is Posting.DONE:
                await self._resume(channel_id, [each for each in here if each.pause])

    async def _resume(self, channel_id: int, paused: Sequence[Subscription]) -> None:
        for subscription in paused:
            if subscription.id is not None:
                await self._book.pause(subscription.id, None, channel_id=channel_id)
        if paused:
            log.info("news can be told in channel %d again", channel_id)
            self.wake([channel_id])

    async def _pause(
        self, guild_id: int, channel_id: int, pause: Pause, notifier: Notifier, looks: int
    ) -> Posting:
        """Tell the admins, and nothing more in this channel until it can be written to again.

        `looks` is how often the guild was to be looked at before the reason was found.
        """
        open_ones = [
            each.id
            for each in self._book.of_guild(guild_id)
            if each.channel_id == channel_id and each.pause is not pause and each.id is not None
        ]
        if not open_ones:
            return Posting.LATER
        if await notifier.tell_admins(guild_id, channel_id, pause) is Posting.LATER:
            return Posting.LATER
        for subscription_id in open_ones:
            await self._book.pause(subscription_id, pause, channel_id=channel_id)
        if self._looks[guild_id] != looks:
            # The right may be back already: whoever looked meanwhile saw no pause to end.
            self._doubtful.put_nowait(guild_id)
        log.warning(
            "news cannot be told in channel %d of guild %d (%s); nothing is lost, and it goes on "
            "as soon as it can",
            channel_id,
            guild_id,
            pause,
        )
        return Posting.LOST


def _channel_of(subscription: Subscription) -> int:
    return subscription.channel_id
