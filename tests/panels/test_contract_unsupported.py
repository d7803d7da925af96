"""What a kind of panel lacks is refused with `UnsupportedAction`, by it and by the services."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

import pytest

from bot.domain.access import Action
from bot.domain.audit import Door, Outcome
from bot.domain.errors import UnsupportedAction
from bot.domain.ports import AdminPanel, CommandPanel, LivePanel
from bot.domain.servers import Capability, PowerAction
from bot.services.panels import PanelEntry
from tests.panels.harness import each
from tests.panels.harness_base import POWER
from tests.services.house import ADMIN, GUILD, House

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.domain.ports import Panel
    from tests.panels.harness_base import Harness

    Call = Callable[[], Awaitable[object]]

COMMAND = Door.COMMAND
PORTS = {Capability.COMMAND: CommandPanel, Capability.LIVE: LivePanel}


def lacked_by(harness: type[Harness]) -> list[Capability]:
    return sorted(set(Capability) - harness.capabilities)


def refused_by_services(harness: type[Harness]) -> list[Capability]:
    """What nobody can ask a service for is not among it: force needs a deletion."""
    unasked = {Capability.LIVE, Capability.REPLACE}
    if Capability.DELETE not in harness.capabilities:
        unasked.add(Capability.FORCE_DELETE)
    return [lacking for lacking in lacked_by(harness) if lacking not in unasked]


@each("lacking", lacked_by)
async def test_the_panel_refuses_it_unsent(
    panel: Panel, harness: Harness, lacking: Capability
) -> None:
    assert lacking not in panel.capabilities
    if isinstance(panel, port_of(lacking)):
        with pytest.raises(UnsupportedAction) as caught:
            await calls(panel)[lacking]()
        assert caught.value.kind == harness.kind
    assert harness.stand_in.requests == []


@each("lacking", refused_by_services)
async def test_the_services_refuse_it_unsent_and_write_it_down(
    panel: Panel, harness: Harness, lacking: Capability
) -> None:
    house = House()
    house.panels._entries["main"] = PanelEntry(
        panel=panel, name="Main panel", guild_ids=frozenset({GUILD}), poll_seconds=60
    )
    house.directory.replace("main", await panel.list_servers())
    before = len(harness.stand_in.requests)
    with pytest.raises(UnsupportedAction) as caught:
        await wishes(house)[lacking]()
    assert (caught.value.action, caught.value.kind) == (lacking, harness.kind)
    assert len(harness.stand_in.requests) == before
    [row] = house.rows
    assert row.outcome is Outcome.REFUSED
    assert "not offered" in (row.detail or "")


def port_of(capability: Capability) -> type:
    """Return what a panel is that has the call, whether or not it works."""
    return object if capability in POWER else PORTS.get(capability, AdminPanel)


def calls(panel: Panel) -> Mapping[Capability, Call]:
    """Return the call of a panel that needs a capability."""
    admin, server_id = cast("AdminPanel", panel), "1"
    powers = {Capability(each): partial(panel.power, server_id, each) for each in PowerAction}
    return powers | {
        Capability.COMMAND: lambda: cast("CommandPanel", panel).send_command(server_id, "say hi"),
        Capability.CREATE: lambda: admin.create({}),
        Capability.UPDATE: lambda: admin.update(server_id, {}, replace=False),
        Capability.REPLACE: lambda: admin.update(server_id, {}, replace=True),
        Capability.BUILD: lambda: admin.build(server_id, {}),
        Capability.SUSPEND: lambda: admin.suspend(server_id),
        Capability.DELETE: lambda: admin.delete(server_id, force=False),
        Capability.FORCE_DELETE: lambda: admin.delete(server_id, force=True),
    }


def wishes(house: House) -> Mapping[Capability, Call]:
    """Return what a member begins with who wants it."""
    power, admin, name = house.power, house.administration, "Survival"
    change = partial(admin.begin_change, ADMIN, name, door=COMMAND)
    powers = {
        Capability(each): partial(power.check, ADMIN, name, each, door=COMMAND)
        for each in PowerAction
    }
    return powers | {
        Capability.COMMAND: lambda: house.console.send(ADMIN, name, "say hi", door=COMMAND),
        Capability.CREATE: lambda: admin.begin_create(ADMIN, "main", door=COMMAND),
        Capability.UPDATE: lambda: change(Action.UPDATE),
        Capability.BUILD: lambda: change(Action.BUILD),
        Capability.SUSPEND: lambda: admin.suspend(ADMIN, name, door=COMMAND),
        Capability.DELETE: lambda: admin.check_deletion(ADMIN, name, force=False, door=COMMAND),
        Capability.FORCE_DELETE: lambda: admin.check_deletion(
            ADMIN, name, force=True, door=COMMAND
        ),
    }
