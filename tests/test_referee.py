"""The referee judges all that a stand-in records, and says when it cannot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tests.referee import RULES_MISSING, FoulPlayError, Referee, Rules

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class _Exchange:
    method: str = "GET"
    path: str = "/api/v10/nowhere"
    request_body: Any = None
    status: int = 404
    response_body: Any = None


@dataclass
class _Frame:
    payload: dict[str, Any]
    direction: str = "receive"


@dataclass
class _StandIn:
    on_exchange: list[Callable[[Any], None]] = field(default_factory=list)
    on_gateway: list[Callable[[Any], None]] = field(default_factory=list)
    unknown_routes: list[str] = field(default_factory=list)


@pytest.fixture
def rules(referee_rules: Rules | None) -> Rules:
    if referee_rules is None:
        pytest.skip(RULES_MISSING)
    return referee_rules


def test_what_a_watched_stand_in_records_is_judged(rules: Rules) -> None:
    standin, referee = _StandIn(), Referee(rules)
    referee.watch(standin)
    for tell in standin.on_exchange:
        tell(_Exchange())
    for tell in standin.on_gateway:
        tell(_Frame({"op": 99}))
    with pytest.raises(FoulPlayError, match="2 complaints") as caught:
        referee.verdict()
    assert "/nowhere" in str(caught.value)
    assert "op 99" in str(caught.value)


def test_a_route_that_the_stand_in_does_not_serve_is_a_foul_even_without_rules() -> None:
    standin, referee = _StandIn(unknown_routes=["GET /guilds/1/bans"]), Referee(None)
    referee.watch(standin)
    with pytest.raises(FoulPlayError, match="route not served: GET /guilds/1/bans"):
        referee.verdict()


def test_fair_play_passes(rules: Rules) -> None:
    standin, referee = _StandIn(), Referee(rules)
    referee.watch(standin)
    for tell in standin.on_gateway:
        tell(_Frame({"op": 11, "d": None, "s": None, "t": None}))
    referee.verdict()
