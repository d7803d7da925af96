"""The verdict on an order, story by story: what was seen, second by second, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.domain.freshness import CACHED
from bot.domain.receipts import Judge, Patience, Phase
from bot.domain.servers import PowerAction, ServerState
from tests.fakes import NOON, make_server

_UP, _UPCOMING = ServerState.RUNNING, ServerState.STARTING
_DOWN, _GOING = ServerState.OFFLINE, ServerState.STOPPING


@dataclass(frozen=True)
class _Look:
    """One observation, `at` seconds after the order; uptime in seconds."""

    at: float
    state: ServerState
    uptime: float | None = None


def _judge(
    action: PowerAction,
    before: ServerState,
    *looks: _Look,
    patience: Patience | None = None,
    known_for: float = 0,
) -> list[Phase]:
    """Judge look by look; `known_for` is how many seconds old the state before the order is."""
    known = make_server(state=before, observed_at=NOON - timedelta(seconds=known_for))
    judge = Judge(action, NOON, known, patience or Patience())
    return [
        judge.judge(
            make_server(
                state=look.state,
                observed_at=NOON + timedelta(seconds=look.at),
                uptime=None if look.uptime is None else timedelta(seconds=look.uptime),
            )
        )
        for look in looks
    ]


def _verdict(action: PowerAction, before: ServerState, *looks: _Look) -> Phase:
    """Return the last phase; all before it must be waiting."""
    *earlier, last = _judge(action, before, *looks)
    assert set(earlier) <= {Phase.WAITING}
    return last


class TestStart:
    def test_a_server_that_comes_up_is_done(self) -> None:
        looks = (_Look(3, _UPCOMING), _Look(6, _UPCOMING), _Look(9, _UP, 1))
        assert _verdict(PowerAction.START, _DOWN, *looks) is Phase.DONE

    def test_a_cached_offline_does_not_end_it(self) -> None:
        looks = (_Look(3, _DOWN), _Look(18, _DOWN), _Look(21, _UPCOMING), _Look(30, _UP, 9))
        assert _verdict(PowerAction.START, _DOWN, *looks) is Phase.DONE

    def test_a_quick_start_hidden_by_the_cache_is_done(self) -> None:
        assert _verdict(PowerAction.START, _DOWN, _Look(3, _DOWN), _Look(21, _UP)) is Phase.DONE

    def test_a_crash_while_starting_failed(self) -> None:
        looks = (_Look(3, _UPCOMING), _Look(6, _DOWN))
        assert _verdict(PowerAction.START, _DOWN, *looks) is Phase.FAILED

    def test_a_server_that_never_moves_had_no_effect(self) -> None:
        looks = (_Look(3, _DOWN), _Look(59, _DOWN), _Look(60, _DOWN))
        assert _verdict(PowerAction.START, _DOWN, *looks) is Phase.NO_EFFECT

    def test_a_start_that_never_ends_is_waited_for_to_the_limit(self) -> None:
        looks = (_Look(3, _UPCOMING), _Look(659, _UPCOMING), _Look(660, _UPCOMING))
        assert _verdict(PowerAction.START, _DOWN, *looks) is Phase.UNSEEN

    def test_a_server_that_was_running_all_along_is_said_to_once_the_cache_must_be_new(
        self,
    ) -> None:
        looks = (_Look(3, _UP, 5000), _Look(18, _UP, 5000), _Look(21, _UP, 5021))
        assert _verdict(PowerAction.START, _UP, *looks) is Phase.ALREADY

    def test_one_that_ran_and_runs_anew_is_done(self) -> None:
        assert _verdict(PowerAction.START, _UP, _Look(3, _UP), _Look(21, _UP, 12)) is Phase.DONE
        looks = (_Look(3, _DOWN), _Look(9, _UP))
        assert _verdict(PowerAction.START, _UP, *looks) is Phase.DONE

    def test_an_old_baseline_proves_nothing(self) -> None:
        """Nobody had looked for a minute: it may have been started long before the order."""
        looks = [_Look(3, _UP, 30), _Look(18, _UP, 45), _Look(21, _UP, 48)]
        phases = _judge(PowerAction.START, _DOWN, *looks, known_for=60)
        assert phases == [Phase.WAITING, Phase.WAITING, Phase.DONE]

    def test_with_an_old_baseline_the_first_look_becomes_it(self) -> None:
        looks = [_Look(3, _DOWN), _Look(6, _UPCOMING), _Look(9, _UP, 2)]
        assert _judge(PowerAction.START, _UP, *looks, known_for=60)[-1] is Phase.DONE

    def test_a_start_that_the_first_look_shows_is_the_one_ordered(self) -> None:
        looks = [_Look(3, _UPCOMING), _Look(6, _DOWN)]
        assert _judge(PowerAction.START, _DOWN, *looks, known_for=60)[-1] is Phase.FAILED


class TestStop:
    def test_a_server_that_goes_down_is_done(self) -> None:
        looks = (_Look(3, _GOING), _Look(6, _DOWN))
        assert _verdict(PowerAction.STOP, _UP, *looks) is Phase.DONE

    def test_a_cached_running_does_not_end_it(self) -> None:
        looks = (_Look(3, _UP), _Look(18, _UP), _Look(21, _DOWN))
        assert _verdict(PowerAction.STOP, _UP, *looks) is Phase.DONE

    def test_a_server_that_goes_on_running_had_no_effect(self) -> None:
        looks = (_Look(3, _UP), _Look(59, _UP), _Look(60, _UP))
        assert _verdict(PowerAction.STOP, _UP, *looks) is Phase.NO_EFFECT

    @pytest.mark.parametrize(("uptime", "end"), [(52, Phase.UNSEEN), (60, Phase.NO_EFFECT)])
    def test_a_server_that_may_be_up_again_was_not_left_alone(
        self, uptime: float, end: Phase
    ) -> None:
        looks = (_Look(3, _UP), _Look(60, _UP, uptime))
        assert _verdict(PowerAction.STOP, _UP, *looks) is end

    def test_a_stop_that_hangs_is_waited_for_until_the_daemon_would_have_killed_it(self) -> None:
        looks = (_Look(3, _GOING), _Look(300, _GOING), _Look(603, _DOWN))
        assert _verdict(PowerAction.STOP, _UP, *looks) is Phase.DONE

    def test_a_stop_that_hangs_for_ever_is_not_seen_to_end(self) -> None:
        looks = (_Look(3, _GOING), _Look(659, _GOING), _Look(660, _GOING))
        assert _verdict(PowerAction.STOP, _UP, *looks) is Phase.UNSEEN

    def test_a_stopped_server_is_said_to_have_been_once_the_cache_must_be_new(self) -> None:
        looks = (_Look(3, _DOWN), _Look(18, _DOWN), _Look(21, _DOWN))
        assert _verdict(PowerAction.STOP, _DOWN, *looks) is Phase.ALREADY

    def test_what_was_started_a_moment_ago_is_stopped(self) -> None:
        looks = (_Look(3, _DOWN), _Look(6, _UP), _Look(9, _DOWN))
        assert _verdict(PowerAction.STOP, _DOWN, *looks) is Phase.DONE

    def test_with_an_old_baseline_the_first_look_may_show_its_end(self) -> None:
        looks = [_Look(3, _DOWN), _Look(21, _DOWN)]
        assert _judge(PowerAction.STOP, _UP, *looks, known_for=60)[-1] is Phase.DONE
        assert _judge(PowerAction.STOP, _DOWN, *looks, known_for=60)[-1] is Phase.ALREADY

    def test_a_starting_server_can_be_stopped(self) -> None:
        looks = (_Look(3, _UPCOMING), _Look(6, _GOING), _Look(9, _DOWN))
        assert _verdict(PowerAction.STOP, _UPCOMING, *looks) is Phase.DONE


class TestKill:
    def test_a_killed_server_is_done(self) -> None:
        assert _verdict(PowerAction.KILL, _GOING, _Look(3, _DOWN)) is Phase.DONE

    def test_a_cached_stopping_does_not_end_it(self) -> None:
        looks = (_Look(3, _GOING), _Look(18, _GOING), _Look(21, _DOWN))
        assert _verdict(PowerAction.KILL, _GOING, *looks) is Phase.DONE

    def test_a_server_that_survives_had_no_effect(self) -> None:
        looks = (_Look(3, _UP), _Look(60, _UP))
        assert _verdict(PowerAction.KILL, _UP, *looks) is Phase.NO_EFFECT


class TestRestart:
    def test_a_server_seen_going_down_and_up_is_done(self) -> None:
        looks = (_Look(3, _GOING), _Look(6, _DOWN), _Look(9, _UPCOMING), _Look(12, _UP, 3))
        assert _verdict(PowerAction.RESTART, _UP, *looks) is Phase.DONE

    def test_a_server_seen_only_coming_up_is_done(self) -> None:
        looks = (_Look(3, _UP, 5000), _Look(21, _UPCOMING), _Look(24, _UP, 3))
        assert _verdict(PowerAction.RESTART, _UP, *looks) is Phase.DONE

    def test_a_quick_restart_is_seen_by_its_uptime(self) -> None:
        looks = (_Look(3, _UP, 5000), _Look(18, _UP, 5000), _Look(21, _UP, 12))
        assert _verdict(PowerAction.RESTART, _UP, *looks) is Phase.DONE

    def test_an_old_uptime_is_no_restart(self) -> None:
        looks = (_Look(3, _UP, 5000), _Look(59, _UP, 5056), _Look(60, _UP, 5057))
        assert _verdict(PowerAction.RESTART, _UP, *looks) is Phase.NO_EFFECT

    def test_a_restart_before_the_first_look_is_seen_once_the_cache_must_be_new(self) -> None:
        looks = (_Look(3, _UP, 2), _Look(18, _UP, 2), _Look(23, _UP, 22), _Look(26, _UP, 5))
        assert _verdict(PowerAction.RESTART, _UP, *looks) is Phase.DONE

    @pytest.mark.parametrize("before", [_DOWN, _UP])
    def test_with_an_old_baseline_the_first_look_may_show_its_start(
        self, before: ServerState
    ) -> None:
        looks = [_Look(3, _UPCOMING, 3), _Look(9, _UPCOMING, 9), _Look(12, _UP, 12)]
        phases = _judge(PowerAction.RESTART, before, *looks, known_for=40)
        assert phases == [Phase.WAITING, Phase.WAITING, Phase.DONE]

    def test_a_process_that_may_be_younger_than_the_order_is_not_said_to_be_the_old_one(
        self,
    ) -> None:
        looks = (_Look(3, _UP), _Look(60, _UP, 52))
        assert _verdict(PowerAction.RESTART, _UP, *looks) is Phase.UNSEEN
        looks = (_Look(3, _UP), _Look(60, _UP, 60))
        assert _verdict(PowerAction.RESTART, _UP, *looks) is Phase.NO_EFFECT

    def test_an_uptime_of_zero_says_nothing(self) -> None:
        looks = (_Look(3, _UP, 0), _Look(60, _UP, 0))
        assert _verdict(PowerAction.RESTART, _UP, *looks) is Phase.UNSEEN
        assert _verdict(PowerAction.STOP, _UP, *looks) is Phase.NO_EFFECT

    def test_without_uptime_a_quick_restart_cannot_be_seen(self) -> None:
        looks = (_Look(3, _UP), _Look(59, _UP), _Look(60, _UP))
        assert _verdict(PowerAction.RESTART, _UP, *looks) is Phase.UNSEEN

    def test_without_uptime_a_restart_seen_going_down_is_done(self) -> None:
        looks = (_Look(3, _GOING), _Look(24, _UP))
        assert _verdict(PowerAction.RESTART, _UP, *looks) is Phase.DONE

    def test_a_crash_while_starting_failed(self) -> None:
        looks = (_Look(3, _GOING), _Look(6, _UPCOMING), _Look(9, _DOWN))
        assert _verdict(PowerAction.RESTART, _UP, *looks) is Phase.FAILED

    def test_a_server_that_stays_down_failed(self) -> None:
        looks = (_Look(3, _GOING), _Look(6, _DOWN), _Look(65, _DOWN), _Look(70, _DOWN))
        assert _judge(PowerAction.RESTART, _UP, *looks)[-1] is Phase.FAILED

    def test_a_restart_of_a_stopped_server_starts_it(self) -> None:
        looks = (_Look(3, _DOWN), _Look(6, _UPCOMING), _Look(9, _UP, 2))
        assert _verdict(PowerAction.RESTART, _DOWN, *looks) is Phase.DONE

    def test_a_server_that_takes_long_to_stop_may_be_seen_down_for_a_moment(self) -> None:
        looks = (_Look(60, _GOING), _Look(90, _DOWN), _Look(93, _UPCOMING), _Look(99, _UP, 5))
        assert _verdict(PowerAction.RESTART, _UP, *looks) is Phase.DONE

    def test_a_starting_server_may_go_down_to_be_restarted(self) -> None:
        looks = (_Look(3, _UPCOMING), _Look(6, _DOWN), _Look(9, _UPCOMING), _Look(12, _UP, 3))
        assert _verdict(PowerAction.RESTART, _UPCOMING, *looks) is Phase.DONE

    def test_a_starting_server_that_comes_up_first_was_not_restarted_yet(self) -> None:
        looks = (_Look(3, _UPCOMING), _Look(6, _UP, 20))
        assert _verdict(PowerAction.RESTART, _UPCOMING, *looks) is Phase.WAITING

    def test_a_cached_uptime_from_before_the_order_is_no_restart(self) -> None:
        looks = (_Look(3, _UP, 8), _Look(9, _UP, 8))
        assert _verdict(PowerAction.RESTART, _UP, *looks) is Phase.WAITING


@pytest.mark.parametrize(
    ("action", "state"),
    [(PowerAction.START, _UP), (PowerAction.STOP, _DOWN), (PowerAction.KILL, _DOWN)],
)
@pytest.mark.parametrize("staleness", [CACHED, timedelta(seconds=1)])
def test_a_state_from_before_proves_nothing_for_as_long_as_a_panel_may_have_kept_it(
    action: PowerAction, state: ServerState, staleness: timedelta
) -> None:
    kept = staleness.total_seconds()
    looks = (_Look(kept, state), _Look(kept + 0.001, state))
    phases = _judge(action, state, *looks, patience=Patience(staleness=staleness))
    assert phases == [Phase.WAITING, Phase.ALREADY]


@pytest.mark.parametrize("action", PowerAction)
@pytest.mark.parametrize(
    "state", [ServerState.UNREACHABLE, ServerState.UNKNOWN, ServerState.MAINTENANCE]
)
def test_a_server_out_of_sight_is_waited_for_to_the_limit(
    action: PowerAction, state: ServerState
) -> None:
    looks = (_Look(3, state), _Look(659, state), _Look(660, state))
    assert _verdict(action, _UP, *looks) is Phase.UNSEEN


def test_how_long_to_wait_can_be_chosen() -> None:
    patience = Patience(settle=timedelta(seconds=1), limit=timedelta(seconds=2))
    assert _judge(PowerAction.STOP, _UP, _Look(1, _UP), patience=patience) == [Phase.NO_EFFECT]
    assert _judge(PowerAction.STOP, _UP, _Look(2, _GOING), patience=patience) == [Phase.UNSEEN]


def test_some_phases_are_followed_by_more() -> None:
    assert {phase for phase in Phase if not phase.is_final} == {
        Phase.ORDERED,
        Phase.ACCEPTED,
        Phase.WAITING,
        Phase.PAUSED,
    }
