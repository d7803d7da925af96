"""What is told of one server: what has held, once, and whose doing it was."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.access import Action
from bot.domain.events import EventKind
from bot.domain.servers import ServerState
from tests.domain.watching import MEMBER, Watched, seen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.events import Event

RUNNING, OFFLINE = ServerState.RUNNING, ServerState.OFFLINE
STARTING, STOPPING = ServerState.STARTING, ServerState.STOPPING
SUSPENDED, INSTALLING = ServerState.SUSPENDED, ServerState.INSTALLING


def kinds(*events: Sequence[Event]) -> list[EventKind]:
    """Return what was told, one after the other."""
    return [event.kind for some in events for event in some]


@pytest.fixture
def one() -> Watched:
    """A panel with one running server, seen twice."""
    watched = Watched()
    assert not watched.look(seen())
    assert not watched.look(seen())
    return watched


@pytest.fixture
def live(one: Watched) -> Watched:
    """The same, with a live connection."""
    assert not one.push(RUNNING, is_first=True, after=60)
    return one


def off(one: Watched) -> None:
    """Let it be known to be off."""
    one.look(seen(state=OFFLINE))
    assert kinds(one.look(seen(state=OFFLINE))) == [EventKind.STOPPED]


def test_the_first_sight_is_silent() -> None:
    watched = Watched()
    assert not watched.look(seen("one"), seen("two", OFFLINE), seen("three", INSTALLING))
    assert not watched.look(seen("one"), seen("two", OFFLINE), seen("three", INSTALLING))


def test_a_change_is_told_when_it_is_seen_twice_and_then_no_more(one: Watched) -> None:
    assert not one.look(seen(state=OFFLINE))
    (event,) = one.look(seen(state=OFFLINE))
    assert (event.kind, event.name, event.asker, event.was_away) == (
        EventKind.STOPPED,
        "One",
        None,
        False,
    )
    assert not one.look(seen(state=OFFLINE))


def test_a_panel_that_lies_within_a_moment_is_not_believed(one: Watched) -> None:
    for _ in range(5):
        assert not one.glance(seen(state=OFFLINE), after=0.3)
        assert not one.glance(seen(state=RUNNING), after=0.3)


@pytest.mark.parametrize(
    ("states", "told"),
    [
        ((SUSPENDED,), [EventKind.SUSPENDED]),
        ((SUSPENDED, OFFLINE), [EventKind.SUSPENDED, EventKind.UNSUSPENDED]),
        ((SUSPENDED, RUNNING), [EventKind.SUSPENDED, EventKind.UNSUSPENDED]),
        ((INSTALLING, OFFLINE), [EventKind.INSTALLING, EventKind.INSTALLED]),
        (
            (INSTALLING, ServerState.INSTALL_FAILED, INSTALLING, RUNNING),
            [
                EventKind.INSTALLING,
                EventKind.INSTALL_FAILED,
                EventKind.INSTALLING,
                EventKind.INSTALLED,
            ],
        ),
        ((OFFLINE, RUNNING), [EventKind.STOPPED, EventKind.STARTED]),
        ((ServerState.TRANSFERRING, RUNNING), []),
        ((ServerState.UNKNOWN, RUNNING), []),
        ((STARTING,), []),
    ],
)
def test_each_resting_state_has_its_word(
    one: Watched, states: tuple[ServerState, ...], told: list[EventKind]
) -> None:
    looks = [one.look(seen(state=state)) for state in states for _ in range(2)]
    assert kinds(*looks) == told


def test_what_a_live_connection_says_is_told_at_once(live: Watched) -> None:
    assert kinds(live.push(OFFLINE)) == [EventKind.CRASHED]
    assert kinds(live.push(STARTING), live.push(RUNNING)) == [EventKind.STARTED]


def test_an_older_reading_of_the_panel_does_not_contradict_it(live: Watched) -> None:
    assert kinds(live.push(OFFLINE)) == [EventKind.CRASHED]
    assert not live.glance(seen())
    assert not live.glance(seen())
    assert not live.look(seen(state=OFFLINE), after=20)


def test_nor_does_it_after_a_restart_of_the_bot(live: Watched) -> None:
    assert kinds(live.push(OFFLINE)) == [EventKind.CRASHED]
    live.restart()
    assert not live.look(seen(), after=5)
    assert not live.glance(seen())
    assert not live.look(seen(state=OFFLINE), after=20)


def test_nor_where_a_list_told_what_was_pushed(one: Watched) -> None:
    one.order(Action.STOP)
    pushed = replace(seen(state=OFFLINE), pushed_at=one.at)
    assert kinds(one.look(pushed, after=1)) == [EventKind.STOPPED]
    one.restart()
    assert not one.look(seen(), after=5)


def test_what_is_read_later_than_that_is_told_after_a_restart_of_the_bot(live: Watched) -> None:
    live.push(OFFLINE)
    live.restart()
    assert not live.look(seen(), after=5)
    (event,) = live.look(seen(), after=20)
    assert (event.kind, event.was_away) == (EventKind.STARTED, True)


def test_a_connection_that_missed_the_fall_does_not_call_it_a_crash(live: Watched) -> None:
    assert kinds(live.push(OFFLINE, is_first=True, after=90)) == [EventKind.STOPPED]


def test_a_stop_in_the_panel_itself_is_no_crash(live: Watched) -> None:
    assert not live.push(STOPPING)
    assert kinds(live.push(OFFLINE)) == [EventKind.STOPPED]
    assert not live.settle()
    assert not live.settle(after=60)


def test_a_fall_that_only_lists_show_is_no_crash(one: Watched) -> None:
    off(one)


@pytest.mark.parametrize("action", [Action.STOP, Action.KILL])
def test_a_stop_that_was_asked_for_is_told_with_who(live: Watched, action: Action) -> None:
    live.order(action)
    (event,) = live.push(OFFLINE, after=1)
    assert (event.kind, event.asker) == (EventKind.STOPPED, MEMBER)
    assert not live.orders


def test_what_was_asked_for_need_not_be_seen_twice(one: Watched) -> None:
    one.order(Action.STOP)
    (event,) = one.glance(seen(state=OFFLINE))
    assert (event.kind, event.asker) == (EventKind.STOPPED, MEMBER)
    one.order(Action.START)
    (event,) = one.glance(seen(state=RUNNING))
    assert (event.kind, event.asker) == (EventKind.STARTED, MEMBER)


def test_an_order_that_had_no_effect_does_not_excuse_a_later_crash(live: Watched) -> None:
    live.order(Action.STOP)
    (event,) = live.push(OFFLINE, after=181)
    assert (event.kind, event.asker) == (EventKind.CRASHED, None)


def test_an_order_counts_as_long_as_the_server_is_on_its_way(live: Watched) -> None:
    live.order(Action.STOP)
    assert not live.push(STOPPING, after=5)
    for _ in range(5):
        assert not live.glance(seen(state=STOPPING), after=100)
    (event,) = live.push(OFFLINE, after=60)
    assert (event.kind, event.asker) == (EventKind.STOPPED, MEMBER)


def test_an_order_has_one_end(live: Watched) -> None:
    live.order(Action.START)
    live.push(OFFLINE)
    assert kinds(live.push(RUNNING, after=1)) == [EventKind.STARTED]
    (event,) = live.push(OFFLINE, after=1)
    assert (event.kind, event.asker) == (EventKind.CRASHED, None)


def test_a_start_is_no_excuse_for_a_crash(live: Watched) -> None:
    live.order(Action.START)
    (event,) = live.push(OFFLINE, after=1)
    assert (event.kind, event.asker) == (EventKind.CRASHED, None)


def stop(one: Watched) -> Event:
    """Let a live connection see it stop."""
    assert not one.push(STOPPING)
    (event,) = one.push(OFFLINE)
    assert event.kind is EventKind.STOPPED
    return event


@pytest.mark.parametrize("is_bot_restarted", [False, True])
def test_a_stop_that_was_half_of_a_restart_is_told_anew_as_that(
    live: Watched, is_bot_restarted: bool
) -> None:
    stopped = stop(live)
    if is_bot_restarted:
        live.restart()
    assert not live.push(STARTING, after=10)
    (event,) = live.push(RUNNING, after=20)
    assert (event.kind, event.asker) == (EventKind.RESTARTED, None)
    assert event.incident == stopped.incident is not None
    assert (stopped.told_at, event.told_at) == (None, stopped.at)
    assert not live.look(seen(uptime=40))
    assert not live.look(seen(uptime=100))
    assert stop(live).incident != stopped.incident


@pytest.mark.parametrize("is_bot_restarted", [False, True])
def test_a_start_later_than_that_is_one_of_its_own(live: Watched, is_bot_restarted: bool) -> None:
    stop(live)
    if is_bot_restarted:
        live.restart()
    (event,) = live.push(RUNNING, after=31)
    assert (event.kind, event.incident) == (EventKind.STARTED, None)


def test_a_start_that_was_asked_for_is_no_restart(live: Watched) -> None:
    stop(live)
    live.order(Action.START)
    (event,) = live.push(RUNNING, after=5)
    assert (event.kind, event.asker, event.incident) == (EventKind.STARTED, MEMBER, None)


def test_a_stop_that_was_asked_for_is_no_half_of_a_restart(live: Watched) -> None:
    live.order(Action.STOP)
    assert stop(live).incident is None
    (event,) = live.push(RUNNING, after=5)
    assert (event.kind, event.incident) == (EventKind.STARTED, None)


def test_a_crash_and_what_brings_it_up_again_are_two_events(live: Watched) -> None:
    told = [*live.push(OFFLINE), *live.push(RUNNING, after=5)]
    assert [event.kind for event in told] == [EventKind.CRASHED, EventKind.STARTED]
    assert {event.incident for event in told} == {None}


def test_up_again_within_the_grace_counts_from_when_it_was_first_seen(live: Watched) -> None:
    stop(live)
    assert not live.glance(seen(), after=25)
    assert kinds(live.glance(seen(), after=25)) == [EventKind.RESTARTED]


@pytest.mark.parametrize("way", [(), (OFFLINE,), (STOPPING, OFFLINE, STARTING), (STARTING,)])
def test_a_restart_that_was_asked_for_is_one_event(
    one: Watched, way: tuple[ServerState, ...]
) -> None:
    one.look(seen(uptime=3600))
    one.order(Action.RESTART)
    looks = [one.glance(seen(state=state)) for state in way]
    (event,) = one.glance(seen(uptime=1))
    assert (kinds(*looks), event.kind, event.asker) == ([], EventKind.RESTARTED, MEMBER)
    assert not one.glance(seen(uptime=3))


def test_a_restart_whose_second_half_fails_is_told_as_a_stop(live: Watched) -> None:
    live.order(Action.RESTART)
    assert not live.push(STOPPING)
    assert not live.push(OFFLINE)
    assert not live.settle(after=20)
    (event,) = live.settle(after=11)
    assert (event.kind, event.asker) == (EventKind.STOPPED, MEMBER)
    (event,) = live.push(RUNNING, after=60)
    assert (event.kind, event.asker) == (EventKind.STARTED, MEMBER)


def test_a_restart_between_two_looks_is_given_away_by_a_younger_process(one: Watched) -> None:
    one.look(seen(uptime=3600))
    assert not one.look(seen(uptime=20))
    assert kinds(one.look(seen(uptime=80))) == [EventKind.RESTARTED]
    assert not one.look(seen(uptime=140))


def test_a_figure_that_jumps_is_no_restart(one: Watched) -> None:
    one.look(seen(uptime=36_000))
    assert not one.look(seen(uptime=0.5))
    assert not one.look(seen(uptime=36_120))
    assert not one.look(seen(uptime=32_000))
    assert not one.look(seen(uptime=32_060))


def test_clocks_that_jump_make_no_news(one: Watched) -> None:
    one.look(seen(uptime=1800))
    for jump in (7200, -86_400, 40_000_000):
        assert not one.look(seen(uptime=1860), after=jump)
        assert not one.look(seen(uptime=1920))


def test_a_server_that_never_comes_up_again_is_told_to_be_down(one: Watched) -> None:
    looks = [one.look(seen(state=state)) for state in (OFFLINE, STARTING) * 3]
    assert kinds(*looks) == [EventKind.STOPPED]


def test_what_a_node_says_of_a_suspended_server_is_nothing_new(live: Watched) -> None:
    live.look(seen(state=SUSPENDED))
    assert kinds(live.look(seen(state=SUSPENDED))) == [EventKind.SUSPENDED]
    assert not live.push(OFFLINE)
    assert not live.push(RUNNING, is_first=True)


def test_a_suspension_that_was_asked_for_is_one_event(live: Watched) -> None:
    live.order(Action.SUSPEND)
    assert not live.push(STOPPING)
    assert not live.push(OFFLINE)
    (event,) = live.glance(seen(state=SUSPENDED))
    assert (event.kind, event.asker) == (EventKind.SUSPENDED, MEMBER)


def test_a_new_name_is_told_when_it_is_seen_twice(one: Watched) -> None:
    assert not one.look(seen(name="Other"))
    (event,) = one.look(seen(name="Other"))
    assert (event.kind, event.name, event.former_name) == (EventKind.RENAMED, "Other", "One")
    assert not one.look(seen(name="Other"))
    assert not one.look(seen(name="One"))
    assert not one.look(seen(name="Other"))


def test_what_happened_while_the_bot_was_away_is_told_once(one: Watched) -> None:
    one.restart()
    (event,) = one.look(seen(state=OFFLINE), after=86_400)
    assert (event.kind, event.was_away) == (EventKind.STOPPED, True)
    one.restart()
    assert not one.look(seen(state=OFFLINE))
    assert kinds(one.push(RUNNING)) == [EventKind.STARTED]


def test_what_is_seen_to_happen_did_not_happen_while_it_was_away(one: Watched) -> None:
    one.restart()
    one.order(Action.STOP)
    (event,) = one.glance(seen(state=OFFLINE))
    assert (event.asker, event.was_away) == (MEMBER, False)
    one.restart()
    (event,) = one.push(RUNNING)
    assert event.was_away is False
