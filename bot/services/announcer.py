"""Tells each channel its news, in order, once, whatever happens meanwhile. Knows no Discord."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from bot.domain.batches import announcement, messages_of, next_message
from bot.domain.channels import MessageGone
from bot.domain.news import AMONG_OTHERS
from bot.services.channel_pauses import ChannelPauses
from bot.services.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.domain.news import Delivery
    from bot.domain.news_ports import DeliveryQueue, Notifier, SubscriptionBook
    from bot.domain.ports import Clock
    from bot.services.rate import Rate

_AT_ONCE = 1000


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
        return self._workers.failed

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
        await self._rate.turn()
        head = await self._queue.head(channel_id, _AT_ONCE)
        if not head:
            return None
        batch = next_message(head)
        async with self._pauses.pausing(batch[0].guild_id, channel_id, notifier):
            await self._tell(batch, notifier)
            self.sent += 1
            self._pauses.wrote(channel_id)
        return None if len(batch) == len(head) < _AT_ONCE else 0.0

    async def _tell(self, batch: Sequence[Delivery], notifier: Notifier) -> None:
        ids = [delivery.id for delivery in batch]
        channel_id, known = batch[0].channel_id, batch[0].message_id or AMONG_OTHERS
        message = announcement(batch, subscription_of=self._book.get)
        was_tried = batch[0].batch_id is not None
        if known != AMONG_OTHERS and not was_tried:
            try:
                await notifier.edit(message, known)
            except MessageGone:
                # The incident gets another.
                pass
            else:
                await self._queue.delivered(ids, channel_id=channel_id, messages={})
                return
        if not was_tried:
            await self._queue.put_together(ids)
        posted = await notifier.post(message, maybe_there=was_tried)
        messages = messages_of(batch, posted)
        await self._queue.delivered(ids, channel_id=channel_id, messages=messages)
