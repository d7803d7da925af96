"""Much that changes at once is stored some at a time, in order, and each of it once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.changes import News
from bot.domain.events import EventKind
from bot.domain.servers import ServerRef
from bot.services.ledger import Ledger
from tests.fakes import FakeClock
from tests.fakes_news import CHANNEL, MemoryNews, make_event, make_subscription
from tests.storage.tracked import make_incident, make_track

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.events import Event
    from bot.domain.news import Subscription


@dataclass
class Book:
    """A ledger with a store."""

    news: MemoryNews = field(default_factory=MemoryNews)
    woken: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ledger = Ledger(
            self.news, FakeClock(), matching=self._matching, wake=self.woken.extend
        )

    @property
    def names(self) -> list[str]:
        return [event.name for event in self.news.events]

    def _matching(self, _event: Event) -> Sequence[Subscription]:
        return list(self.news.subscriptions.values())


@pytest.fixture
async def book() -> Book:
    book = Book()
    await book.news.add(make_subscription())
    return book


def changed(count: int, word: str = "") -> News:
    """Return one look at that many servers, each of which has changed."""
    news = News()
    for number in range(count):
        name, ref = f"{word}{number}", ServerRef("main", str(number))
        news.tracks[ref] = make_track(name)
        news.events.append(make_event(server_id=ref.server_id, name=name))
    return news


async def test_what_was_stored_though_the_answer_came_too_late_is_told_once(book: Book) -> None:
    book.ledger.note(changed(2))
    book.news.is_late = True
    await book.ledger.save()
    assert book.ledger.problem is not None
    assert not book.woken
    book.ledger.note(changed(2, "later "))
    await book.ledger.save()
    assert book.names == ["0", "1", "later 0", "later 1"]
    assert set(book.woken) == {CHANNEL}
    assert not book.ledger.problem
    assert book.news.kept == changed(2, "later ").tracks


async def test_who_is_told_of_what_came_while_it_stood_still_is_decided_afterwards(
    book: Book,
) -> None:
    book.ledger.note(changed(1))
    async with asyncio.TaskGroup() as group:
        async with book.ledger.still():
            assert book.names == ["0"]
            book.ledger.note(changed(1, "later "))
            group.create_task(book.ledger.save())
            await book.news.pause([], None)
            await book.news.add(make_subscription(channel_id=31))
        assert book.names == ["0"]
    told = [(each.event.name, each.channel_id) for each in book.news.deliveries.values()]
    assert told == [("0", CHANNEL), ("later 0", CHANNEL), ("later 0", 31)]


async def test_much_is_stored_some_at_a_time(book: Book) -> None:
    book.ledger.note(changed(5_000))
    await book.ledger.save()
    assert book.names == [str(number) for number in range(5_000)]
    assert len(book.news.kept) == 5_000
    assert max(book.news.commits) <= 1_000
    assert book.woken == [CHANNEL], "all of it can be one message"


async def test_what_takes_too_long_is_tried_in_smaller_portions(book: Book) -> None:
    book.news.room = 10
    book.ledger.note(changed(100))
    for _ in range(40):
        await book.ledger.save()
    assert book.names == [str(number) for number in range(100)]
    assert book.ledger.held == 0


async def test_smaller_portions_repeat_nothing_that_was_stored_in_a_large_one(book: Book) -> None:
    for number in range(20):
        book.ledger.note(changed(1, f"{number} "))
    book.news.is_late = True
    await book.ledger.save()
    for number in range(20, 30):
        book.ledger.note(changed(1, f"{number} "))
    await book.ledger.save()
    assert book.names == [f"{number} 0" for number in range(30)]


async def test_the_events_of_a_server_are_stored_with_what_is_known_of_it(book: Book) -> None:
    book.news.room = 3
    news = changed(4)
    news.events += [make_event(EventKind.RENAMED, str(number)) for number in range(4)]
    news.events.append(make_event(EventKind.UNREACHABLE, None, incident="node-1"))
    news.incidents["node-1"] = make_incident("node-1", "main")
    # It has no word of its own.
    news.incidents["flapping"] = replace(make_incident("flapping", "main"), server_id="0")
    book.ledger.note(news)
    seen = []
    for _ in range(20):
        await book.ledger.save()
        told = [event.ref for event in book.news.events if event.ref]
        seen.append(all(told.count(ref) == 2 for ref in book.news.kept))
        is_told = any(event.incident for event in book.news.events)
        assert is_told == ("node-1" in book.news.going_on)
        is_known = ServerRef("main", "0") in book.news.kept
        assert is_known == ("flapping" in book.news.going_on)
    assert all(seen)
    assert len(book.names) == 9


async def test_what_is_being_stored_is_held_until_it_is(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, is_at_it, may_go_on = book.news.commit, asyncio.Event(), asyncio.Event()

    async def slow(**values: object) -> object:
        is_at_it.set()
        await may_go_on.wait()
        return await commit(**values)  # type: ignore[arg-type]

    monkeypatch.setattr(book.news, "commit", slow)
    book.ledger.note(changed(3))
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(book.ledger.save())
        await is_at_it.wait()
        assert book.ledger.held == 3
        may_go_on.set()
    assert book.ledger.held == 0


async def test_who_is_cut_short_stores_it_once_the_next_time(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, is_stored = book.news.commit, asyncio.Event()

    async def silent(**values: object) -> None:
        await commit(**values)  # type: ignore[arg-type]
        is_stored.set()
        await asyncio.Event().wait()

    book.ledger.note(changed(3))
    with monkeypatch.context() as patch:
        patch.setattr(book.news, "commit", silent)
        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            task = group.create_task(book.ledger.save())
            await is_stored.wait()
            task.cancel()
    assert book.ledger.held == 3
    await book.ledger.save()
    assert book.ledger.held == 0
    assert book.names == ["0", "1", "2"]


async def test_what_can_never_be_stored_is_given_up_and_in_the_way_of_nothing_else(
    book: Book, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    commit = book.news.commit

    async def picky(**values: Any) -> object:  # noqa: ANN401 - whatever the store takes
        if any(event.name in ("3", "57") for event, _ in values["news"]):
            raise ValueError("no database takes that")
        return await commit(**values)

    monkeypatch.setattr(book.news, "commit", picky)
    book.ledger.note(changed(100))
    assert await book.ledger.save()
    assert book.names == [str(number) for number in range(100) if number not in (3, 57)]
    assert set(book.woken) == {CHANNEL}
    assert (book.ledger.held, book.ledger.lost) == (0, 2)
    logged = [record.message for record in caplog.records if "storing News(" in record.message]
    assert [["name='3'" in each, "name='57'" in each] for each in logged] == [
        [True, False],
        [False, True],
    ]


async def test_too_much_that_waits_counts_as_lost(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.services.ledger._MOST_HELD", 3)
    book.ledger.note(changed(5))
    assert (book.ledger.held, book.ledger.lost) == (3, 2)
