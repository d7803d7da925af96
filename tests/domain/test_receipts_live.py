"""What a live connection pushes is no cached reading, and evidence outlives who judges by it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.receipts import Evidence, Judge, Phase, usual
from bot.domain.servers import PowerAction, ServerState
from tests.fakes import NOON, make_server

if TYPE_CHECKING:
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
    assert _live(_judge(action, state), 1, state) is Phase.DONE


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
    assert other.judge(_seen(50, _UP)) is Phase.DONE


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
