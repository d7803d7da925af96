"""A look is fresh, or the last known state with the reason why it is not."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.audit import Outcome
from bot.domain.errors import PanelError, PanelRateLimited, PanelUnreachable, UnknownServer
from bot.domain.servers import ServerState
from tests.fakes import make_server
from tests.services.house import OPERATOR, VIEWER, House, attempt


async def test_a_look_is_fresh_and_remembered(house: House) -> None:
    known = house.server
    house.panel.add(make_server(state=ServerState.OFFLINE))
    house.clock.advance(30)
    status = await house.status.look(VIEWER, known.ref.key)
    assert status.server.state is ServerState.OFFLINE
    assert status.server.observed_at == house.clock.now()
    assert (status.panel_name, status.error) == ("Main panel", None)
    assert status.capabilities == house.panel.capabilities
    [seen] = await house.directory.visible(VIEWER)
    assert seen.state is ServerState.OFFLINE


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (PanelUnreachable("main", "refused"), ServerState.UNREACHABLE),
        (PanelRateLimited("main", 30), ServerState.RUNNING),
    ],
)
async def test_without_an_answer_the_last_known_is_shown_and_why(
    house: House, error: PanelError, state: ServerState
) -> None:
    known = house.server
    house.panel.errors["get_server"] = error
    house.clock.advance(30)
    status = await house.status.look(VIEWER, known.ref.key)
    assert status.error is error
    assert status.server.state is state
    assert status.server.observed_at == known.observed_at


async def test_a_server_that_is_gone_is_unknown_from_then_on(house: House) -> None:
    known = house.server
    house.panel.remove(known)
    with pytest.raises(UnknownServer):
        await house.status.look(VIEWER, known.ref.key)
    assert await house.directory.visible(VIEWER) == []


async def test_the_last_action_that_reached_the_panel_is_shown(house: House) -> None:
    await house.audit.record(attempt(house, OPERATOR), Outcome.DONE)
    await house.audit.record(attempt(house, VIEWER), Outcome.DENIED)
    status = await house.status.look(VIEWER, house.server.ref.key)
    assert status.last_action is not None
    assert status.last_action.user_id == OPERATOR.user_id


async def test_without_the_database_the_card_has_no_last_action(house: House) -> None:
    house.audit_log.is_broken = True
    assert (await house.status.look(VIEWER, house.server.ref.key)).last_action is None


async def test_a_failed_look_leaves_what_is_known_as_it_is(house: House) -> None:
    """The watcher may have dropped the server, or seen it, while the panel was asked."""
    known = house.server
    house.panel.errors["get_server"] = PanelUnreachable("main", "refused")
    house.panel.is_open.clear()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        looking = group.create_task(house.status.look(VIEWER, known.ref.key))
        await house.panel.wait_called("get_server", 1)
        house.directory.forget(known.ref)
        house.panel.is_open.set()
    assert looking.result().server.state is ServerState.UNREACHABLE
    assert await house.directory.visible(VIEWER) == []
