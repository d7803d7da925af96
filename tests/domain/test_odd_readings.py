"""What a panel says of how long a server runs may be nonsense: then it has said nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.events import EventKind
from bot.domain.servers import Resources, ServerState
from tests.domain.watching import Watched, seen

HOUR = 3600.0
CENTURY = 36_500 * 24 * HOUR


@pytest.mark.parametrize("seconds", [-1, 0, CENTURY, 1e12])
def test_how_long_no_process_can_run_is_not_told(seconds: float) -> None:
    assert Resources(uptime=timedelta(seconds=seconds)).uptime is None
    assert replace(Resources(), uptime=timedelta(seconds=seconds)).uptime is None


@pytest.mark.parametrize("seconds", [0.001, HOUR, CENTURY - 1])
def test_how_long_a_process_can_run_is_told(seconds: float) -> None:
    assert Resources(uptime=timedelta(seconds=seconds)).uptime == timedelta(seconds=seconds)


def test_nonsense_of_one_server_hides_no_change_of_another() -> None:
    watched, down = Watched(), seen("one", ServerState.OFFLINE)
    watched.look(seen("one"), seen("two", uptime=50))
    assert not watched.look(down, seen("two", uptime=110))
    (event,) = watched.look(down, seen("two", uptime=1e12))
    assert (event.kind, event.name) == (EventKind.STOPPED, "One")
    assert not watched.look(down, seen("two", uptime=230))


@pytest.mark.parametrize("set_back", [30, 55, 600])
def test_a_clock_that_is_set_back_is_no_restart(set_back: float) -> None:
    """By so many minutes; the node counts from when its server was started."""
    watched, ran = Watched(), 0.0
    for minute in range(700):
        ran = 600 + 60 * minute - (60 * set_back if minute >= 5 else 0)
        assert not watched.look(seen(uptime=ran))
    assert ran > 0


def test_a_process_that_has_run_for_no_time_at_all_is_no_restart() -> None:
    watched = Watched()
    for uptime in (600, 660, 0, 0, 840):
        assert not watched.look(seen(uptime=uptime))


def test_a_restart_is_told_also_after_nonsense() -> None:
    watched = Watched()
    for uptime in (600, 660, -10, 780, 840):
        assert not watched.look(seen(uptime=uptime))
    assert not watched.look(seen(uptime=20))
    (event,) = watched.look(seen(uptime=80))
    assert event.kind is EventKind.RESTARTED
