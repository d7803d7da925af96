"""The budget of a key: windows, other users of it, patience."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.panels._budget import Budget, Patience

if TYPE_CHECKING:
    from tests.panels.support import HastyClock


def headers(limit: int, remaining: int) -> dict[str, str]:
    return {"X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": str(remaining)}


def note(budget: Budget, answer: dict[str, str]) -> None:
    budget.note(answer, window=budget.window)


@pytest.fixture
def budget(clock: HastyClock) -> Budget:
    return Budget(clock)


def test_nothing_is_held_back_while_the_panel_names_no_limit(budget: Budget) -> None:
    note(budget, {})
    assert [budget.take() for _ in range(1000)] == [0.0] * 1000


def test_the_last_request_of_a_window_goes_and_the_next_waits_for_its_end(
    budget: Budget, clock: HastyClock
) -> None:
    budget.take()
    clock.advance(2)
    note(budget, headers(3, 1))
    assert budget.take() == 0
    clock.advance(20)
    # From the first answer on: the panel began to count no later than that.
    assert budget.take() == 40
    clock.advance(40)
    assert [budget.take() for _ in range(3)] == [0, 0, 0]
    assert budget.take() == 60


def test_what_others_take_from_the_same_budget_counts(budget: Budget) -> None:
    budget.take()
    note(budget, headers(720, 500))
    budget.take()
    note(budget, headers(720, 0))
    assert budget.take() == 60


def test_answers_that_come_out_of_order_give_nothing_back(budget: Budget) -> None:
    budget.take()
    note(budget, headers(240, 3))
    budget.take()
    budget.take()
    note(budget, headers(240, 1))
    note(budget, headers(240, 2))
    assert budget.take() == 0
    assert budget.take() > 0


def test_an_answer_from_the_last_window_says_nothing_of_this_one(
    budget: Budget, clock: HastyClock
) -> None:
    budget.take()
    note(budget, headers(10, 9))
    last = budget.window
    clock.advance(60)
    budget.take()
    budget.note(headers(10, 0), window=last)
    assert [budget.take() for _ in range(9)] == [0] * 9
    assert budget.take() == 60


def test_a_window_that_the_panel_began_anew_is_noticed(budget: Budget, clock: HastyClock) -> None:
    budget.take()
    note(budget, headers(240, 5))
    clock.advance(30)
    note(budget, headers(240, 239))
    assert [budget.take() for _ in range(239)] == [0] * 239
    assert budget.take() == 60


@pytest.mark.parametrize("odd", ["", "many", "-1", "1.5", "9" * 5000])
def test_senseless_figures_are_no_limit(budget: Budget, odd: str) -> None:
    note(budget, {"X-RateLimit-Limit": odd, "X-RateLimit-Remaining": "0"})
    note(budget, {"X-RateLimit-Limit": "1", "X-RateLimit-Remaining": odd})
    assert budget.take() == 0


def test_a_closed_budget_opens_by_itself(budget: Budget, clock: HastyClock) -> None:
    budget.take()
    budget.close(7)
    assert budget.take() == 7
    clock.advance(7)
    assert budget.take() == 0


async def test_patience_counts_waits_that_overlap_once(clock: HastyClock) -> None:
    patience = Patience(clock, 60)
    assert await patience.wait(40)
    assert await patience.wait(20)
    assert not await patience.wait(1)
    assert clock.slept == [40, 20]


async def test_patience_refuses_at_once_what_is_too_long(clock: HastyClock) -> None:
    assert not await Patience(clock, 60).wait(61)
    assert clock.slept == []


def test_where_no_figure_is_stated_ten_may_go_at_once_and_then_one_after_each_rest(
    clock: HastyClock,
) -> None:
    budget = Budget(clock, rest=1.0)
    assert [budget.take() for _ in range(10)] == [0.0] * 10
    assert budget.take() == pytest.approx(1.0)
    clock.advance(1)
    assert budget.take() == 0.0
    assert budget.take() == pytest.approx(1.0)
    clock.advance(3600)
    assert [budget.take() for _ in range(10)] == [0.0] * 10
    assert budget.take() > 0


def test_what_can_wait_leaves_a_part_of_the_window_to_others(
    budget: Budget, clock: HastyClock
) -> None:
    budget.take()
    note(budget, headers(10, 9))
    assert [budget.take(spare=0.5) for _ in range(5)] == [0, 0, 0, 0, 60]
    assert [budget.take() for _ in range(6)] == [0, 0, 0, 0, 0, 60]
    clock.advance(60)
    assert budget.take(spare=0.5) == 0


def test_what_is_left_is_what_the_panel_said_less_what_was_taken(
    budget: Budget, clock: HastyClock
) -> None:
    lefts = [budget.left]
    budget.take()
    note(budget, headers(60, 41))
    budget.take()
    lefts.append(budget.left)
    clock.advance(60)
    lefts.append(budget.left)
    budget.close(30)
    lefts.append(budget.left)
    assert lefts == [None, 40, 60, 0]
