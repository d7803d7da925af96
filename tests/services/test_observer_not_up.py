"""A server that somebody wanted up and that stays down is told of once, with who wanted it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.access import Action
from bot.domain.audit import Outcome
from bot.domain.events import EventKind
from bot.domain.servers import ServerState
from tests.services.observing import DOWN, MEMBER, OFFLINE, RUNNING, UP, Post

if TYPE_CHECKING:
    from datetime import datetime

STOPPING, STARTING = ServerState.STOPPING, ServerState.STARTING
NOT_UP = (EventKind.CRASHED, MEMBER)


async def _ended(post: Post, action: Action, ordered_at: datetime) -> bool:
    seen = replace(DOWN, observed_at=post.clock.now())
    return await post.observer.done(UP.ref, action, MEMBER, ordered_at, seen=seen)


@pytest.fixture(params=[Action.RESTART, Action.START])
async def ordered(request: pytest.FixtureRequest) -> tuple[Post, Action, datetime]:
    """One that goes down again while it starts by an order."""
    post, action = Post(), request.param
    await post.look(UP if action is Action.RESTART else DOWN)
    at = post.ask(action)
    if action is Action.RESTART:
        await post.push(STOPPING, OFFLINE)
    await post.push(STARTING, OFFLINE)
    return post, action, at


async def test_it_is_told_once_be_it_that_the_bot_ends_before_that_is_written_down(
    ordered: tuple[Post, Action, datetime],
) -> None:
    post, action, at = ordered
    assert not post.kinds_and_askers()
    for _ in range(2):
        assert await _ended(post, action, at)
    post.start()
    assert await _ended(post, action, at)
    await post.look(DOWN)
    assert post.kinds_and_askers() == [NOT_UP]
    assert post.news.kept[UP.ref].state is OFFLINE


async def test_it_is_told_though_it_is_on_its_way_up_again_by_then(
    ordered: tuple[Post, Action, datetime],
) -> None:
    post, action, at = ordered
    seen = replace(DOWN, observed_at=post.clock.now())
    await post.push(STARTING)
    assert await post.observer.done(UP.ref, action, MEMBER, at, seen=seen)
    await post.push(RUNNING)
    await post.ledger.save()
    assert post.kinds_and_askers() == [NOT_UP, (EventKind.STARTED, None)]


async def test_what_happens_later_is_not_of_that_order(
    ordered: tuple[Post, Action, datetime],
) -> None:
    post, action, at = ordered
    assert await _ended(post, action, at)
    post.note(action, Outcome.NOT_UP)
    await post.push(STARTING, RUNNING, OFFLINE)
    await post.ledger.save()
    assert post.kinds_and_askers() == [NOT_UP, (EventKind.STARTED, None), (EventKind.CRASHED, None)]


async def test_a_long_start_is_no_second_stop(post: Post) -> None:
    at = post.ask(Action.RESTART)
    await post.push(STOPPING, OFFLINE, STARTING)
    await post.push(OFFLINE, every=45)
    assert await _ended(post, Action.RESTART, at)
    assert post.kinds_and_askers() == [NOT_UP]


async def test_a_stop_that_was_told_before_turns_out_to_be_for_good(post: Post) -> None:
    at = post.ask(Action.RESTART)
    await post.push(STOPPING, OFFLINE)
    await post.look(DOWN)
    assert await _ended(post, Action.RESTART, at)
    assert post.kinds_and_askers() == [(EventKind.STOPPED, MEMBER), NOT_UP]
