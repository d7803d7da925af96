"""How every kind of panel that counts requests is kept to its count, which others share."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import PanelConflict, PanelRateLimited
from bot.domain.servers import Capability, PowerAction
from bot.panels import PanelHub
from tests.panels.harness import id_of, only, open_panel
from tests.panels.support import HastyClock

if TYPE_CHECKING:
    from bot.domain.ports import Panel
    from tests.panels.harness_base import Harness

COUNTED = only(lambda harness: harness.has_throttle)


@COUNTED
async def test_what_a_neighbour_has_used_up_is_told_with_when_to_come_back(
    panel: Panel, harness: Harness, clock: HastyClock
) -> None:
    server_id = await id_of(panel, "Survival")
    await use_up(harness, await id_of(panel, "Creative"))
    with pytest.raises(PanelRateLimited) as caught:
        await panel.power(server_id, PowerAction.RESTART)
    assert harness.survival.signals == []
    assert caught.value.retry_after is not None
    clock.advance(caught.value.retry_after)
    await panel.power(server_id, PowerAction.RESTART)
    assert harness.survival.signals == ["restart"]


@COUNTED
async def test_polling_many_servers_is_never_too_much_and_leaves_room_for_orders(
    panel: Panel, harness: Harness, clock: HastyClock
) -> None:
    for number in range(60):
        harness.allow(harness.world.add_server(f"No. {number}", node=harness.far))
    server_id = await id_of(panel, "Survival")
    for turn in range(20):
        clock.advance(10)
        assert len(await panel.list_servers()) == 64
        action = PowerAction.STOP if turn % 2 else PowerAction.START
        ordered_at = clock.monotonic()
        with suppress(PanelConflict):
            await panel.power(server_id, action)
        assert clock.monotonic() == ordered_at, "an order does not wait behind lists"
    assert {request.status for request in harness.stand_in.requests} <= {200, 204, 400}


async def use_up(harness: Harness, server_id: str) -> None:
    """Let somebody with the same key, for whom time passes alone, order until it is too much."""
    async with PanelHub(clock=HastyClock()) as elsewhere:
        neighbour = open_panel(elsewhere, harness)
        assert Capability.RESTART in neighbour.capabilities
        for _ in range(1000):
            try:
                with suppress(PanelConflict):
                    await neighbour.power(server_id, PowerAction.RESTART)
            except PanelRateLimited:
                return
    raise AssertionError("nobody counts")
