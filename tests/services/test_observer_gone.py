"""A panel that is watched no more is forgotten; what goes on there has a last word."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.errors import PanelUnreachable
from bot.domain.events import EventKind
from bot.domain.incidents import UNWATCHED
from tests.fakes_news import CHANNEL, make_subscription
from tests.services.observing import DOWN, UP, Post, running


async def test_a_panel_that_is_gone_is_forgotten_and_begins_anew(post: Post) -> None:
    entry = post.panels["main"]
    post.panels.put(post.entry("other"))
    post.panels.remove("main")
    await post.observer.looked([entry], [DOWN], post.clock.now())
    async with running(post):
        await post.until_forgotten()
    post.panels.remove("other")
    post.panels.put(entry)
    assert not await post.look(DOWN)
    assert not await post.look(DOWN)


@pytest.mark.parametrize("how", ["told", "restarted", "waiting", "renamed"])
async def test_what_goes_on_with_a_panel_that_is_gone_has_a_last_word(post: Post, how: str) -> None:
    elsewhere = replace(make_subscription(channel_id=31), id=2)
    post.news.subscriptions[2] = elsewhere
    if how == "renamed":
        post.panels.put(replace(post.panels["main"], name="Great"))
    await post.fail()
    [first] = post.news.events
    if how == "waiting":
        del post.news.deliveries[2]
    else:
        batch = list(post.news.deliveries.values())
        await post.news.delivered(batch, messages={str(first.incident): 70})
    post.panels.remove("main")
    if how == "restarted":
        post.start()
    async with running(post):
        await post.until_forgotten()
    [_, last] = post.news.events
    assert (last.incident, last.is_over, last.detail) == (first.incident, True, UNWATCHED)
    assert last.name == ("Great" if how == "renamed" else "main")
    told = [each.channel_id for each in post.news.deliveries.values() if each.event == last]
    assert told == [CHANNEL]
    assert not post.news.going_on


async def test_what_was_told_is_closed_though_its_subscription_is_gone(post: Post) -> None:
    await post.fail()
    [first] = post.news.events
    batch = list(post.news.deliveries.values())
    await post.news.delivered(batch, messages={str(first.incident): 70})
    post.news.subscriptions.clear()
    post.panels.remove("main")
    async with running(post):
        await post.until_forgotten()
    told = [(each.channel_id, each.event.is_over) for each in post.news.deliveries.values()]
    assert told == [(CHANNEL, True)]


async def test_no_last_word_is_kept_that_nobody_is_told(post: Post) -> None:
    await post.fail()
    post.news.deliveries.clear()
    post.panels.remove("main")
    async with running(post):
        await post.until_forgotten()
    assert [event.is_over for event in post.news.events] == [False]
    assert not post.news.going_on


async def test_no_last_word_names_a_panel_by_an_id_that_nobody_chose() -> None:
    post, panel_id = Post(), "g88bdde0fcd835c9c"
    post.panels.put(post.entry(panel_id))
    post.panels.remove("main")
    await post.look(UP)
    await post.fail()
    post.panels.remove(panel_id)
    post.start()
    async with running(post):
        await post.until_forgotten()
    assert [event.is_over for event in post.news.events] == [False]
    assert not post.news.going_on


async def test_a_last_word_waits_for_the_database(post: Post) -> None:
    await post.fail()
    post.news.is_broken = True
    post.panels.remove("main")
    async with running(post):
        await post.clock.wait_asleep(1)
        assert len(post.news.events) == 1
        post.news.is_broken = False
        await post.clock.tick()
        await post.until_forgotten()
    assert [event.is_over for event in post.news.events] == [False, True]


async def test_a_panel_that_is_brought_back_at_once_was_never_gone(post: Post) -> None:
    await post.fail()
    entry = post.panels["main"]
    post.panels.remove("main")
    post.panels.put(entry)
    async with running(post):
        await post.observer.failed([entry], PanelUnreachable("main", ""), post.clock.now())
    assert await post.look(UP) == [EventKind.RECOVERED]
