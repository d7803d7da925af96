"""Incidents of many servers at once are few messages, and call few times."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.events import EventKind
from bot.services.announcer import Announcer
from bot.services.rate import Rate
from tests.fakes import NOON, FakeClock
from tests.fakes_news import CHANNEL, MemoryNews, make_event, make_subscription
from tests.fakes_notifier import MemoryBook, PaperNotifier

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.domain.events import Event

MANY = 100


@pytest.fixture
async def news() -> MemoryNews:
    news = MemoryNews()
    await news.add(make_subscription(mention_role_id=77))
    return news


@asynccontextmanager
async def telling(news: MemoryNews, paper: PaperNotifier) -> AsyncIterator[Announcer]:
    """Let a bot tell for a while."""
    announcer = Announcer(
        queue=news, book=MemoryBook(news), clock=FakeClock(), rate=Rate(FakeClock())
    )
    await announcer.load()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(announcer.run(paper))
        yield announcer
        task.cancel()


async def store(news: MemoryNews, *events: Event) -> None:
    told = [(event, list(news.subscriptions.values())) for event in events]
    await news.commit(tracks={}, incidents={}, news=told)


def flapping(number: int, *, minutes: int = 0, is_over: bool = False) -> Event:
    at = NOON + timedelta(minutes=minutes)
    name, incident = f"server-{number}", f"flapping-{number}"
    event = make_event(EventKind.FLAPPING, name, name=name, at=at, incident=incident)
    return replace(event, is_over=is_over)


def all_told(paper: PaperNotifier) -> list[Event]:
    return [event for message in paper.shown.values() for event in message.events]


async def test_many_at_once_are_one_message_that_calls_once(
    news: MemoryNews, paper: PaperNotifier
) -> None:
    events = [flapping(number) for number in range(MANY)]
    await store(news, *events)
    async with telling(news, paper) as announcer:
        await paper.wait_posts(1)
        later = [flapping(number, minutes=1) for number in range(MANY)]
        await store(news, *later)
        announcer.wake([CHANNEL])
        await paper.wait_posts(2)
    assert all_told(paper) == events + later
    assert paper.pinged == [(77,), ()]
    assert not paper.edits


async def test_a_few_have_a_message_each_that_is_edited(
    news: MemoryNews, paper: PaperNotifier
) -> None:
    await store(news, *(flapping(number) for number in range(3)))
    async with telling(news, paper) as announcer:
        await paper.wait_posts(3)
        calm = [flapping(number, minutes=20, is_over=True) for number in range(3)]
        await store(news, *calm)
        announcer.wake([CHANNEL])
        await paper.until(lambda: paper.edits == 3)
    assert all_told(paper) == calm
    assert paper.pinged == [(77,)] * 3


async def test_one_of_many_gets_a_message_of_its_own_with_its_next_word(
    news: MemoryNews, paper: PaperNotifier
) -> None:
    await store(news, *(flapping(number) for number in range(MANY)))
    async with telling(news, paper) as announcer:
        await paper.wait_posts(1)
        await store(news, flapping(7, minutes=1))
        announcer.wake([CHANNEL])
        await paper.wait_posts(2)
        await store(news, flapping(7, minutes=2))
        announcer.wake([CHANNEL])
        await paper.until(lambda: paper.edits == 1)
    assert all_told(paper)[MANY:] == [flapping(7, minutes=2)]
    assert paper.pinged == [(77,), ()]


async def test_nobody_is_called_for_what_is_over_already(
    news: MemoryNews, paper: PaperNotifier
) -> None:
    events = [flapping(number) for number in range(MANY)]
    calm = [flapping(number, minutes=20, is_over=True) for number in range(MANY)]
    await store(news, *events, *calm)
    async with telling(news, paper):
        await paper.wait_posts(1)
    assert (all_told(paper), paper.pinged) == (calm, [()])


async def test_of_a_panel_that_fails_there_is_a_message_apart(
    news: MemoryNews, paper: PaperNotifier
) -> None:
    outage = make_event(EventKind.UNREACHABLE, None, incident="outage")
    other = make_event(EventKind.UNREACHABLE, None, panel_id="other", incident="other")
    await store(news, outage, *(flapping(number) for number in range(MANY)), other)
    async with telling(news, paper):
        await paper.wait_posts(3)
    assert [len(message.events) for message in paper.shown.values()] == [1, MANY, 1]


async def test_a_crash_with_many_on_their_way_repeats_nothing(
    news: MemoryNews, paper: PaperNotifier
) -> None:
    events = [flapping(number) for number in range(MANY)]
    await store(news, *events)
    crashed = asyncio.Event()
    paper.crash = crashed.set
    async with telling(news, paper):
        await crashed.wait()
    paper.crash = None
    later = [flapping(number, minutes=1) for number in range(MANY)]
    await store(news, *later)
    async with telling(news, paper):
        await paper.wait_posts(2)
    assert all_told(paper) == events + later
    assert paper.pinged == [(77,), ()]
