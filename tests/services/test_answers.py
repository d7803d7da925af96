"""How quickly people were answered, and whom Discord made wait in vain."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

import pytest

from bot.services.answers import Answers

if TYPE_CHECKING:
    from tests.fakes import FakeClock


@pytest.fixture
def answers(clock: FakeClock) -> Answers:
    return Answers(clock)


def test_each_answer_counts_in_every_step_that_it_was_within(
    answers: Answers, clock: FakeClock
) -> None:
    for key, seconds in enumerate((0.0625, 0.5, 2.25)):
        answers.came(key, "command")
        clock.advance(seconds)
        answers.answered(key)

    counted = answers.so_far()

    assert counted.counts == {"command": 3}
    assert [counted.within[step] for step in (0.1, 0.25, 0.5, 2.0, 2.5, inf)] == [1, 1, 2, 2, 3, 3]
    assert counted.seconds == 2.8125
    assert counted.late == 0


def test_a_second_answer_and_one_to_nothing_known_do_not_count(answers: Answers) -> None:
    answers.came(1, "form")
    for key in (1, 1, 2):
        answers.answered(key)
        answers.refused(key)

    assert answers.so_far().within[inf] == 1
    assert answers.so_far().late == 0


def test_what_discord_refuses_was_late(answers: Answers) -> None:
    answers.came(1, "component")
    answers.refused(1)

    assert (answers.so_far().late, answers.so_far().within[inf]) == (1, 0)


def test_an_answer_after_three_seconds_was_late_once(answers: Answers, clock: FakeClock) -> None:
    answers.came(1, "command")
    clock.advance(3)
    assert answers.so_far().late == 0
    clock.advance(0.5)
    assert answers.so_far().late == 1
    answers.answered(1)

    assert (answers.so_far().late, answers.so_far().within[inf]) == (1, 1)


def test_what_is_never_answered_is_late_once_and_not_kept(
    answers: Answers, clock: FakeClock
) -> None:
    for key in range(5):
        answers.came(key, "suggestion")
    clock.advance(61)
    answers.came(5, "suggestion")

    assert answers.so_far().late == 5
    assert list(answers._open) == [5]
