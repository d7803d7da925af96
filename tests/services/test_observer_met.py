"""What was seen before an order is told first, by itself; the order explains what comes after."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.access import Action
from bot.domain.events import EventKind
from bot.domain.servers import ServerState
from tests.fakes import make_server
from tests.services.observing import DOWN, MEMBER, UP, Post

if TYPE_CHECKING:
    from bot.domain.servers import Server

OTHER = replace(MEMBER, user_id=12)
MOVING = make_server(state=ServerState.STARTING)
OLD, YOUNG = (make_server(uptime=timedelta(minutes=minutes)) for minutes in (600, 1))
ITSELF = None


@pytest.fixture
async def unsure(post: Post) -> Post:
    """One that has seen the server run, and off once."""
    for server in (UP, DOWN):
        await post.look(server)
    post.clock.advance(1)
    return post


async def _glance(post: Post, server: Server, *, after: float = 3) -> None:
    post.clock.advance(after)
    await post.observer.looked_at(list(post.panels), server, post.clock.now())
    await post.ledger.save()


@pytest.mark.parametrize(
    ("before", "seen_once", "action", "after", "told"),
    [
        (UP, DOWN, Action.START, (MOVING, UP), (EventKind.STOPPED, EventKind.STARTED)),
        (OLD, DOWN, Action.START, (MOVING, YOUNG), (EventKind.STOPPED, EventKind.STARTED)),
        (UP, DOWN, Action.RESTART, (DOWN, UP), (EventKind.STOPPED, EventKind.STARTED)),
        (DOWN, UP, Action.STOP, (DOWN,), (EventKind.STARTED, EventKind.STOPPED)),
        (DOWN, UP, Action.RESTART, (DOWN, UP), (EventKind.STARTED, EventKind.RESTARTED)),
        (OLD, YOUNG, Action.STOP, (DOWN,), (EventKind.RESTARTED, EventKind.STOPPED)),
    ],
)
async def test_what_was_seen_once_before_an_order_is_told_without_who_gave_it(
    *,
    before: Server,
    seen_once: Server,
    action: Action,
    after: tuple[Server, ...],
    told: tuple[EventKind, EventKind],
) -> None:
    post = Post()
    for server in (before, before, seen_once):
        await post.look(server)
    assert not post.kinds_and_askers()
    post.clock.advance(20)
    post.ask(action)
    for server in after:
        await _glance(post, server)
    for _ in range(2):
        await post.look(after[-1])
    assert post.kinds_and_askers() == [(told[0], ITSELF), (told[1], MEMBER)]


async def test_a_stop_of_what_was_off_by_then_is_none_by_whoever_ordered_it(unsure: Post) -> None:
    unsure.ask(Action.STOP)
    await _glance(unsure, DOWN)
    assert unsure.kinds_and_askers() == [(EventKind.STOPPED, ITSELF)]


async def test_a_kill_in_the_middle_of_a_restart_is_why_it_is_off(post: Post) -> None:
    post.ask(Action.RESTART)
    await _glance(post, DOWN)
    post.clock.advance(1)
    post.ask(Action.KILL, OTHER)
    await _glance(post, DOWN)
    assert post.kinds_and_askers() == [(EventKind.STOPPED, OTHER)]


async def test_what_was_seen_since_an_order_is_not_told_because_that_is_heard_of_again(
    post: Post,
) -> None:
    ordered_at = post.clock.now()
    await _glance(post, DOWN)
    for _ in range(2):
        post.ask(Action.RESTART, at=ordered_at)
    await _glance(post, UP)
    assert post.kinds_and_askers() == [(EventKind.RESTARTED, MEMBER)]


async def test_another_name_is_no_second_look(unsure: Post) -> None:
    unsure.ask(Action.UPDATE)
    await _glance(unsure, UP)
    assert not unsure.kinds_and_askers()
