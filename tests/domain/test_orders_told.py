"""What an order explains, until its end is seen and no longer; also after a restart of the bot."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.access import Action
from bot.domain.events import EventKind
from bot.domain.servers import ServerState
from tests.domain.watching import MEMBER, Watched, seen

RUNNING, OFFLINE = ServerState.RUNNING, ServerState.OFFLINE
STARTING, STOPPING = ServerState.STARTING, ServerState.STOPPING


@pytest.fixture
def one() -> Watched:
    """A panel with one running server that was looked at."""
    watched = Watched()
    assert not watched.look(seen(uptime=3600))
    return watched


@pytest.fixture
def live(one: Watched) -> Watched:
    """The same, with a live connection."""
    assert not one.push(RUNNING, is_first=True, after=60)
    return one


def test_a_stop_of_what_is_off_excuses_no_crash(live: Watched) -> None:
    live.push(OFFLINE)
    live.order(Action.STOP)
    live.see_its_end()
    (up,) = live.push(RUNNING, after=1)
    (down,) = live.push(OFFLINE, after=1)
    assert [(each.kind, each.asker) for each in (up, down)] == [
        (EventKind.STARTED, None),
        (EventKind.CRASHED, None),
    ]
    assert not live.orders


def test_a_start_of_what_runs_is_not_why_it_comes_up_later(live: Watched) -> None:
    live.order(Action.START)
    live.see_its_end()
    assert [each.kind for each in live.push(OFFLINE, after=1)] == [EventKind.CRASHED]
    (up,) = live.push(RUNNING, after=1)
    assert (up.kind, up.asker) == (EventKind.STARTED, None)


@pytest.mark.parametrize(
    ("action", "before", "after", "kind"),
    [
        (Action.STOP, RUNNING, OFFLINE, EventKind.STOPPED),
        (Action.KILL, RUNNING, OFFLINE, EventKind.STOPPED),
        (Action.START, OFFLINE, RUNNING, EventKind.STARTED),
    ],
)
def test_what_is_seen_later_than_its_receipt_saw_it_is_still_told_with_who(
    action: Action, before: ServerState, after: ServerState, kind: EventKind
) -> None:
    watched = Watched()
    watched.look(seen(state=before))
    watched.order(action)
    watched.see_its_end()
    assert not watched.glance(seen(state=before), after=3)
    (event,) = watched.look(seen(state=after), after=60)
    assert (event.kind, event.asker) == (kind, MEMBER)
    assert not watched.orders


def test_a_restart_that_only_its_receipt_saw_is_told_at_the_next_look(one: Watched) -> None:
    one.order(Action.RESTART)
    assert not one.glance(seen())
    one.see_its_end()
    (event,) = one.glance(seen())
    assert (event.kind, event.asker) == (EventKind.RESTARTED, MEMBER)
    assert not one.look(seen())


@pytest.mark.parametrize("is_followed", [True, False])
def test_what_its_panel_keeps_of_before_is_no_second_restart(
    live: Watched, *, is_followed: bool
) -> None:
    live.order(Action.RESTART)
    live.restart()
    assert not live.look(seen(uptime=3662), after=2)
    before = seen(uptime=3663)
    if is_followed:
        (event,) = live.follow_to_its_end(before)
    else:
        live.see_its_end()
        (event,) = live.glance(before, after=1)
    assert (event.kind, event.asker) == (EventKind.RESTARTED, MEMBER)
    assert not live.glance(seen(uptime=3674), after=11)
    for uptime in (30, 60, 90):
        assert not live.look(seen(uptime=uptime), after=30)


@pytest.mark.parametrize(("asked_after", "seen_after"), [(19.9, 20.6), (19.9, 30), (20.9, 20.9)])
def test_what_its_panel_kept_until_it_was_asked_is_no_stop_while_the_bot_was_away(
    asked_after: float, seen_after: float
) -> None:
    """A list takes its time, and so does an answer."""
    watched = Watched()
    watched.look(seen(state=OFFLINE))
    watched.order(Action.START)
    (event,) = watched.follow_to_its_end(seen())
    assert event.kind is EventKind.STARTED
    watched.restart()
    watched.read_at = watched.at + timedelta(seconds=asked_after)
    assert not watched.look_again(seen(state=OFFLINE), after=seen_after)
    assert not watched.look(seen(), after=30)


def test_the_next_restart_is_seen_all_the_same(live: Watched) -> None:
    live.order(Action.RESTART)
    live.restart()
    assert live.follow_to_its_end(seen(uptime=3660))
    assert not live.look(seen(uptime=600), after=600)
    told = [live.look(seen(uptime=uptime), after=60) for uptime in (20, 80)]
    assert [event.kind for some in told for event in some] == [EventKind.RESTARTED]


def test_its_first_half_may_be_read_after_its_end(one: Watched) -> None:
    one.order(Action.RESTART)
    one.see_its_end()
    assert not one.glance(seen(state=OFFLINE))
    assert not one.glance(seen(state=OFFLINE))
    (event,) = one.glance(seen())
    assert (event.kind, event.asker) == (EventKind.RESTARTED, MEMBER)


def test_a_fall_after_a_restart_is_none_of_it(live: Watched) -> None:
    live.order(Action.RESTART)
    live.see_its_end()
    (event,) = live.push(OFFLINE, after=1)
    assert (event.kind, event.asker) == (EventKind.CRASHED, None)
    assert not live.orders


_WAYS = [
    (STOPPING, OFFLINE, STARTING),
    (STOPPING, STARTING),
    (OFFLINE, STARTING),
    (OFFLINE,),
    (STARTING,),
]


@pytest.mark.parametrize("way", _WAYS)
@pytest.mark.parametrize("is_read_first", [False, True])
def test_a_restart_in_the_middle_of_which_the_bot_was_ended_is_one_event(
    live: Watched, *, way: tuple[ServerState, ...], is_read_first: bool
) -> None:
    live.order(Action.RESTART)
    live.restart()
    told = [*live.look(seen(uptime=3600), after=2)] if is_read_first else []
    for index, state in enumerate(way):
        told += live.push(state, after=3, is_first=index == 0)
    assert not told
    (event,) = live.push(RUNNING, after=3)
    assert (event.kind, event.asker, event.was_away) == (EventKind.RESTARTED, MEMBER, False)
    assert not live.orders
    assert not live.look(seen(uptime=30), after=30)


def test_the_same_without_a_live_connection(one: Watched) -> None:
    one.order(Action.RESTART)
    one.restart()
    assert not one.look(seen(state=OFFLINE), after=5)
    assert not one.glance(seen(state=STARTING))
    (event,) = one.glance(seen(uptime=1))
    assert (event.kind, event.asker) == (EventKind.RESTARTED, MEMBER)


def test_one_that_does_not_come_up_then_is_told_as_a_stop(live: Watched) -> None:
    live.order(Action.RESTART)
    live.restart()
    assert not live.push(OFFLINE, after=5, is_first=True)
    assert not live.settle(after=20)
    (event,) = live.settle(after=11)
    assert (event.kind, event.asker) == (EventKind.STOPPED, MEMBER)


def test_whatever_else_happened_meanwhile_is_no_restart(live: Watched) -> None:
    live.restart()
    assert not live.push(STARTING, is_first=True)
    assert not live.push(RUNNING, after=3)


def test_what_was_told_explains_nothing_after_a_restart_of_the_bot(live: Watched) -> None:
    live.order(Action.RESTART)
    order = live.orders["one"]
    assert not live.push(OFFLINE)
    assert [each.asker for each in live.push(RUNNING, after=3)] == [MEMBER]
    live.restart()
    live.orders["one"] = order
    assert not live.push(RUNNING, after=3, is_first=True)
    live.see_its_end()
    assert not live.look(seen(uptime=60), after=60)
    (event,) = live.push(OFFLINE, after=1)
    assert (event.kind, event.asker) == (EventKind.CRASHED, None)


def test_nor_does_one_that_was_spent(live: Watched) -> None:
    live.order(Action.RESTART)
    live.see_its_end()
    order = live.orders["one"]
    live.push(OFFLINE, after=1)
    live.restart()
    live.orders["one"] = order
    (event,) = live.push(RUNNING, after=60, is_first=True)
    assert (event.kind, event.asker) == (EventKind.STARTED, None)


def test_nor_does_one_from_before_it(live: Watched) -> None:
    live.order(Action.RESTART)
    older = live.orders["one"]
    live.at += timedelta(seconds=5)
    live.order(Action.KILL)
    assert [each.asker for each in live.push(OFFLINE, after=1)] == [MEMBER]
    live.restart()
    live.orders["one"] = older
    (event,) = live.push(RUNNING, after=60, is_first=True)
    assert event.asker is None


def test_a_clock_that_is_set_back_hides_no_order(one: Watched) -> None:
    for back in (0, 86_400):
        one.at -= timedelta(seconds=back)
        one.order(Action.RESTART)
        one.see_its_end()
        (event,) = one.look(seen(uptime=9), after=9)
        assert (event.kind, event.asker) == (EventKind.RESTARTED, MEMBER)
