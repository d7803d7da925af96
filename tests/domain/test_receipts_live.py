"""What a live connection pushes is no cached reading, and evidence outlives who judges by it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.receipts import Evidence, Judge, Phase, usual
from bot.domain.servers import PowerAction, ServerState
from tests.fakes import NOON, make_server

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.servers import Server

_UP, _UPCOMING = ServerState.RUNNING, ServerState.STARTING
_DOWN, _GOING = ServerState.OFFLINE, ServerState.STOPPING


def _judge(
    action: PowerAction,
    before: ServerState,
    evidence: Evidence | None = None,
    *,
    watched_from: float | None = None,
) -> Judge:
    since = None if watched_from is None else NOON + timedelta(seconds=watched_from)
    known = make_server(state=before)
    return Judge(action, NOON, known, evidence=evidence or Evidence(), watched_from=since)


def _live(judge: Judge, at: float, state: ServerState, uptime: float | None = None) -> Phase:
    return judge.judge(_seen(at, state, uptime), is_live=True)


def _seen(at: float, state: ServerState, uptime: float | None = None) -> Server:
    age = None if uptime is None else timedelta(seconds=uptime)
    return make_server(state=state, observed_at=NOON + timedelta(seconds=at), uptime=age)


@pytest.mark.parametrize(
    ("action", "state"),
    [(PowerAction.STOP, _DOWN), (PowerAction.KILL, _DOWN), (PowerAction.START, _UP)],
)
def test_the_state_that_was_wanted_is_believed_at_once(
    action: PowerAction, state: ServerState
) -> None:
    assert _judge(action, state).judge(_seen(1, state)) is Phase.WAITING
    assert _live(_judge(action, state), 1, state) is Phase.ALREADY


def test_a_server_that_still_runs_is_not_restarted() -> None:
    judge = _judge(PowerAction.RESTART, _UP)
    assert _live(judge, 1, _UP, 5000) is Phase.WAITING
    had_moved = judge.has_moved
    steps = [_live(judge, at, state) for at, state in ((2, _GOING), (3, _DOWN), (4, _UPCOMING))]
    assert set(steps) == {Phase.WAITING}
    assert (had_moved, judge.has_moved) == (False, True)
    assert _live(judge, 9, _UP, 5) is Phase.DONE


def test_the_start_that_a_restart_is_about_to_end_is_not_its_own() -> None:
    judge = _judge(PowerAction.RESTART, _UPCOMING)
    looks = ((1, _UPCOMING), (2, _GOING), (3, _DOWN), (4, _UPCOMING))
    assert {_live(judge, at, state) for at, state in looks} == {Phase.WAITING}
    assert _live(judge, 9, _UP) is Phase.DONE


def test_a_crash_while_starting_failed() -> None:
    judge = _judge(PowerAction.START, _DOWN)
    assert _live(judge, 1, _DOWN) is Phase.WAITING
    assert _live(judge, 2, _UPCOMING) is Phase.WAITING
    assert _live(judge, 3, _DOWN) is Phase.FAILED


def test_who_goes_on_knows_what_was_seen() -> None:
    first = _judge(PowerAction.RESTART, _UP)
    first.judge(_seen(3, _GOING))
    other = _judge(PowerAction.RESTART, _UP, first.evidence, watched_from=50)
    assert _live(other, 50, _UP) is Phase.DONE


@pytest.mark.parametrize(
    ("action", "before", "evidence", "read", "end"),
    [
        (PowerAction.START, _DOWN, Evidence(_DOWN, came_up=True), _DOWN, Phase.FAILED),
        (PowerAction.RESTART, _UP, Evidence(_UP, came_up=True), _DOWN, Phase.FAILED),
        (PowerAction.RESTART, _UP, Evidence(_UP, was_down=True), _UP, Phase.DONE),
    ],
)
def test_what_who_goes_on_reads_may_be_older_than_what_was_seen(
    action: PowerAction, before: ServerState, evidence: Evidence, read: ServerState, end: Phase
) -> None:
    judge = _judge(action, before, evidence, watched_from=50)
    assert judge.judge(_seen(50, read)) is Phase.WAITING
    assert judge.judge(_seen(70, read)) is Phase.WAITING
    assert judge.judge(_seen(70.001, read)) is end


@pytest.mark.parametrize(
    ("action", "before", "read", "then"),
    [
        (PowerAction.START, _DOWN, _UP, _DOWN),
        (PowerAction.START, _DOWN, _UPCOMING, _DOWN),
        (PowerAction.STOP, _UP, _DOWN, _UP),
        (PowerAction.RESTART, _UP, _UPCOMING, _UP),
        (PowerAction.RESTART, _UP, _GOING, _UP),
    ],
)
def test_what_who_goes_on_reads_may_be_older_than_the_order(
    action: PowerAction, before: ServerState, read: ServerState, then: ServerState
) -> None:
    """What was known at the order may have been pushed, and the panel have kept what was before."""
    judge = _judge(action, before, Evidence(before), watched_from=3)
    assert judge.judge(_seen(3, read)) is Phase.WAITING
    assert judge.judge(_seen(20, read)) is Phase.WAITING
    assert _live(judge, 21, then) is Phase.WAITING


@pytest.mark.parametrize(
    ("action", "before", "way", "end"),
    [
        (PowerAction.RESTART, _UP, (_UP, _GOING, _UPCOMING, _UP), Phase.DONE),
        (PowerAction.RESTART, _UP, (_UP, _DOWN, _UP), Phase.DONE),
        (PowerAction.START, _DOWN, (_DOWN, _UPCOMING, _UP), Phase.DONE),
        (PowerAction.START, _DOWN, (_DOWN, _UPCOMING, _DOWN), Phase.FAILED),
        (PowerAction.STOP, _UP, (_UP, _GOING, _DOWN), Phase.DONE),
    ],
)
def test_what_differs_from_what_was_read_before_is_no_older(
    action: PowerAction, before: ServerState, way: Sequence[ServerState], end: Phase
) -> None:
    judge = _judge(action, before, Evidence(before), watched_from=3)
    *first, last = [judge.judge(_seen(3 + number, state)) for number, state in enumerate(way)]
    assert set(first) == {Phase.WAITING}
    assert last is end


@pytest.mark.parametrize("unread", [ServerState.UNKNOWN, ServerState.UNREACHABLE])
@pytest.mark.parametrize(
    ("action", "before", "evidence", "read"),
    [
        (PowerAction.START, _DOWN, Evidence(_DOWN, came_up=True), _DOWN),
        (PowerAction.RESTART, _UP, Evidence(_UP, was_down=True), _UP),
    ],
)
def test_what_is_read_after_a_failure_may_be_old_all_the_same(
    unread: ServerState,
    action: PowerAction,
    before: ServerState,
    evidence: Evidence,
    read: ServerState,
) -> None:
    judge = _judge(action, before, evidence, watched_from=5)
    assert judge.judge(_seen(6, unread)) is Phase.WAITING
    assert judge.judge(_seen(9, read)) is Phase.WAITING


@pytest.mark.parametrize("minutes", [12, 40])
def test_who_goes_on_late_looks_long_enough_all_the_same(minutes: int) -> None:
    """What was seen before counts again when no reading can be older than that."""
    back = 60 * minutes
    judge = _judge(PowerAction.RESTART, _UP, Evidence(_UP, was_down=True), watched_from=back)
    assert judge.judge(_seen(back, _UP)) is Phase.WAITING
    assert judge.judge(_seen(back + 21, _UP)) is Phase.DONE


def test_who_goes_on_late_does_not_wait_for_long() -> None:
    judge = _judge(PowerAction.STOP, _UP, Evidence(_UP), watched_from=720)
    assert judge.judge(_seen(720, _GOING)) is Phase.WAITING
    assert judge.judge(_seen(779, _GOING)) is Phase.WAITING
    assert judge.judge(_seen(780, _GOING)) is Phase.UNSEEN


@pytest.mark.parametrize(("uptime", "end"), [(29, Phase.DONE), (31, Phase.WAITING)])
def test_an_age_that_was_pushed_is_exact(uptime: float, end: Phase) -> None:
    judge = _judge(PowerAction.RESTART, _UP, watched_from=25)
    assert _live(judge, 26, _UP, uptime) is Phase.WAITING
    assert judge.judge(_seen(30, _UP, uptime), is_live=True, is_measured=True) is end


def test_who_goes_on_gives_it_its_time_again() -> None:
    judge = _judge(PowerAction.STOP, _UP, Evidence(_UP), watched_from=200)
    assert judge.judge(_seen(200, _UP)) is Phase.WAITING
    assert judge.judge(_seen(260, _UP)) is Phase.NO_EFFECT


@pytest.mark.parametrize("evidence", [Evidence(_UP, was_down=True), Evidence(_UP, is_young=True)])
def test_a_stop_that_somebody_has_undone_was_not_without_effect(evidence: Evidence) -> None:
    judge = _judge(PowerAction.STOP, _UP, evidence, watched_from=200)
    assert judge.judge(_seen(260, _UP)) is Phase.UNSEEN


@pytest.mark.parametrize(
    ("seconds", "usually"),
    [
        ((), None),
        ((40, 41), None),
        ((10, 40, 900), 40),
        ((10, 40, 50, 900), 45),
        ((0, 0, 0.4), None),
    ],
)
def test_what_is_usual_is_what_most_took(seconds: tuple[float, ...], usually: float | None) -> None:
    expected = None if usually is None else timedelta(seconds=usually)
    assert usual([timedelta(seconds=each) for each in seconds]) == expected
