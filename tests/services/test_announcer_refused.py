"""News that Discord takes in no words hold up no others; where it takes none they wait."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, count
from typing import TYPE_CHECKING

import pytest

from bot.domain.events import EventKind
from bot.domain.news import Pause
from tests.fakes_news import CHANNEL, MemoryNews, make_subscription
from tests.services.test_announcer import all_told, happened, incident, store, telling
from tests.services.test_channel_pauses import pauses_of, until

if TYPE_CHECKING:
    from bot.domain.events import Event
    from bot.services.announcer import Announcer
    from tests.fakes import FakeClock
    from tests.fakes_notifier import PaperNotifier


@pytest.fixture
async def news() -> MemoryNews:
    news = MemoryNews()
    await news.add(make_subscription())
    return news


def told(paper: PaperNotifier, *, is_unsaid: bool) -> list[list[Event]]:
    """Return the events of each message with names, or of each without."""
    shown = paper.shown.values()
    return [list(message.events) for message in shown if message.is_unsaid is is_unsaid]


async def tell(news: MemoryNews, announcer: Announcer, *events: Event) -> None:
    """Let these happen, and wait until all is told."""
    await store(news, *events)
    announcer.wake([CHANNEL])
    await until(lambda: not news.deliveries)


def named(paper: PaperNotifier) -> list[Event]:
    return list(chain.from_iterable(told(paper, is_unsaid=False)))


@pytest.mark.parametrize("guilty", range(5))
async def test_of_many_only_the_one_that_is_refused_is_not_named(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock, guilty: int
) -> None:
    events = [happened(number) for number in range(5)]
    paper.refused.add(events[guilty].name)
    await store(news, *events)
    async with telling(news, paper, clock) as announcer:
        await until(lambda: not news.deliveries)
        assert announcer.sent == len(paper.shown)
        assert announcer.failed == paper.tries - len(paper.shown)
    assert named(paper) == [each for each in events if each is not events[guilty]]
    assert told(paper, is_unsaid=True) == [[events[guilty]]]
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
    assert named(paper) == events[:321] + events[322:]
    assert told(paper, is_unsaid=True) == [[events[321]]]
    assert len(paper.shown) <= 10
    assert paper.tries <= 20


async def test_where_each_name_is_refused_all_is_told_in_one_message_after_a_few_tries(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock
) -> None:
    events = [happened(number) for number in range(1000)]
    paper.refused.update(event.name for event in events)
    await store(news, *events)
    async with telling(news, paper, clock):
        await until(lambda: not news.deliveries)
    assert told(paper, is_unsaid=True) == [events]
    assert len(paper.shown) == 1
    assert paper.tries <= 40
    assert paper.warned == []


async def test_a_few_that_are_refused_among_very_many_are_told_in_one_message(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock
) -> None:
    events = [happened(number) for number in range(1000)]
    guilty = [events[number] for number in (0, 498, 999)]
    paper.refused.update(event.name for event in guilty)
    await store(news, *events)
    async with telling(news, paper, clock):
        await clock.tick()  # more than all channels get in a second
        await until(lambda: not news.deliveries)
    assert named(paper) == [each for each in events if each not in guilty]
    assert told(paper, is_unsaid=True) == [guilty]


async def test_where_every_second_name_is_refused_the_tries_have_an_end(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock
) -> None:
    events = [happened(number) for number in range(1000)]
    paper.refused.update(event.name for event in events[::2])
    await store(news, *events)
    async with telling(news, paper, clock):
        await clock.tick()  # more than all channels get in a second
        await until(lambda: not news.deliveries)
    [unsaid] = told(paper, is_unsaid=True)
    assert sorted([*named(paper), *unsaid], key=events.index) == events
    assert paper.tries <= 60


async def test_what_was_refused_before_costs_no_later_name(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock
) -> None:
    events = [happened(number) for number in range(102)]
    paper.refused.update(event.name for event in events[:101])
    await store(news, *events[:100])
    async with telling(news, paper, clock) as announcer:
        await until(lambda: not news.deliveries)
        await tell(news, announcer, *events[100:])
    assert named(paper) == [events[101]]
    assert told(paper, is_unsaid=True) == [events[:100], [events[100]]]


async def test_problems_that_may_not_be_named_mention_once_each_role(
    paper: PaperNotifier, clock: FakeClock
) -> None:
    news = MemoryNews()
    for role_id in (77, 78):
        await news.add(make_subscription(mention_role_id=role_id))
    events = [happened(number, EventKind.CRASHED) for number in range(3)]
    paper.refused.update(event.name for event in events)
    await store(news, *events)
    async with telling(news, paper, clock):
        await until(lambda: not news.deliveries)
    assert told(paper, is_unsaid=True) == [events]
    assert paper.pinged == [(77, 78)]


async def test_what_comes_later_about_a_server_is_told_after_what_could_not_be_named(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock
) -> None:
    first = [happened(number) for number in range(4)]
    later = replace(happened(1, EventKind.STARTED), name="Renamed")
    paper.refused.add(first[1].name)
    paper.answers.append("not taken")
    await store(news, *first)
    async with telling(news, paper, clock) as announcer:
        await clock.wait_asleep(1)
        await store(news, later)
        announcer.wake([CHANNEL])
        await clock.tick()
        await until(lambda: not news.deliveries)
    assert all_told(paper)[-2:] == [first[1], later]


async def test_one_event_of_several_subscriptions_stays_one_line(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock
) -> None:
    await news.add(make_subscription(mention_role_id=77))
    events = [happened(1), happened(2)]
    paper.refused.add(events[0].name)
    await store(news, *events)
    async with telling(news, paper, clock):
        await until(lambda: not news.deliveries)
    assert told(paper, is_unsaid=False) == [[events[1]]]
    assert told(paper, is_unsaid=True) == [[events[0]]]


async def test_where_nothing_is_taken_news_wait_and_admins_are_told_once(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock
) -> None:
    events = [happened(number) for number in range(100)]
    paper.takes_nothing = True
    await store(news, *events)
    async with telling(news, paper, clock) as announcer:
        failed = 0
        for most in (40, 10, 2, 2):
            await until(
                lambda: announcer.failed > failed and pauses_of(news) == [Pause.REFUSED]  # noqa: B023 - waited for in the loop
            )
            assert announcer.failed - failed <= most
            failed = announcer.failed
            await clock.tick()
        await until(lambda: announcer.failed > failed and pauses_of(news) == [Pause.REFUSED])
        paper.takes_nothing = False
        await clock.tick()
        await until(lambda: not news.deliveries)
    assert named(paper) == events
    assert paper.warned == [(CHANNEL, Pause.REFUSED)]
    assert pauses_of(news) == [None]


async def test_an_edit_that_is_refused_becomes_another_message(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock
) -> None:
    async with telling(news, paper, clock) as announcer:
        await tell(news, announcer, incident(0))
        paper.takes_no_edit = True
        await tell(news, announcer, incident(1), happened(2))
        paper.takes_no_edit = False
        await tell(news, announcer, incident(3))
    assert told(paper, is_unsaid=False) == [[incident(0)], [incident(3)], [happened(2)]]


async def test_an_incident_that_may_no_longer_be_named_stays_one_message(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock
) -> None:
    async with telling(news, paper, clock) as announcer:
        await tell(news, announcer, incident(0))
        paper.refused.add(incident(0).name)
        for seconds in (1, 2):
            await tell(news, announcer, incident(seconds))
    assert told(paper, is_unsaid=True) == [[incident(2)]]
    assert (len(paper.shown), paper.edits) == (1, 2)


async def test_a_bot_that_is_killed_again_and_again_tells_each_once(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock
) -> None:
    events = [happened(number) for number in range(20)]
    paper.refused.update(events[number].name for number in (0, 1, 12))
    await store(news, *events)
    for tries in count(1):
        ends = paper.tries + tries
        async with telling(news, paper, clock):
            await until(lambda: paper.tries >= ends or not news.deliveries)  # noqa: B023 - as above
        if not news.deliveries:
            break
    assert sorted(all_told(paper), key=events.index) == events
    assert set(chain.from_iterable(told(paper, is_unsaid=True))) == {
        events[0],
        events[1],
        events[12],
    }


async def test_a_bot_that_is_killed_after_each_message_tells_each_once(
    news: MemoryNews, paper: PaperNotifier, clock: FakeClock
) -> None:
    events = [happened(number) for number in range(20)]
    paper.refused.update(events[number].name for number in (0, 1, 12))
    await store(news, *events)
    is_told: list[int] = []
    paper.crash = lambda: is_told.append(1)
    while news.deliveries:
        is_told.clear()
        async with telling(news, paper, clock):
            await until(lambda: bool(is_told) or not news.deliveries)
    assert sorted(all_told(paper), key=events.index) == events
