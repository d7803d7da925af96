"""News in channels: everything is told once and in order, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.events import EventKind
from bot.domain.news import MOST_LINES, Pause
from bot.services.announcer import Announcer
from bot.services.rate import Rate
from tests.fakes import NOON, FakeClock
from tests.fakes_news import CHANNEL, GUILD, MemoryNews, make_event, make_subscription
from tests.fakes_notifier import MemoryBook, PaperNotifier

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.domain.events import Event
    from bot.domain.news import Subscription
    from tests.fakes_notifier import Answer


@pytest.fixture
def news() -> MemoryNews:
    return MemoryNews()


@pytest.fixture
async def subscription(news: MemoryNews) -> Subscription:
    return await news.add(make_subscription(mention_role_id=77))


@asynccontextmanager
async def telling(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock
) -> AsyncIterator[Announcer]:
    """Let a bot tell for a while."""
    announcer = Announcer(queue=news, book=MemoryBook(news), clock=clock, rate=Rate(clock))
    await announcer.load()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(announcer.run(paper))
        yield announcer
        task.cancel()


def happened(number: int, kind: EventKind = EventKind.STOPPED) -> Event:
    at = NOON + timedelta(seconds=number)
    return make_event(kind, f"server-{number}", name=f"Server {number}", at=at)


def incident(
    number: int = 0, *, kind: EventKind = EventKind.UNREACHABLE, is_over: bool = False
) -> Event:
    at = NOON + timedelta(seconds=number)
    return replace(make_event(kind, None, at=at, incident="i"), is_over=is_over)


async def store(news: MemoryNews, *events: Event) -> None:
    """Store what happened, with a delivery for each subscription."""
    everybody = list(news.subscriptions.values())
    told = [(event, everybody) for event in events]
    await news.commit(tracks={}, incidents={}, news=told)


def all_told(paper: PaperNotifier) -> list[Event]:
    return [event for message in paper.shown.values() for event in message.events]


async def test_what_happens_is_told(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock, subscription: Subscription
) -> None:
    async with telling(news, paper, clock) as announcer:
        for number in range(3):
            await store(news, happened(number))
            announcer.wake([CHANNEL])
            await paper.wait_posts(number + 1)
    assert all_told(paper) == [happened(number) for number in range(3)]
    assert announcer.sent == len(paper.shown) == 3


async def test_what_was_left_over_is_told_in_one_message(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock, subscription: Subscription
) -> None:
    events = [happened(number) for number in range(MOST_LINES + 30)]
    await store(news, *events)
    async with telling(news, paper, clock):
        await paper.until(lambda: bool(paper.shown))
    [message] = paper.shown.values()
    assert list(message.events) == events


async def test_one_event_of_several_subscriptions_is_told_once_in_a_channel(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock, subscription: Subscription
) -> None:
    await news.add(make_subscription(mention_role_id=78))
    await news.add(make_subscription(channel_id=CHANNEL + 1))
    await store(news, happened(1, EventKind.CRASHED))
    async with telling(news, paper, clock):
        await paper.until(lambda: len(paper.shown) == 2)
    assert sorted(paper.pinged) == [(), (77, 78)]
    assert [len(message.events) for message in paper.shown.values()] == [1, 1]


@pytest.mark.parametrize("failure", ["not taken", "lost answer"])
async def test_what_discord_does_not_take_is_tried_again_ever_more_slowly(
    news: MemoryNews,
    paper: PaperNotifier,
    clock: FakeClock,
    subscription: Subscription,
    failure: Answer,
) -> None:
    paper.answers += [failure] * 3
    await store(news, happened(1))
    async with telling(news, paper, clock):
        for number in range(1 if failure == "lost answer" else 3):
            await clock.wait_asleep(1)
            started = clock.monotonic()
            await clock.tick()
            assert clock.monotonic() - started == 2.0 * 2**number
        await paper.until(lambda: bool(paper.shown))
    assert all_told(paper) == [happened(1)]


async def test_after_a_crash_with_a_message_on_its_way_nothing_is_repeated(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock, subscription: Subscription
) -> None:
    await store(news, happened(1), happened(2))
    crashed = asyncio.Event()
    paper.crash = crashed.set
    async with telling(news, paper, clock):
        await crashed.wait()
    paper.crash = None
    await store(news, happened(3))
    async with telling(news, paper, clock):
        await paper.until(lambda: len(all_told(paper)) == 3)
    assert all_told(paper) == [happened(1), happened(2), happened(3)]


async def test_a_subscription_that_ended_during_a_crash_makes_no_message_another_one(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock, subscription: Subscription
) -> None:
    other = await news.add(make_subscription())
    both = [(happened(1), [subscription]), (happened(2), [other])]
    await news.commit(tracks={}, incidents={}, news=both)
    crashed = asyncio.Event()
    paper.crash = crashed.set
    async with telling(news, paper, clock):
        await crashed.wait()
    paper.crash = None
    await news.remove(subscription, at=NOON)
    async with telling(news, paper, clock):
        await paper.until(lambda: not news.deliveries or paper.tries > 0)
    assert all_told(paper) == [happened(1), happened(2)]


async def test_after_a_crash_before_a_message_went_out_nothing_is_lost(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock, subscription: Subscription
) -> None:
    await store(news, happened(1), happened(2))
    await news.put_together(list(news.deliveries))
    await store(news, happened(3))
    async with telling(news, paper, clock):
        await paper.until(lambda: len(paper.shown) == 2)
    assert [list(message.events) for message in paper.shown.values()] == [
        [happened(1), happened(2)],
        [happened(3)],
    ]


async def test_an_incident_is_one_message_that_is_edited(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock, subscription: Subscription
) -> None:
    async with telling(news, paper, clock) as announcer:
        await store(news, incident())
        announcer.wake([CHANNEL])
        await paper.until(lambda: len(paper.shown) == 1)
        await store(news, incident(1), happened(2), incident(3, is_over=True))
        announcer.wake([CHANNEL])
        await paper.until(lambda: len(paper.shown) == 2 and paper.edits == 1)
    assert all_told(paper) == [incident(3, is_over=True), happened(2)]
    assert paper.pinged == [(77,), ()]


async def test_an_incident_that_is_over_before_it_was_told_calls_nobody(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock, subscription: Subscription
) -> None:
    await store(news, incident(), incident(3, is_over=True))
    async with telling(news, paper, clock):
        await paper.until(lambda: bool(paper.shown))
    assert all_told(paper) == [incident(3, is_over=True)]
    assert paper.pinged == [()]


async def test_an_incident_whose_message_was_deleted_gets_another_and_calls_nobody_again(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock, subscription: Subscription
) -> None:
    async with telling(news, paper, clock) as announcer:
        await store(news, incident())
        announcer.wake([CHANNEL])
        await paper.until(lambda: bool(paper.shown))
        paper.shown.clear()
        await store(news, incident(1))
        announcer.wake([CHANNEL])
        await paper.until(lambda: bool(paper.shown))
        await store(news, incident(2))
        announcer.wake([CHANNEL])
        await paper.until(lambda: paper.edits == 1)
    assert all_told(paper) == [incident(2)]
    assert paper.pinged == [(77,), ()]


async def test_the_order_of_one_server_is_kept_around_an_incident(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock, subscription: Subscription
) -> None:
    flapping = replace(happened(1, EventKind.FLAPPING), incident="f", at=NOON)
    later = happened(1, EventKind.STARTED)
    await store(news, happened(1), flapping, later, happened(2))
    async with telling(news, paper, clock):
        await paper.until(lambda: len(all_told(paper)) == 4)
    assert [list(message.events) for message in paper.shown.values()] == [
        [happened(1), happened(2)],
        [flapping],
        [later],
    ]


def passing(number: int, kind: EventKind = EventKind.STOPPED) -> Event:
    return replace(happened(number, kind), incident=f"stop-{number}")


async def test_a_stop_is_edited_into_the_restart_that_it_was(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock, subscription: Subscription
) -> None:
    async with telling(news, paper, clock) as announcer:
        await store(news, passing(1))
        announcer.wake([CHANNEL])
        await paper.until(lambda: all_told(paper) == [passing(1)])
        await store(news, happened(2), passing(1, EventKind.RESTARTED))
        announcer.wake([CHANNEL])
        await paper.until(lambda: len(paper.shown) == 2 and paper.edits == 1)
    assert all_told(paper) == [passing(1, EventKind.RESTARTED), happened(2)]
    assert paper.pinged == [(), ()]


async def test_many_stops_are_one_message_and_their_restarts_another(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock, subscription: Subscription
) -> None:
    stops = [passing(number) for number in range(MOST_LINES + 5)]
    restarts = [passing(number, EventKind.RESTARTED) for number in range(MOST_LINES + 5)]
    await store(news, *stops)
    async with telling(news, paper, clock) as announcer:
        await paper.until(lambda: all_told(paper) == stops)
        await store(news, *restarts)
        announcer.wake([CHANNEL])
        await paper.until(lambda: all_told(paper) == stops + restarts)
    assert len(paper.shown) == 2
    assert not paper.edits


async def test_a_restart_whose_stop_was_not_told_yet_is_one_line(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock, subscription: Subscription
) -> None:
    restarted = passing(1, EventKind.RESTARTED)
    await store(news, passing(1), happened(2), restarted)
    async with telling(news, paper, clock):
        await paper.until(lambda: bool(paper.shown))
    assert all_told(paper) == [restarted, happened(2)]


async def test_who_wants_restarts_alone_is_told_of_one_when_it_was_one(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock
) -> None:
    stops = await news.add(make_subscription(EventKind.STOPPED))
    restarts = await news.add(make_subscription(EventKind.RESTARTED, channel_id=CHANNEL + 1))
    stopped, restarted = passing(1), passing(1, EventKind.RESTARTED)
    told = [(stopped, [stops]), (restarted, [restarts])]
    await news.commit(tracks={}, incidents={}, news=told)
    async with telling(news, paper, clock):
        await paper.until(lambda: len(paper.shown) == 2)
    assert {each.channel_id: each.events for each in paper.shown.values()} == {
        CHANNEL: (stopped,),
        CHANNEL + 1: (restarted,),
    }


@pytest.mark.parametrize("pause", [Pause.CHANNEL_GONE, Pause.NOT_ALLOWED])
async def test_a_lost_channel_is_paused_said_once_and_taken_up_again(
    news: MemoryNews,
    paper: PaperNotifier,
    clock: FakeClock,
    subscription: Subscription,
    pause: Pause,
    caplog: pytest.LogCaptureFixture,
) -> None:
    paper.standings[CHANNEL] = pause
    await store(news, happened(1))
    async with telling(news, paper, clock) as announcer:
        await paper.until(lambda: bool(paper.warned))
        await store(news, happened(2))
        announcer.wake([CHANNEL])
        announcer.look_again(GUILD)
        del paper.standings[CHANNEL]
        announcer.look_again(GUILD)
        await paper.until(lambda: len(all_told(paper)) == 2)
    assert paper.warned == [(CHANNEL, pause)]
    assert all_told(paper) == [happened(1), happened(2)]
    assert len([record for record in caplog.records if "cannot be shown" in record.message]) == 1
    assert next(iter(news.subscriptions.values())).pause is None


async def test_a_channel_that_goes_is_said_before_anything_happens(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock, subscription: Subscription
) -> None:
    async with telling(news, paper, clock) as announcer:
        paper.standings[CHANNEL] = Pause.CHANNEL_GONE
        announcer.look_again(GUILD)
        announcer.look_again(GUILD + 1)
        await paper.until(lambda: bool(paper.warned))
    assert paper.warned == [(CHANNEL, Pause.CHANNEL_GONE)]


async def test_a_channel_that_fails_delays_no_other(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock, subscription: Subscription
) -> None:
    paper.answers += ["not taken"]
    await store(news, happened(1))
    async with telling(news, paper, clock) as announcer:
        await paper.until(lambda: paper.tries == 1)
        other = await news.add(make_subscription(channel_id=CHANNEL + 1))
        await news.commit(tracks={}, incidents={}, news=[(happened(2), [other])])
        announcer.wake([CHANNEL + 1])
        await paper.until(lambda: all_told(paper) == [happened(2)])


async def test_many_channels_at_once_are_told_within_the_limit_for_all_of_them(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock
) -> None:
    for number in range(100):
        await news.add(make_subscription(channel_id=CHANNEL + number))
    await store(news, happened(1))
    async with telling(news, paper, clock):
        for told in (40, 80):
            await paper.wait_posts(told)
            await clock.wait_asleep(1)
            assert len(paper.shown) == told
            await clock.tick()
        await paper.wait_posts(100)


async def test_a_database_that_is_down_delays_and_loses_nothing(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock, subscription: Subscription
) -> None:
    async with telling(news, paper, clock) as announcer:
        await store(news, happened(1))
        news.is_broken = True
        announcer.wake([CHANNEL])
        await clock.wait_asleep(1)
        news.is_broken = False
        await clock.tick()
        await paper.until(lambda: bool(paper.shown))
    assert all_told(paper) == [happened(1)]


async def test_a_bug_ends_neither_the_bot_nor_the_worker(
    news: MemoryNews,
    paper: PaperNotifier,
    clock: FakeClock,
    subscription: Subscription,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail() -> None:
        raise RuntimeError("a bug")

    paper.crash = fail
    await store(news, happened(1))
    async with telling(news, paper, clock):
        await clock.wait_asleep(1)
        paper.crash = None
        await clock.tick()
        await paper.until(lambda: not news.deliveries or paper.tries > 0)
    assert all_told(paper) == [happened(1)]
    assert "failed unexpectedly" in caplog.text
