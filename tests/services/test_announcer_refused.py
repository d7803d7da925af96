"""News that Discord takes in no words hold up no others; where it takes none they wait."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.domain.news import Pause
from tests.fakes import FakeClock
from tests.fakes_news import CHANNEL, GUILD, MemoryNews, make_subscription
from tests.fakes_notifier import PaperNotifier
from tests.services.test_announcer import all_told, happened, incident, store, telling
from tests.services.test_channel_pauses import pauses_of, until

if TYPE_CHECKING:
    from bot.domain.events import Event


@pytest.fixture
async def news() -> MemoryNews:
    news = MemoryNews()
    await news.add(make_subscription())
    return news


@pytest.fixture
def paper() -> PaperNotifier:
    return PaperNotifier()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def parted(paper: PaperNotifier) -> list[list[Event]]:
    """Return the events of each message, in the order of the messages."""
    return [list(message.events) for message in paper.shown.values()]


@pytest.mark.parametrize("guilty", range(5))
async def test_of_many_only_the_one_that_is_refused_is_told_apart(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock, guilty: int
) -> None:
    events = [happened(number) for number in range(5)]
    paper.refused.add(events[guilty].name)
    await store(news, *events)
    async with telling(news, paper, clock) as announcer:
        await until(lambda: not news.deliveries)
        assert announcer.sent == len(paper.shown)
        assert announcer.failed == paper.tries - len(paper.shown)
    assert all_told(paper) == events
    assert [events[guilty]] in parted(paper)
    assert len(paper.shown) < len(events)
    assert paper.warned == []


async def test_of_a_crowd_with_one_that_is_refused_few_messages_are_made(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock
) -> None:
    events = [happened(number) for number in range(500)]
    paper.refused.add(events[321].name)
    await store(news, *events)
    async with telling(news, paper, clock):
        await until(lambda: not news.deliveries)
    assert all_told(paper) == events
    assert len(paper.shown) <= 10
    assert paper.tries <= 20


async def test_one_event_of_several_subscriptions_stays_one_line(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock
) -> None:
    await news.add(make_subscription(mention_role_id=77))
    events = [happened(1), happened(2)]
    paper.refused.add(events[0].name)
    await store(news, *events)
    async with telling(news, paper, clock):
        await until(lambda: not news.deliveries)
    assert parted(paper) == [[each] for each in events]


async def test_where_nothing_is_taken_news_wait_and_admins_are_told_once(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock
) -> None:
    paper.takes_nothing = True
    await store(news, happened(1), happened(2))
    async with telling(news, paper, clock) as announcer:
        await until(lambda: pauses_of(news) == [Pause.REFUSED])
        tries = paper.tries
        assert announcer.failed == 2
        announcer.look_again(GUILD)
        await until(lambda: paper.tries > tries and pauses_of(news) == [Pause.REFUSED])
        assert announcer.failed == 3
        paper.takes_nothing = False
        announcer.look_again(GUILD)
        await until(lambda: not news.deliveries)
    assert all_told(paper) == [happened(1), happened(2)]
    assert paper.warned == [(CHANNEL, Pause.REFUSED)]
    assert pauses_of(news) == [None]


async def test_an_edit_that_is_refused_becomes_another_message(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock
) -> None:
    async with telling(news, paper, clock) as announcer:
        await store(news, incident(0))
        announcer.wake([CHANNEL])
        await paper.wait_posts(1)
        paper.takes_no_edit = True
        await store(news, incident(1), happened(2))
        announcer.wake([CHANNEL])
        await until(lambda: not news.deliveries)
        paper.takes_no_edit = False
        await store(news, incident(3))
        announcer.wake([CHANNEL])
        await until(lambda: not news.deliveries)
    assert parted(paper) == [[incident(0)], [incident(3)], [happened(2)]]


async def test_a_bot_that_is_killed_between_two_parts_tells_each_once(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock
) -> None:
    events = [happened(number) for number in range(4)]
    paper.refused.add(events[3].name)
    await store(news, *events)
    crashed = asyncio.Event()
    paper.crash = crashed.set
    async with telling(news, paper, clock):
        await crashed.wait()
    paper.crash = None
    async with telling(news, paper, clock):
        await until(lambda: not news.deliveries)
    assert all_told(paper) == events
