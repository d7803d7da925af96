"""A receipt says in one line who asked for what, how it goes, what came of it and what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import (
    OutcomeUnknown,
    PanelForbidden,
    PanelRefused,
    PanelUnreachable,
    ServerNotFound,
)
from bot.domain.receipts import Phase, Progress
from bot.domain.servers import PowerAction, ServerState
from bot.ui.render.receipt import receipt
from tests.fakes import make_server
from tests.ui.render.judge import hostile_texts, threats, unseen
from tests.ui.render.languages import CHINESE, ENGLISH, EVERY

if TYPE_CHECKING:
    from bot.domain.errors import PanelError
    from bot.ui.i18n import Words

_MESSAGE_LIMIT = 2000
_TROUBLES = [
    (Phase.NO_EFFECT, None),
    (Phase.FAILED, None),
    (Phase.FAILED, PanelForbidden("main", "no right")),
    (Phase.FAILED, ServerNotFound("main", "1a2b3c4d")),
    (Phase.UNSEEN, None),
    (Phase.UNSEEN, PanelUnreachable("main", "no connection within 10 s")),
    (Phase.UNSEEN, OutcomeUnknown("main", "restart")),
    (Phase.INTERRUPTED, None),
    (Phase.OVERTAKEN, None),
    (Phase.NEVER_SENT, None),
    (Phase.PANEL_GONE, None),
]
_RUNNING = [
    (Phase.ORDERED, None),
    (Phase.ACCEPTED, None),
    (Phase.WAITING, None),
    (Phase.PAUSED, None),
    (Phase.WAITING, OutcomeUnknown("main", "restart")),
    (Phase.WAITING, PanelUnreachable("main", "no connection within 10 s")),
]
_ALL = [*_RUNNING, (Phase.DONE, None), (Phase.ALREADY, None), *_TROUBLES]


def _step(
    phase: Phase,
    *,
    action: PowerAction = PowerAction.RESTART,
    name: str = "Survival",
    state: ServerState = ServerState.OFFLINE,
    error: PanelError | None = None,
    reason: str | None = None,
) -> Progress:
    return Progress(
        action=action,
        server=make_server(name, state=state),
        user_id=11,
        phase=phase,
        elapsed=timedelta(seconds=42),
        error=error,
        reason=reason,
    )


def test_every_phase_is_tried_here() -> None:
    assert {phase for phase, _ in _ALL} == set(Phase)


@pytest.mark.parametrize("t", EVERY.values(), ids=EVERY)
@pytest.mark.parametrize("action", PowerAction)
@pytest.mark.parametrize(("phase", "error"), _ALL)
def test_every_step_names_member_and_server(
    phase: Phase, error: PanelError | None, action: PowerAction, t: Words
) -> None:
    line = receipt(_step(phase, action=action, error=error), t)

    assert "<@11>" in line
    assert "**Survival**" in line
    assert "{" not in line


@pytest.mark.parametrize("action", PowerAction)
@pytest.mark.parametrize(("phase", "error"), _ALL)
def test_every_step_is_translated(
    phase: Phase, error: PanelError | None, action: PowerAction
) -> None:
    step = _step(phase, action=action, error=error)

    for line in receipt(step, CHINESE).splitlines():
        assert any("\u4e00" <= char <= "\u9fff" for char in line), line


@pytest.mark.parametrize(
    ("action", "word"),
    [
        (PowerAction.START, "is starting"),
        (PowerAction.STOP, "is stopping"),
        (PowerAction.RESTART, "is restarting"),
        (PowerAction.KILL, "is killing"),
    ],
)
@pytest.mark.parametrize(("phase", "error"), _RUNNING)
def test_a_running_order_says_what_is_done(
    phase: Phase, error: PanelError | None, action: PowerAction, word: str
) -> None:
    line = receipt(_step(phase, action=action, error=error), ENGLISH)

    assert line.startswith(f"<@11> {word} **Survival**")
    assert "\n" not in line


def test_a_running_order_shows_the_state_as_it_changes() -> None:
    lines = [
        receipt(_step(Phase.WAITING, state=state), ENGLISH)
        for state in (ServerState.STOPPING, ServerState.STARTING)
    ]

    assert [line.rpartition(" · ")[2] for line in lines] == ["🟡 stopping …", "🟡 starting …"]


def test_a_running_order_tells_a_missing_confirmation_from_a_silent_panel() -> None:
    unconfirmed = receipt(_step(Phase.WAITING, error=OutcomeUnknown("main", "restart")), ENGLISH)
    silent = receipt(_step(Phase.WAITING, error=PanelUnreachable("main", "cut")), ENGLISH)

    assert "did not confirm" in unconfirmed
    assert "does not answer at the moment" in silent


@pytest.mark.parametrize("phase", [Phase.ACCEPTED, Phase.WAITING])
def test_what_is_waited_for_says_how_long_it_usually_takes(phase: Phase) -> None:
    step = replace(_step(phase, state=ServerState.STARTING), usual=timedelta(seconds=40))
    what = "the panel has accepted it" if phase is Phase.ACCEPTED else "🟡 starting"

    assert receipt(step, ENGLISH) == (f"<@11> is restarting **Survival** · {what} … (usually 40 s)")
    assert "usually" not in receipt(replace(step, usual=None), ENGLISH)


def test_what_was_not_confirmed_is_not_called_accepted() -> None:
    step = _step(Phase.NO_EFFECT, state=ServerState.RUNNING)

    assert "The panel accepted it" in receipt(step, ENGLISH)
    assert "The panel never confirmed it" in receipt(replace(step, is_confirmed=False), ENGLISH)


@pytest.mark.parametrize("action", PowerAction)
def test_a_good_end_says_what_the_server_is_now_and_how_long_it_took(action: PowerAction) -> None:
    is_down = action in (PowerAction.STOP, PowerAction.KILL)
    state = ServerState.OFFLINE if is_down else ServerState.RUNNING

    end = receipt(_step(Phase.DONE, action=action, state=state), ENGLISH)

    now = "🔴 **Survival** is offline" if is_down else "🟢 **Survival** is running"
    assert end == f"{now} · 42 s\n-# {action} · asked by <@11>"


@pytest.mark.parametrize(
    ("action", "state", "word"),
    [
        (PowerAction.START, ServerState.RUNNING, "🟢 **Survival** was running already"),
        (PowerAction.STOP, ServerState.OFFLINE, "🔴 **Survival** was offline already"),
    ],
)
def test_where_nothing_was_to_do_that_is_said(
    action: PowerAction, state: ServerState, word: str
) -> None:
    end = receipt(_step(Phase.ALREADY, action=action, state=state), ENGLISH)

    assert end == f"{word}\n-# {action} · asked by <@11>"


@pytest.mark.parametrize("action", PowerAction)
@pytest.mark.parametrize(("phase", "error"), _TROUBLES)
def test_a_bad_end_says_what_to_do(
    phase: Phase, error: PanelError | None, action: PowerAction
) -> None:
    end, asked = receipt(_step(phase, action=action, error=error), ENGLISH).splitlines()

    assert end.startswith("⚠️ ")
    assert any(
        advice in end
        for advice in ("try again", "`/server status`", "`/server list`", "console", "An admin")
    ), end
    assert asked == f"-# {action} · asked by <@11>"


@pytest.mark.parametrize("error", [error for _, error in _TROUBLES if error])
def test_an_end_that_was_not_seen_does_not_claim_that_nothing_happened(error: PanelError) -> None:
    """The order may have been carried out: nobody is told to give it again."""
    end = receipt(_step(Phase.UNSEEN, error=error), ENGLISH)

    assert "Nothing was" not in end
    assert "Try again" not in end
    assert "`/server status`" in end


def test_a_refused_order_says_why() -> None:
    error = PanelForbidden("main", "no right")

    assert "does not let my key do that" in receipt(_step(Phase.FAILED, error=error), ENGLISH)


@pytest.mark.parametrize(("phase", "error"), _ALL)
def test_a_reason_is_shown_from_the_first_step_to_the_last(
    phase: Phase, error: PanelError | None
) -> None:
    line = receipt(_step(phase, error=error, reason="new mods"), ENGLISH)

    assert line.count("reason: new mods") == 1


def test_braces_in_foreign_text_stay_as_they_are() -> None:
    end = receipt(
        _step(
            Phase.FAILED,
            name="{time}",
            reason="{server}",
            error=PanelRefused("main", "{action} {0} }{"),
        ),
        ENGLISH,
    )

    assert end.count("{time}") == 1
    assert "{action} {0} }{" in end
    assert "reason: {server}" in end


@pytest.mark.parametrize("t", EVERY.values(), ids=EVERY)
def test_foreign_text_in_a_receipt_cannot_act(t: Words) -> None:
    for text in hostile_texts(seed=3, count=150):
        for phase, error in (*_ALL, (Phase.FAILED, PanelRefused("main", text))):
            line = receipt(_step(phase, name=text, error=error, reason=text), t)
            assert threats(line) == [], (line, text)
            assert unseen(line.replace("\n", "")) == [], (line, text)
            assert len(line.splitlines()) <= 2, (line, text)


@pytest.mark.parametrize("t", EVERY.values(), ids=EVERY)
def test_the_longest_receipt_fits_into_a_message(t: Words) -> None:
    long = "*" * 5000
    for phase, error in (*_ALL, (Phase.FAILED, PanelRefused("main", long))):
        assert len(receipt(_step(phase, name=long, error=error, reason=long), t)) <= _MESSAGE_LIMIT
