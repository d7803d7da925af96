"""Tells each channel its news, in order, once, whatever happens meanwhile. Knows no Discord."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bot.domain.batches import announcement, messages_of, tried_as
from bot.domain.channels import ChannelLost, MessageGone, WordsRefused
from bot.domain.news import AMONG_OTHERS, Pause
from bot.domain.refusals import Refusals
from bot.services.channel_pauses import ChannelPauses
from bot.services.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.domain.news import Announcement, Delivery
    from bot.domain.news_ports import DeliveryQueue, Notifier, SubscriptionBook
    from bot.domain.ports import Clock
    from bot.services.rate import Rate

_AT_ONCE = 1000


class Announcer:
    """One worker for each channel that has deliveries, as long as it has some.

    Which deliveries make up a message is stored before it goes out, and that it has arrived after
    that. After a crash between the two, or an answer that was lost, it is looked for in the
    channel, and sent again with the same nonce only if it is not there. Edits may be repeated.

    A message that Discord refuses is told in parts, so that only the events that it refuses lose
    their names (`bot.domain.refusals`). Where it takes none without names either, no other would
    be taken: the channel is paused.
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
        self._refused = 0
        """Messages whose words Discord did not take."""
        self._refusals: defaultdict[int, Refusals] = defaultdict(Refusals)
        self._queue = queue
        self._book = book
        self._rate = rate
        self._workers: Workers[int] = Workers("telling channel %d", clock, first_pause=first_pause)
        self._pauses = ChannelPauses(
            "news", book, clock, wake=self._workers.wake, first_pause=first_pause
        )

    @property
    def failed(self) -> int:
        """Tries since the start that Discord did not take."""
        return self._workers.failed + self._refused

    async def load(self) -> None:
        """Take up what an earlier run of the bot has left."""
        self.wake(await self._queue.channels())

    def wake(self, channel_ids: Iterable[int]) -> None:
        """Tell these channels what is stored for them."""
        self._workers.wake(channel_ids)

    def look_again(self, guild_id: int) -> None:
        """See whether the channels of a guild can be written to: that may have changed."""
        self._pauses.look_again(guild_id)

    async def run(self, notifier: Notifier) -> None:
        """Tell until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._pauses.run(notifier), name="channels of news")
            group.create_task(self._workers.run(partial(self._catch_up, notifier)), name="news")

    async def _catch_up(self, notifier: Notifier, channel_id: int) -> float | None:
        """Send one message, if there is any; returns 0 if there may be another, None if not."""
        head = await self._queue.head(channel_id, _AT_ONCE)
        if not head:
            return None
        refusals = self._refusals[channel_id]
        batch, is_unsaid = refusals.next_message(head)
        async with self._pauses.pausing(batch[0].guild_id, channel_id, notifier):
            try:
                await self._tell(batch, notifier, is_unsaid=is_unsaid)
            except WordsRefused as refused:
                self._refused += 1
                if is_unsaid:
                    refusals.give_up()
                    raise ChannelLost(Pause.REFUSED) from refused
                if part := refusals.part(batch):
                    await self._queue.put_together([delivery.id for delivery in part])
                return 0.0
            self.sent += 1
            refusals.was_taken()
            self._pauses.wrote(channel_id)
        return None if len(batch) == len(head) < _AT_ONCE else 0.0

    async def _tell(
        self, batch: Sequence[Delivery], notifier: Notifier, *, is_unsaid: bool
    ) -> None:
        channel_id, known = batch[0].channel_id, batch[0].message_id or AMONG_OTHERS
        message = announcement(
            batch,
            subscription_of=self._book.get,
            role_for=self._book.role_for,
            is_unsaid=is_unsaid,
        )
        if known != AMONG_OTHERS and batch[0].batch_id is None:
            is_left = self._is_left(batch)
            try:
                await self._rate.turn()
                await _edit(message, known, notifier)
                is_told = True
            except (MessageGone, WordsRefused):
                # The incident gets another, but where nobody is told any more.
                is_told = is_left
            except ChannelLost:
                if not is_left:
                    raise
                is_told = True
            if is_told:
                await self._queue.delivered(batch, messages={})
                return
        was_tried = tried_as(batch) is not None
        if not was_tried:
            await self._queue.put_together([delivery.id for delivery in batch])
        # Last of all: what comes before takes now more and now less time, and Discord counts.
        await self._rate.turn()
        posted = await notifier.post(message, maybe_there=was_tried)
        if await self._queue.delivered(batch, messages=messages_of(batch, posted)):
            self.wake([channel_id])

    def _is_left(self, batch: Sequence[Delivery]) -> bool:
        """Whether it only closes a message in a channel where nobody hears of it any more."""
        found = [self._book.get(delivery.subscription_id) for delivery in batch]
        is_here = any(each and each.channel_id == batch[0].channel_id for each in found)
        return batch[-1].event.is_over and not is_here


async def _edit(message: Announcement, message_id: int, notifier: Notifier) -> None:
    """Show it in its message, without names where Discord takes none."""
    try:
        await notifier.edit(message, message_id)
    except WordsRefused:
        await notifier.edit(replace(message, is_unsaid=True), message_id)
