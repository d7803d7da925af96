"""However much was held up before it could be sent, Discord is not asked for more at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.fakes import FakeClock
from tests.fakes_news import CHANNEL, MemoryNews, make_subscription
from tests.fakes_notifier import PaperNotifier
from tests.services.test_announcer import happened, store, telling

if TYPE_CHECKING:
    from collections.abc import Collection

_MANY, _A_SECOND = 60, 40


class SlowNews(MemoryNews):
    """A database that answers all at once, after a while."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.is_open = asyncio.Event()

    async def put_together(self, delivery_ids: Collection[int]) -> None:
        self.asked += 1
        if self.asked == _MANY:
            self.is_open.set()
        await self.is_open.wait()
        await super().put_together(delivery_ids)


async def test_what_a_slow_database_has_held_up_is_sent_within_the_limit() -> None:
    news, paper, clock = SlowNews(), PaperNotifier(), FakeClock()
    for number in range(_MANY):
        await news.add(make_subscription(channel_id=CHANNEL + number))
    await store(news, happened(1))
    async with asyncio.timeout(10), telling(news, paper, clock):
        await paper.wait_posts(_A_SECOND)
        await clock.wait_asleep(1)
        assert len(paper.shown) == _A_SECOND
        await clock.tick()
        await paper.wait_posts(_MANY)
