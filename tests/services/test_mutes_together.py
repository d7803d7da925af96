"""Mutes about the same servers: each hides its own time, and what was told comes to its end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.events import EventKind
from bot.domain.news import AMONG_OTHERS
from bot.services.subscriptions import SubscriptionService
from tests.fakes import NOON
from tests.fakes_news import GUILD
from tests.services.test_mutes import (
    ALL,
    HOUR,
    ONE,
    OTHER,
    begin,
    make_mute,
    node_down,
    restarted,
    subscribe,
    told,
    waiting,
)

if TYPE_CHECKING:
    from bot.domain.events import Event
    from bot.domain.news import Mute
    from tests.services.house import House


async def mute_now(
    house: House, server_id: str | None = None, *, panel_id: str | None = "main"
) -> Mute:
    mute = replace(make_mute(server_id, panel_id=panel_id), muted_at=house.clock.now())
    return await house.subscriptions.mutes.add(mute)


def later(house: House) -> None:
    house.clock.advance(HOUR.total_seconds())


def again(house: House, event: Event) -> Event:
    """Return a word of now about what was first told, or hidden, at the time of an event."""
    return replace(event, at=house.clock.now(), told_at=event.at)


async def _let_it_be_told_among_others(house: House) -> None:
    for each in list(house.news.deliveries.values()):
        messages = {each.event.incident or "": AMONG_OTHERS}
        await house.news.delivered([each], messages=messages)


@pytest.mark.parametrize("of_another", [False, True])
async def test_a_mute_that_ends_inside_a_wider_one_hides_nothing_of_what_was_told_before_that(
    house: House, *, of_another: bool
) -> None:
    await subscribe(house)
    inner = await mute_now(house, "1") if of_another else None
    later(house)
    began = replace(node_down("2"), at=house.clock.now())
    await begin(house, began)
    await _let_it_be_told_among_others(house)
    later(house)
    await mute_now(house)
    if inner is not None:
        await house.mutes.end(inner)
    assert await told(house, again(house, began)) == [ALL, OTHER]
    over = replace(again(house, began), kind=EventKind.RECOVERED, is_over=True)
    news = [(over, house.subscriptions.matching(over))]
    await house.news.commit(tracks={}, incidents={"a": None}, news=news)
    assert await waiting(house) == [(ALL, over), (OTHER, over)]


async def test_what_a_mute_has_hidden_stays_hidden_while_a_wider_one_lasts(house: House) -> None:
    await subscribe(house)
    inner = await mute_now(house, "1")
    await begin(house, node_down("1"))
    later(house)
    wider = await mute_now(house, panel_id=None)
    await house.mutes.end(inner)
    again_loaded = SubscriptionService(house.news, house.panels, house.clock)
    await again_loaded.load()
    for book in (house.subscriptions, again_loaded):
        assert book.mutes.of_guild(GUILD) == [wider]
        assert book.matching(again(house, node_down("1"))) == []
    async with restarted(house) as run:
        for panel_id in ("main", "backup"):
            run.mutes.looked_at(panel_id)
        assert await run.pause() == 60
        await house.clock.wait_asleep(1)
        assert await waiting(house) == []
        await run.mutes.end(wider)
        while await house.news.mutes():
            await run.woken.get()
    assert await waiting(house) == [(ALL, node_down("1")), (ONE, node_down("1"))]


async def test_a_mute_that_runs_out_inside_a_wider_one_ends_when_that_does(house: House) -> None:
    await subscribe(house)
    await house.subscriptions.mutes.add(replace(make_mute("1"), until=NOON + 2 * HOUR))
    await begin(house, node_down("1"))
    later(house)
    wider = replace(make_mute(), muted_at=house.clock.now(), until=NOON + 3 * HOUR)
    wider = await house.subscriptions.mutes.add(wider)
    async with restarted(house) as run:
        run.mutes.looked_at("main")
        later(house)
        assert await run.pause() == 60
        await house.clock.wait_asleep(1)
        assert run.subscriptions.mutes.of_guild(GUILD) == [wider]
        assert run.subscriptions.mutes.overdue() == []
        assert await waiting(house) == []
        later(house)
        while await house.news.mutes():
            await run.woken.get()
    assert await waiting(house) == [(ALL, node_down("1")), (ONE, node_down("1"))]


async def test_nothing_is_told_as_long_as_its_end_would_be_hidden(house: House) -> None:
    await subscribe(house)
    inner = await mute_now(house, "1")
    await begin(house, node_down("1"))
    later(house)
    wider = await mute_now(house)
    await house.mutes.end(inner)
    word = again(house, node_down("1"))
    await begin(house, word)
    await house.mutes.end(wider)
    assert await waiting(house) == []
    assert await told(house, replace(word, kind=EventKind.RECOVERED)) == []
    [inner] = house.subscriptions.mutes.overdue()
    await house.mutes.end(inner)
    assert await waiting(house) == [(ALL, word), (ONE, word)]


async def test_what_a_mute_has_hidden_stays_hidden_by_a_narrower_one(house: House) -> None:
    await subscribe(house)
    wider = await mute_now(house, panel_id=None)
    await begin(house, node_down("1"))
    later(house)
    inner = await mute_now(house, "1")
    await house.mutes.end(wider)
    assert await waiting(house) == []
    assert await told(house, again(house, node_down("1"))) == []
    assert await told(house, again(house, node_down("2"))) == [ALL, OTHER]
    await house.mutes.end(inner)
    assert await house.news.mutes() == []
    assert await waiting(house) == [(ALL, node_down("1")), (ONE, node_down("1"))]


async def test_one_that_is_muted_and_told_again_many_times_leaves_nothing(house: House) -> None:
    wider = await mute_now(house)
    for _ in range(3):
        later(house)
        await house.mutes.end(await mute_now(house, "1"))
        assert await house.news.mutes() == [wider]


async def test_a_mute_that_takes_the_place_of_another_hides_what_that_did(house: House) -> None:
    await house.subscriptions.mutes.add(replace(make_mute(), until=NOON + 2 * HOUR))
    later(house)
    longer = await mute_now(house)
    assert longer.muted_at == NOON
    assert await house.news.mutes() == [longer]


async def test_a_mute_after_one_that_is_not_ended_yet_hides_nothing_that_was_told_in_between(
    house: House,
) -> None:
    await subscribe(house)
    first = replace(make_mute(), until=NOON + HOUR / 2)
    first = await house.subscriptions.mutes.add(first)
    await begin(house, node_down("1"))
    hidden, known = (replace(node_down("1"), at=NOON + part * HOUR) for part in (0.25, 0.75))
    later(house)
    second = await mute_now(house)
    assert house.subscriptions.mutes.of_guild(GUILD) == [second]
    assert await told(house, again(house, hidden)) == []
    assert await told(house, again(house, known)) == [ALL, ONE]
    for each in (second, first):
        assert await waiting(house) == []
        await house.mutes.end(each)
    assert await waiting(house) == [(ALL, node_down("1")), (ONE, node_down("1"))]
    assert await house.news.mutes() == []


async def test_what_was_hidden_stays_so_where_the_same_is_muted_anew_inside_a_wider_mute(
    house: House,
) -> None:
    await subscribe(house)
    first = await mute_now(house, "1")
    later(house)
    wider = await mute_now(house)
    await house.mutes.end(first)
    second = await mute_now(house, "1")
    assert house.subscriptions.mutes.of_guild(GUILD) == [wider, second]
    assert await told(house, again(house, node_down("1"))) == []
    await house.mutes.end(second)
    assert house.subscriptions.mutes.of_guild(GUILD) == [wider]
    assert await told(house, again(house, node_down("1"))) == []
