"""Every state has a symbol, a word and a colour, and no two that matter look alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.servers import ServerState
from bot.ui.render import states
from tests.ui.render.judge import markup
from tests.ui.render.languages import CHINESE, ENGLISH, EVERY

if TYPE_CHECKING:
    from bot.ui.i18n import Words


@pytest.mark.parametrize("state", ServerState)
@pytest.mark.parametrize("t", EVERY.values(), ids=EVERY)
def test_a_state_is_shown_by_symbol_word_and_colour(state: ServerState, t: Words) -> None:
    assert len(states.symbol(state)) in (1, 2)
    assert not states.symbol(state).isascii()
    assert states.word(state, t).strip()
    assert markup(states.word(state, t)) == []
    assert states.colour(state).value


@pytest.mark.parametrize("t", EVERY.values(), ids=EVERY)
def test_no_two_states_have_the_same_word(t: Words) -> None:
    spoken = [states.word(state, t) for state in ServerState]

    assert len(set(spoken)) == len(spoken)


@pytest.mark.parametrize("state", ServerState)
def test_a_state_has_its_own_word_in_chinese(state: ServerState) -> None:
    assert states.word(state, CHINESE) != states.word(state, ENGLISH)


def test_running_and_down_and_out_of_reach_look_different() -> None:
    seen = (ServerState.RUNNING, ServerState.OFFLINE, ServerState.UNREACHABLE)

    assert len({states.symbol(state) for state in seen}) == 3
    assert len({states.colour(state) for state in seen}) == 3
