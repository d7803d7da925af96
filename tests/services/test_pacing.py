"""Looks come at their interval, failures later each time; questions are spread over a look."""

from __future__ import annotations

import itertools

import pytest

from bot.services.pacing import Pace
from tests.fakes import FakeClock


def _pace(clock: FakeClock, *, interval: float = 60, chance: float = 1.0) -> Pace:
    return Pace(clock, interval=interval, chance=lambda: chance)


def _look(pace: Pace, clock: FakeClock, *, servers: int = 100, took: float = 0) -> float:
    pace.begin()
    clock.advance(took)
    pace.succeed(servers)
    return pace.rest()


def _fail(pace: Pace, *, at_least: float = 0.0) -> float:
    pace.begin()
    pace.fail("PanelUnreachable", at_least=at_least)
    return pace.rest()


def test_what_a_look_takes_is_part_of_its_interval() -> None:
    clock = FakeClock()
    pace = _pace(clock)
    _look(pace, clock)
    assert _look(pace, clock, took=25) == 35
    assert _look(pace, clock, took=200) == 6, "there is always some rest"


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_the_second_look_comes_at_another_time_for_each_panel(chance: float) -> None:
    clock = FakeClock()
    assert _look(_pace(clock, chance=chance), clock) == 60 * (1 + chance) / 2


def test_failures_double_the_pause_up_to_five_minutes_and_one_success_ends_that() -> None:
    clock = FakeClock()
    pace = _pace(clock)
    _look(pace, clock)
    assert [_fail(pace) for _ in range(5)] == [60, 120, 240, 300, 300]
    assert _look(pace, clock) == 60
    assert _fail(pace) == 60
    assert pace.health(followed=0).failures == {"PanelUnreachable": 6}


def test_who_asks_for_more_patience_gets_it() -> None:
    pace = _pace(FakeClock(), chance=0)
    assert _fail(pace, at_least=300) == 300
    assert _fail(pace, at_least=1) == 90


def test_an_interval_of_an_hour_is_no_shorter_for_a_panel_that_fails() -> None:
    pace = _pace(FakeClock(), interval=3600)
    assert [_fail(pace) for _ in range(3)] == [3600, 3600, 3600]


@pytest.mark.parametrize(
    ("interval", "servers", "pause"), [(60, 3, 0.25), (60, 300, 0.1), (5, 0, 0.25)]
)
def test_half_of_the_interval_is_for_the_questions(
    interval: float, servers: int, pause: float
) -> None:
    clock = FakeClock()
    pace = _pace(clock, interval=interval)
    assert pace.between_questions == 0, "people wait for the first look"
    _look(pace, clock, servers=servers)
    assert pace.between_questions == pytest.approx(pause)


def test_five_intervals_without_success_are_too_many_unless_a_look_takes_that_long() -> None:
    clock = FakeClock()
    pace = _pace(clock)
    states = []
    for _ in range(6):
        clock.advance(60)
        states.append(pace.is_overdue)
    assert states == [False] * 5 + [True]
    _look(pace, clock, took=180)
    clock.advance(890)
    assert not pace.is_overdue
    clock.advance(11)
    assert pace.is_overdue


def test_a_look_of_which_nothing_is_known_has_failed() -> None:
    pace = _pace(FakeClock())
    for failures in itertools.islice(itertools.count(1), 3):
        pace.begin()
        assert pace.rest() > 0
        assert pace.health(followed=0).failures == {"bug": failures}
