"""A message is closed though its subscription has left the channel while it was posted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.fakes import NOON, FakeClock
from tests.fakes_news import CHANNEL, MemoryNews, make_subscription
from tests.fakes_notifier import PaperNotifier
from tests.services.test_announcer import incident, store, telling

if TYPE_CHECKING:
    from bot.domain.news import Announcement, Subscription

OVER = incident(3, is_over=True)


class LatePaper(PaperNotifier):
    """While it takes the first message, its subscription leaves and the incident ends."""

    def __init__(self, news: MemoryNews, leaving: Subscription, how: str) -> None:
        super().__init__()
        self._news, self._leaving, self._how = news, leaving, how

    async def post(self, announcement: Announcement, *, maybe_there: bool) -> int:
        if not self.shown:
            if self._how == "removed":
                await self._news.remove(self._leaving, at=NOON)
            else:
                await self._news.change(replace(self._leaving, channel_id=CHANNEL + 1))
            await self._news.commit(tracks={}, incidents={}, news=[(OVER, [])])
        return await super().post(announcement, maybe_there=maybe_there)


@pytest.mark.parametrize("how", ["removed", "moved"])
async def test_what_ended_while_it_was_posted_is_closed_at_once(how: str) -> None:
    news = MemoryNews()
    leaving = await news.add(make_subscription())
    await store(news, incident())
    paper = LatePaper(news, leaving, how)
    async with telling(news, paper, FakeClock()):
        await paper.until(lambda: paper.edits == 1)
    [message] = paper.shown.values()
    assert (message.channel_id, message.events) == (CHANNEL, (OVER,))
