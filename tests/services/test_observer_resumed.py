"""What receipts have followed is told once, be it that the bot is killed before their last word."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.access import Action
from bot.domain.audit import Outcome
from bot.domain.events import EventKind
from bot.domain.servers import ServerState
from tests.fakes import make_server
from tests.services.observing import DOWN, MEMBER, OFFLINE, RUNNING, UP, Post

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.domain.changes import Track
    from bot.domain.servers import ServerRef

OTHER = replace(MEMBER, user_id=12)
RESTARTING = (ServerState.STOPPING, OFFLINE, ServerState.STARTING, RUNNING)


@pytest.mark.parametrize("is_stored", [True, False])
async def test_a_restart_that_its_receipt_goes_on_with_is_told_once(
    post: Post, is_stored: bool
) -> None:
    ordered_at = post.ask(Action.RESTART)
    await post.push(*RESTARTING)
    if is_stored:
        await post.ledger.save()
    post.start()
    post.ask(Action.RESTART, at=ordered_at)
    await post.observer.pushed(UP.ref, RUNNING, post.clock.now(), is_first=True)
    post.note(Action.RESTART, Outcome.DONE, at=ordered_at)
    for _ in range(2):
        await post.look(UP)
    assert post.kinds_and_askers() == [(EventKind.RESTARTED, MEMBER)]


async def test_one_panel_of_two_guilds_is_told_to_whichever_was_not() -> None:
    post = Post()
    post.share()
    await post.look(DOWN)
    ordered_at = post.ask(Action.RESTART)
    main, other = post.panels
    await post.observer.looked_at([main], UP, ordered_at)
    await post.ledger.save()
    post.start()
    post.ask(Action.RESTART, at=ordered_at)
    for _ in range(2):
        await post.look(UP)
    told = [(event.panel_id, event.asker) for event in post.news.events]
    assert told == [("main", MEMBER), ("other", MEMBER)]
    kept = [post.news.kept[replace(UP.ref, panel_id=one.panel_id)] for one in (main, other)]
    assert [track.ordered_at for track in kept] == [ordered_at] * 2


async def _done(post: Post, ordered_at: datetime, *, seen_at: datetime | None = None) -> bool:
    """Let a restart have ended as it is seen now, or was then."""
    seen = replace(UP, observed_at=seen_at or post.clock.now())
    return await post.observer.done(UP.ref, Action.RESTART, MEMBER, ordered_at, seen=seen)


@pytest.mark.parametrize("minutes", [1, 50], ids=["soon", "after a long time away"])
async def test_the_end_of_an_order_is_told_when_it_is_seen_and_never_again(
    post: Post, minutes: int
) -> None:
    ordered_at = post.clock.now()
    post.start()
    post.clock.advance(60 * minutes)
    for _ in range(2):
        assert await _done(post, ordered_at)
    post.start()
    assert await _done(post, ordered_at)
    for _ in range(2):
        await post.look(UP)
    assert post.kinds_and_askers() == [(EventKind.RESTARTED, MEMBER)]


async def test_the_end_of_an_order_is_told_to_all_who_have_the_panel() -> None:
    post = Post()
    post.share()
    await post.look(UP)
    assert await _done(post, post.clock.now())
    told = [(event.panel_id, event.asker) for event in post.news.events]
    assert told == [("main", MEMBER), ("other", MEMBER)]


async def test_the_end_of_an_order_is_told_of_a_server_that_has_another_name_since(
    post: Post,
) -> None:
    other = replace(UP, name="Other")
    ordered_at = post.ask(Action.UPDATE)
    assert await post.look(other) == [EventKind.RENAMED]
    assert await _done(post, ordered_at)
    await post.look(other)
    told = [(event.kind, event.name) for event in post.news.events]
    assert told == [(EventKind.RENAMED, "Other"), (EventKind.RESTARTED, "Other")]


async def test_what_was_pushed_since_the_end_of_an_order_counts_more(post: Post) -> None:
    ordered_at = post.ask(Action.RESTART)
    await post.push(*RESTARTING)
    seen_at = post.clock.now()
    await post.push(OFFLINE, every=1)
    assert await _done(post, ordered_at, seen_at=seen_at)
    told = [event.kind for event in post.news.events]
    assert told == [EventKind.RESTARTED, EventKind.CRASHED]


async def test_an_end_that_cannot_be_stored_is_told_once_it_can_be(post: Post) -> None:
    ordered_at = post.clock.now()
    post.news.is_broken = True
    assert not await _done(post, ordered_at)
    post.start()
    assert not await _done(post, ordered_at)
    post.news.is_broken = False
    for _ in range(2):
        assert await _done(post, ordered_at)
    assert [event.kind for event in post.news.events] == [EventKind.RESTARTED]


async def test_a_connection_that_says_the_same_later_takes_nothing_from_the_end(post: Post) -> None:
    ordered_at = post.clock.now()
    post.start()
    post.ask(Action.RESTART, at=ordered_at)
    seen_at = post.clock.now()
    post.clock.advance(0.003)
    await post.observer.pushed(UP.ref, RUNNING, post.clock.now(), is_first=True)
    assert await _done(post, ordered_at, seen_at=seen_at)
    assert [event.kind for event in post.news.events] == [EventKind.RESTARTED]


@pytest.mark.parametrize("minutes", [15, 50])
async def test_an_order_that_is_told_late_hides_no_newer_one(minutes: int) -> None:
    post = Post()
    lobby = make_server(server_id="lobby")
    await post.look(UP, lobby)
    await post.observer.pushed(lobby.ref, RUNNING, post.clock.now(), is_first=True)
    ordered_at = post.ask(Action.RESTART)
    post.clock.advance(60 * minutes)
    post.observer.asked(lobby.ref, Action.KILL, OTHER, post.clock.now())
    assert await _done(post, ordered_at)
    await post.observer.pushed(lobby.ref, OFFLINE, post.clock.now())
    await post.ledger.save()
    assert post.kinds_and_askers() == [(EventKind.RESTARTED, MEMBER), (EventKind.STOPPED, OTHER)]


async def test_nor_is_it_hidden_by_one_that_is_given_while_it_is_read_what_was_told(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered_at = post.clock.now()
    post.clock.advance(60 * 15)
    post.start()
    read, is_reading, may_answer = post.news.tracks, asyncio.Event(), asyncio.Event()

    async def slow() -> Mapping[ServerRef, Track]:
        is_reading.set()
        await may_answer.wait()
        return await read()

    monkeypatch.setattr(post.news, "tracks", slow)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(_done(post, ordered_at))
        await is_reading.wait()
        post.observer.asked(
            make_server(server_id="lobby").ref, Action.KILL, OTHER, post.clock.now()
        )
        may_answer.set()
    assert post.kinds_and_askers() == [(EventKind.RESTARTED, MEMBER)]
