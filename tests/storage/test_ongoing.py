"""What goes on is told once where it was not, and closed once where it was, whatever changes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.events import EventKind
from bot.domain.news import AMONG_OTHERS, NOBODY, Mark, Mute, Pause
from bot.domain.servers import ServerRef
from bot.storage.queue import SqlQueue
from bot.storage.subscriptions import SqlSubscriptions
from bot.storage.tracks import SqlTracks
from tests.fakes import NOON
from tests.fakes_news import CHANNEL, GUILD, make_event, make_subscription
from tests.storage.tracked import make_incident

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.events import Event
    from bot.domain.news import Delivery, Subscription
    from bot.storage.engine import Database

MUTE = Mute(guild_id=GUILD, muted_by=10, muted_at=NOON)
TOLD, AMONG, NEW = CHANNEL, 31, 32


def word(incident: str, *, panel_id: str = "main", count: int = 0) -> Event:
    begun = make_event(EventKind.UNREACHABLE, None, panel_id=panel_id, incident=incident)
    return replace(begun, count=count)


class Store:
    """A database with a mute, and a subscription in each channel."""

    def __init__(self, database: Database) -> None:
        self.subscriptions = SqlSubscriptions(database)
        self.tracks = SqlTracks(database)
        self.queue = SqlQueue(database)
        self.all: list[Subscription] = []
        self._number = 0

    async def fill(self) -> Mute:
        for channel_id in (TOLD, AMONG, NEW):
            wanted = make_subscription(channel_id=channel_id)
            self.all.append(await self.subscriptions.add(wanted))
        return await self.subscriptions.mute(MUTE, at=NOON)

    async def commit(self, *events: Event, hearing: list[Subscription]) -> None:
        self._number += 1
        incidents = {
            event.incident or "": None
            if event.is_over
            else make_incident(event.incident or "", event.panel_id)
            for event in events
        }
        await self.tracks.commit(
            tracks={},
            incidents=incidents,
            news=[(event, hearing) for event in events],
            mark=Mark("run", self._number),
        )

    async def unmute(self, mute: Mute) -> set[int]:
        ended = self.subscriptions.unmute(
            mute.id or 0, panel_ids=["main"], hearers=lambda _event: self.all
        )
        return set(await ended)

    async def put_together(self, channel_id: int) -> Sequence[Delivery]:
        """Begin to post all that waits in a channel."""
        batch = await self.queue.head(channel_id, 99)
        await self.queue.put_together([each.id for each in batch])
        return batch

    async def post(self, channel_id: int, message_id: int) -> None:
        """Tell all that waits in a channel in one message."""
        batch = await self.put_together(channel_id)
        await self.queue.delivered(batch, messages=dict.fromkeys(incidents(batch), message_id))

    async def waiting(self, channel_id: int) -> list[Event]:
        return [each.event for each in await self.queue.head(channel_id, 99)]


def ended(word: Event) -> Event:
    return replace(word, kind=EventKind.RECOVERED, is_over=True)


def incidents(batch: Sequence[Delivery]) -> list[str]:
    return [each.event.incident or "" for each in batch]


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database)


async def test_the_newest_word_is_told_where_the_incident_was_not(store: Store) -> None:
    mute = await store.fill()
    told, among, _ = store.all
    await store.commit(word("a"), word("over"), word("x", panel_id="x"), hearing=[told, among])
    for channel_id, message_id in ((TOLD, 70), (AMONG, AMONG_OTHERS)):
        batch = await store.queue.head(channel_id, 9)
        await store.queue.delivered(batch, messages={"a": message_id})
    await store.commit(word("a", count=5), hearing=[])
    await store.commit(word("b"), hearing=[])
    await store.commit(ended(word("over")), hearing=[])
    for _ in ("ended", "ended by a bot that did not hear of it"):
        assert await store.unmute(mute) == {TOLD, AMONG, NEW}
    newest = [word("a", count=5), word("b")]
    assert [await store.waiting(each) for each in (TOLD, AMONG)] == [[word("b")]] * 2
    assert await store.waiting(NEW) == newest
    assert await store.subscriptions.mutes() == []
    assert await store.subscriptions.newest_words(["main"]) == newest


async def test_an_incident_that_was_of_one_server_first_is_closed_where_that_waits(
    store: Store,
) -> None:
    await store.fill()
    told, *_ = store.all
    alone = replace(word("a"), ref=ServerRef("main", "1"))
    await store.commit(alone, hearing=[told])
    node = replace(word("a"), server_ids=("1", "2"))
    await store.commit(ended(node), hearing=[])
    assert await store.waiting(TOLD) == [alone, ended(node)]


async def test_it_is_closed_too_where_it_grew_while_it_was_posted(store: Store) -> None:
    await store.fill()
    leaving, *_ = store.all
    await store.commit(replace(word("a"), ref=ServerRef("main", "1")), hearing=[leaving])
    batch = await store.put_together(TOLD)
    await store.subscriptions.remove(leaving, at=NOON)
    end = ended(replace(word("a"), server_ids=("1", "2")))
    await store.commit(end, hearing=[])
    assert await store.queue.delivered(batch, messages={"a": 70})
    assert await store.waiting(TOLD) == [end]


async def test_a_mute_ends_together_with_what_is_told_of_it_or_not_at_all(store: Store) -> None:
    mute = await store.fill()
    await store.commit(word("a"), hearing=[])
    store.all[-1] = replace(store.all[-1], guild_id=None)  # type: ignore[arg-type]  # the point
    with pytest.raises(Exception, match=r"(?i)null"):
        await store.unmute(mute)
    assert await store.subscriptions.mutes() == [mute]
    assert await store.queue.channels() == set()


async def test_what_ends_at_the_same_time_is_ended_wherever_it_is_told(store: Store) -> None:
    mute = await store.fill()
    for number in range(20):
        begun = word(f"i{number}.")
        over = ended(begun)
        await store.commit(begun, hearing=[])
        ending, unmuting = store.commit(over, hearing=store.all), store.unmute(mute)
        works = [ending, unmuting] if number % 2 else [unmuting, ending]
        await asyncio.gather(*works)
        for channel_id in (TOLD, AMONG, NEW):
            head = await store.queue.head(channel_id, 9)
            assert [each.event for each in head] in ([], [begun, over])
            if head:
                await store.queue.delivered(head, messages={})


@pytest.mark.parametrize("how", ["removed", "moved"])
async def test_an_end_that_waits_closes_the_message_that_its_subscription_left(
    store: Store, how: str
) -> None:
    await store.fill()
    leaving, other, _ = store.all
    told, foreign = word("a"), replace(word("b"), panel_id="other")
    await store.commit(told, hearing=[leaving])
    await store.post(TOLD, 70)
    await store.commit(foreign, hearing=[other])
    await store.commit(replace(told, count=5), ended(told), hearing=[leaving])
    if how == "removed":
        await store.subscriptions.remove(leaving, at=NOON)
        assert await store.subscriptions.restore(replace(leaving, channel_id=NEW))
    else:
        for channel_id in (NEW, TOLD, NEW):
            assert await store.subscriptions.change(replace(leaving, channel_id=channel_id))
    left = await store.queue.head(TOLD, 9)
    assert left[-1].event == ended(told)
    assert {(each.subscription_id, each.message_id) for each in left} == {(NOBODY, 70)}
    assert await store.waiting(NEW) == []  # there nobody knows of it
    assert await store.waiting(AMONG) == [foreign]


async def test_what_waits_goes_with_its_subscription_with_the_end_that_belongs_to_it(
    store: Store,
) -> None:
    await store.fill()
    moving = store.all[0]
    new, told, among = word("new"), word("told"), word("among")
    await store.commit(told, hearing=[moving])
    await store.post(TOLD, 70)
    await store.commit(among, hearing=[moving])
    await store.post(TOLD, AMONG_OTHERS)
    await store.commit(new, ended(new), ended(told), ended(among), hearing=[moving])
    assert await store.subscriptions.change(replace(moving, channel_id=NEW))
    assert await store.waiting(TOLD) == [ended(told)]
    # The end of what was told among others would be told nowhere else.
    assert await store.waiting(NEW) == [new, ended(new), ended(among)]


async def test_who_is_told_only_of_ends_is_told_of_them_where_it_moves(store: Store) -> None:
    await store.fill()
    told = store.all[0]
    wanted = make_subscription(EventKind.RECOVERED, channel_id=TOLD)
    of_ends = await store.subscriptions.add(wanted)
    await store.commit(word("a"), hearing=[told])
    await store.post(TOLD, 70)
    await store.commit(ended(word("a")), hearing=[told, of_ends])
    assert await store.subscriptions.change(replace(of_ends, channel_id=NEW))
    assert await store.waiting(TOLD) == await store.waiting(NEW) == [ended(word("a"))]


async def test_nothing_is_closed_that_has_no_message_of_its_own(store: Store) -> None:
    await store.fill()
    gone = store.all[0]
    await store.commit(word("among"), hearing=[gone])
    await store.post(TOLD, AMONG_OTHERS)
    await store.commit(word("new"), hearing=[gone])
    await store.commit(*(ended(word(key)) for key in ("among", "new")), hearing=[gone])
    await store.subscriptions.remove(gone, at=NOON)
    assert await store.waiting(TOLD) == []


@pytest.mark.parametrize("ends", ["before the message is there", "after that"])
@pytest.mark.parametrize("how", ["removed", "moved"])
async def test_a_message_is_closed_whose_subscription_left_while_it_was_posted(
    store: Store, how: str, ends: str
) -> None:
    await store.fill()
    leaving = store.all[0]
    await store.commit(word("a"), hearing=[leaving])
    batch = await store.put_together(TOLD)
    if how == "removed":
        await store.subscriptions.remove(leaving, at=NOON)
    else:
        await store.subscriptions.change(replace(leaving, channel_id=NEW))
    end = ended(word("a"))
    if ends == "after that":
        assert not await store.queue.delivered(batch, messages={"a": 70})
        await store.commit(end, hearing=[])
    else:
        await store.commit(end, hearing=[])
        assert await store.queue.delivered(batch, messages={"a": 70})
    [left] = await store.queue.head(TOLD, 9)
    assert (left.event, left.message_id, left.subscription_id) == (end, 70, NOBODY)
    assert left.guild_id == GUILD


async def test_an_end_that_waits_is_not_told_twice(store: Store) -> None:
    await store.fill()
    told = store.all[0]
    await store.commit(word("a"), hearing=[told])
    batch = await store.put_together(TOLD)
    await store.commit(ended(word("a")), hearing=[told])
    await store.subscriptions.pause([told.id or 0], Pause.NOT_ALLOWED)
    assert not await store.queue.delivered(batch, messages={"a": 70})
    assert await store.waiting(TOLD) == []
    await store.subscriptions.pause([told.id or 0], None)
    assert await store.waiting(TOLD) == [ended(word("a"))]


async def test_what_is_told_while_it_moves_there_is_known_in_the_end(store: Store) -> None:
    await store.fill()
    moving, _, staying = store.all
    for number in range(20):
        begun = word(f"i{number}.")
        await store.commit(begun, hearing=[moving, staying])
        await store.post(TOLD, 70)
        batch = await store.put_together(NEW)
        moved = store.subscriptions.change(replace(moving, channel_id=NEW))
        told = store.queue.delivered(batch, messages={f"i{number}.": 71})
        works = [moved, told] if number % 2 else [told, moved]
        await asyncio.gather(*works)
        await store.commit(ended(begun), hearing=[])
        [left] = await store.queue.head(NEW, 9)
        assert (left.event, left.message_id) == (ended(begun), 71)
        await store.post(NEW, 71)
        await store.subscriptions.change(moving)
