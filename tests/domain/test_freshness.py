"""What was pushed counts for as long as the panel may not know of it; after that the panel does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.freshness import CACHED, is_outdated, merged, newest
from bot.domain.servers import Resources, ServerState
from tests.fakes import NOON, make_server

if TYPE_CHECKING:
    from datetime import datetime

RUNNING, STARTING = ServerState.RUNNING, ServerState.STARTING
MOMENT = timedelta(microseconds=1)
PUSHED = replace(make_server(), pushed_at=NOON, resources=Resources(cpu_percent=3.0))


@pytest.mark.parametrize(
    ("age", "is_old"), [(MOMENT, True), (CACHED, True), (CACHED + MOMENT, False), (-MOMENT, True)]
)
def test_a_reading_may_be_of_before_for_as_long_as_panels_keep_one(
    age: timedelta, *, is_old: bool
) -> None:
    assert is_outdated(STARTING, NOON + age, NOON) is is_old
    read = make_server("Renamed", state=STARTING, observed_at=NOON + age)
    seen = newest(PUSHED, read)
    assert (seen.name, seen.observed_at) == ("Renamed", NOON + age)
    if is_old:
        assert (seen.state, seen.resources) == (RUNNING, PUSHED.resources)
        assert seen.pushed_at == NOON
    else:
        assert seen == read


def test_where_nothing_was_pushed_the_later_reading_counts() -> None:
    read = make_server(state=STARTING, observed_at=NOON + MOMENT)
    assert newest(make_server(), read) == read


def test_what_is_pushed_counts_at_once() -> None:
    pushed = replace(make_server(state=STARTING), pushed_at=NOON + MOMENT)
    assert newest(PUSHED, pushed) == pushed


def test_of_two_pushes_the_later_one_counts_however_they_come_in() -> None:
    late = replace(make_server(state=STARTING, observed_at=NOON + MOMENT), pushed_at=NOON - MOMENT)
    seen = newest(PUSHED, late)
    assert (seen.state, seen.pushed_at) == (RUNNING, NOON)
    assert seen.resources == PUSHED.resources


def test_a_clock_that_was_set_back_does_not_silence_what_is_pushed() -> None:
    pushed = replace(make_server(state=STARTING), pushed_at=NOON - CACHED - MOMENT)
    assert newest(PUSHED, pushed) == pushed


@pytest.mark.parametrize("state", [ServerState.SUSPENDED, ServerState.UNREACHABLE])
def test_what_no_node_tells_counts_at_once_and_ends_what_was_pushed(state: ServerState) -> None:
    read = make_server(state=state, observed_at=NOON + MOMENT)
    assert newest(PUSHED, read) == read
    again = make_server(state=STARTING, observed_at=NOON + 2 * MOMENT)
    assert newest(replace(read, pushed_at=NOON), again) == again


@pytest.mark.parametrize("pushed_at", [NOON, None])
def test_figures_that_come_before_a_slow_list_hide_nothing_that_no_node_tells(
    pushed_at: datetime | None,
) -> None:
    """The list was asked for after the last one, and before the figures came."""
    figures = Resources(cpu_percent=5.0)
    heard = make_server().heard(RUNNING, figures, at=NOON + 5 * MOMENT)
    known = replace(heard, pushed_at=pushed_at)
    listed = make_server(state=ServerState.SUSPENDED, observed_at=NOON + 3 * MOMENT)
    assert merged(known, listed) == listed
    power = merged(known, replace(listed, state=STARTING))
    assert (power.state, power.resources) == (RUNNING, figures)
    older = replace(listed, observed_at=NOON - MOMENT)
    assert merged(known, older).state is RUNNING


@pytest.mark.parametrize("state", [ServerState.UNKNOWN, ServerState.UNREACHABLE])
def test_a_slow_list_that_could_not_read_a_server_hides_nothing_that_is_heard(
    state: ServerState,
) -> None:
    known = make_server().heard(RUNNING, Resources(cpu_percent=5.0), at=NOON + 5 * MOMENT)
    listed = make_server(state=state, observed_at=NOON + 3 * MOMENT)
    assert merged(replace(known, pushed_at=NOON - 2 * CACHED), listed).state is RUNNING
