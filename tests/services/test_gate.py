"""Nobody passes without right and ability, and every refusal is written down."""

from __future__ import annotations

import pytest

from bot.domain.access import Action
from bot.domain.audit import Door, Outcome
from bot.domain.errors import NotAllowed, PanelUnreachable, UnknownServer, UnsupportedAction
from bot.domain.servers import Capability, Server
from tests.fakes import make_server
from tests.services.house import ADMIN, OPERATOR, STRANGER, VIEWER, House


async def test_a_right_and_a_capable_panel_let_through(house: House) -> None:
    admission = await house.gate.admit(OPERATOR, "survival", Action.START, door=Door.BUTTON)
    assert admission.server.name == "Survival"
    assert admission.panel is house.panel
    assert admission.attempt.rule_id is not None
    assert house.rows == []


async def test_a_missing_right_is_refused_and_written_down(house: House) -> None:
    with pytest.raises(NotAllowed) as caught:
        await house.gate.admit(VIEWER, "survival", Action.STOP, door=Door.COMMAND, detail="lag")
    assert caught.value.action is Action.STOP
    assert caught.value.name == "Survival"
    [row] = house.rows
    assert (row.user_id, row.action, row.ref) == (VIEWER.user_id, "stop", house.server.ref)
    assert (row.door, row.outcome, row.detail) == (Door.COMMAND, Outcome.DENIED, "lag")
    assert row.at == house.clock.now()


async def test_who_may_not_see_it_learns_nothing(house: House) -> None:
    with pytest.raises(UnknownServer):
        await house.gate.admit(STRANGER, "survival", Action.STOP, door=Door.COMMAND)


async def test_what_the_panel_cannot_do_is_refused_even_to_admins(house: House) -> None:
    house.panel.capabilities = frozenset({Capability.START})
    with pytest.raises(UnsupportedAction) as caught:
        await house.gate.admit(ADMIN, "survival", Action.KILL, door=Door.COMMAND)
    assert caught.value.kind == "fake"
    [row] = house.rows
    assert row.outcome is Outcome.REFUSED


async def test_a_used_server_is_suggested_first_from_then_on(house: House) -> None:
    house.directory.replace("main", [house.server, house.panel.add(_second())])
    await house.gate.admit(OPERATOR, "Survivors", Action.START, door=Door.COMMAND)
    ranked = await house.directory.search(OPERATOR, "surv")
    assert [server.name for server in ranked] == ["Survivors", "Survival"]


def _second() -> Server:
    return make_server("Survivors", "ffff0000")


async def test_an_attempt_on_what_cannot_be_seen_is_written_down(house: House) -> None:
    for text in ("Survival", "Atlantis"):
        with pytest.raises(UnknownServer):
            await house.gate.admit(STRANGER, text, Action.RESTART, door=Door.COMMAND)
    assert [(row.user_id, row.server_name, row.outcome) for row in house.rows] == [
        (STRANGER.user_id, "Survival", Outcome.REFUSED),
        (STRANGER.user_id, "Atlantis", Outcome.REFUSED),
    ]


async def test_an_attempt_while_a_panel_was_never_read_is_written_down(house: House) -> None:
    house.directory.drop("backup")
    with pytest.raises(PanelUnreachable):
        await house.gate.admit(STRANGER, "Atlantis", Action.KILL, door=Door.COMMAND)
    [row] = house.rows
    assert (row.user_id, row.action, row.server_name) == (STRANGER.user_id, "kill", "Atlantis")
    assert row.outcome is Outcome.REFUSED
