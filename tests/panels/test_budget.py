"""The budget of a key: windows, other users of it, patience."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.panels._budget import Budget, Patience

if TYPE_CHECKING:
    from tests.panels.support import HastyClock


def headers(limit: int, remaining: int) -> dict[str, str]:
    return {"X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": str(remaining)}


@pytest.fixture
def budget(clock: HastyClock) -> Budget:
    return Budget(clock)


def test_nothing_is_held_back_while_the_panel_names_no_limit(budget: Budget) -> None:
    budget.note({})
    assert [budget.take() for _ in range(1000)] == [0.0] * 1000


def test_the_last_request_of_a_window_goes_and_the_next_waits_for_its_end(
    budget: Budget, clock: HastyClock
) -> None:
    budget.take()
    clock.advance(2)
    budget.note(headers(3, 1))
    assert budget.take() == 0
    clock.advance(20)
    # From the first answer on: the panel began to count no later than that.
    assert budget.take() == 40
    clock.advance(40)
    assert [budget.take() for _ in range(3)] == [0, 0, 0]
    assert budget.take() == 60


def test_what_others_take_from_the_same_budget_counts(budget: Budget) -> None:
    budget.take()
    budget.note(headers(720, 500))
    budget.take()
    budget.note(headers(720, 0))
    assert budget.take() == 60


def test_answers_that_come_out_of_order_give_nothing_back(budget: Budget) -> None:
    budget.take()
    budget.note(headers(240, 3))
    budget.take()
    budget.take()
    budget.note(headers(240, 1))
    budget.note(headers(240, 2))
    assert budget.take() == 0
    assert budget.take() > 0


def test_a_window_that_the_panel_began_anew_is_noticed(budget: Budget, clock: HastyClock) -> None:
    budget.take()
    budget.note(headers(240, 5))
    clock.advance(30)
    budget.note(headers(240, 239))
    assert [budget.take() for _ in range(239)] == [0] * 239
    assert budget.take() == 60


@pytest.mark.parametrize("odd", ["", "many", "-1", "1.5", "9" * 5000])
def test_senseless_figures_are_no_limit(budget: Budget, odd: str) -> None:
    budget.note({"X-RateLimit-Limit": odd, "X-RateLimit-Remaining": "0"})
    budget.note({"X-RateLimit-Limit": "1", "X-RateLimit-Remaining": odd})
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
