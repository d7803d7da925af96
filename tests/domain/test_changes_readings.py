"""What counts as having been seen twice: two readings, or what a live connection has pushed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.access import Action
from bot.domain.events import EventKind
from bot.domain.servers import ServerState
from tests.domain.watching import Watched, seen
from tests.fakes import NOON

RUNNING, OFFLINE = ServerState.RUNNING, ServerState.OFFLINE


@pytest.fixture
def one() -> Watched:
    """A panel with one running server, seen twice."""
    watched = Watched()
    watched.look(seen())
    watched.look(seen())
    return watched


def test_one_reading_that_two_hand_in_was_seen_once(one: Watched) -> None:
    assert not one.look(seen(state=OFFLINE))
    assert not one.look_again(seen(state=OFFLINE))
    assert not one.look(seen())


def test_a_younger_process_in_one_reading_was_seen_once(one: Watched) -> None:
    one.look(seen(uptime=3600))
    assert not one.look(seen(uptime=20))
    assert not one.look_again(seen(uptime=20))
    assert not one.look(seen(uptime=3720))


@pytest.mark.parametrize("seconds", [1.5, 60])
def test_another_name_in_one_reading_that_two_hand_in_was_seen_once(
    one: Watched, seconds: float
) -> None:
    assert not one.look(seen(name="Other"))
    assert not one.look_again(seen(name="Other"), after=seconds)
    (event,) = one.look(seen(name="Other"))
    assert event.kind is EventKind.RENAMED


def test_what_is_heard_of_its_power_is_no_other_reading_of_its_name(one: Watched) -> None:
    read = replace(seen(name="Other"), read_at=NOON + timedelta(seconds=180))
    for _ in range(3):
        assert not one.look(read)


def test_a_name_may_be_newer_than_the_state_that_comes_with_it(one: Watched) -> None:
    """Where states are asked for in turn, most servers of a list come with that of an old one."""
    first, second = (
        replace(seen(name="Other"), read_at=NOON + timedelta(seconds=180 + 60 * number))
        for number in range(2)
    )
    assert not one.look_again(first, after=60)
    (event,) = one.look_again(second, after=60)
    assert event.kind is EventKind.RENAMED


def test_another_state_is_another_reading(one: Watched) -> None:
    assert not one.look_again(seen(state=ServerState.SUSPENDED))
    (event,) = one.look(seen(state=ServerState.SUSPENDED))
    assert event.kind is EventKind.SUSPENDED


def test_what_is_read_once_more_was_seen_twice(one: Watched) -> None:
    one.look(seen(state=OFFLINE))
    one.look_again(seen(state=OFFLINE))
    (event,) = one.glance(seen(state=OFFLINE), after=0.1)
    assert event.kind is EventKind.STOPPED


def test_a_panel_that_says_nothing_in_between_contradicts_nothing(one: Watched) -> None:
    """Where states are asked for in turn, a list is silent on most of its servers."""
    one.look(seen(state=OFFLINE))
    assert not one.look(seen(state=ServerState.UNKNOWN))
    (event,) = one.look(seen(state=OFFLINE))
    assert event.kind is EventKind.STOPPED


def test_a_reading_of_before_an_order_is_not_its_doing(one: Watched) -> None:
    one.look(seen(state=OFFLINE))
    one.order(Action.STOP)
    assert not one.look_again(seen(state=OFFLINE))


@pytest.mark.parametrize("pushed", [RUNNING, OFFLINE])
def test_what_was_pushed_long_ago_does_not_bear_out_a_lie(
    one: Watched, pushed: ServerState
) -> None:
    other = OFFLINE if pushed is RUNNING else RUNNING
    one.push(pushed, is_first=True)
    for _ in range(2):
        one.look(seen(state=other))
    assert not one.look(seen(state=pushed))
    assert not one.watch.is_unsettled
    assert not one.settle()
    assert not one.look(seen(state=other))


def test_a_stop_that_was_read_before_it_was_pushed_settles_as_pushed(one: Watched) -> None:
    one.push(RUNNING, is_first=True)
    one.order(Action.RESTART)
    assert not one.glance(seen(state=OFFLINE), after=30)
    assert not one.push(OFFLINE)
    assert one.watch.is_unsettled
    (event,) = one.settle(after=31)
    assert event.kind is EventKind.STOPPED
