"""An end that is kept is told as it was seen, however much later the next start of the bot is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.access import Action
from bot.domain.events import EventKind
from tests.services.observing import DOWN, MEMBER, UP, Post

if TYPE_CHECKING:
    from bot.domain.servers import Server

_MINUTES = (1, 10, 50)


async def _end_and_die(
    post: Post, action: Action, *, seen: Server, minutes: int, before: Server = UP
) -> None:
    """Let an order end as it was seen, and the next start tell it so much later."""
    await post.look(before)
    ordered_at = post.clock.now()
    post.clock.advance(8)
    seen = replace(seen, observed_at=post.clock.now())
    post.start()
    post.clock.advance(60 * minutes)
    post.ask(action, at=ordered_at)
    assert await post.observer.done(UP.ref, action, MEMBER, ordered_at, seen=seen)


@pytest.mark.parametrize("minutes", _MINUTES)
async def test_a_restart_is_told_with_who_asked_for_it(minutes: int) -> None:
    post = Post()
    await _end_and_die(post, Action.RESTART, seen=UP, minutes=minutes)
    await post.look(UP)
    assert post.kinds_and_askers() == [(EventKind.RESTARTED, MEMBER)]


@pytest.mark.parametrize("minutes", _MINUTES)
async def test_a_stop_is_told_apart_from_the_start_that_came_after_it(minutes: int) -> None:
    post = Post()
    await _end_and_die(post, Action.STOP, seen=DOWN, minutes=minutes)
    for _ in range(2):
        await post.look(UP)
    assert post.kinds_and_askers() == [(EventKind.STOPPED, MEMBER), (EventKind.STARTED, None)]


@pytest.mark.parametrize(
    ("action", "seen", "now", "kind"),
    [
        (Action.STOP, DOWN, UP, EventKind.STARTED),
        (Action.START, UP, DOWN, EventKind.STOPPED),
    ],
)
async def test_what_changed_since_it_was_seen_changed_while_nobody_looked(
    action: Action, seen: Server, now: Server, kind: EventKind
) -> None:
    post = Post()
    await _end_and_die(post, action, before=now, seen=seen, minutes=10)
    assert await post.look(now) == [kind]
    assert post.news.events[-1].was_away
