"""All kinds of panel for the contract suite, each by its harness.

A new kind adds a class and a line in `HARNESSES`, and the whole suite runs on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.servers import Capability
from tests.panels.harness_cvm import DocumentedCvmHarness, SourceCvmHarness, UnsaidCvmHarness
from tests.panels.harness_legacy import Legacy04Harness, Legacy05Harness, Legacy06Harness
from tests.panels.harness_pterodactyl import PterodactylHarness
from tests.panels.harness_pterodactyl_v07 import PterodactylV07Harness
from tests.panels.harness_vpsorg import ClientVpsOrgHarness, DocumentedVpsOrgHarness
from tests.panels.support import settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from bot.domain.ports import AdminPanel, Panel
    from bot.domain.servers import Server, ServerState
    from bot.panels import PanelHub
    from tests.panels.harness_base import Harness

HARNESSES: tuple[type[Harness], ...] = (
    PterodactylHarness,
    PterodactylV07Harness,
    Legacy04Harness,
    Legacy05Harness,
    Legacy06Harness,
    DocumentedCvmHarness,
    SourceCvmHarness,
    UnsaidCvmHarness,
    DocumentedVpsOrgHarness,
    ClientVpsOrgHarness,
)
"""Every kind, in every dialect."""

ADMIN_CALLS = (
    Capability.UPDATE,
    Capability.REPLACE,
    Capability.BUILD,
    Capability.SUSPEND,
    Capability.DELETE,
    Capability.FORCE_DELETE,
)
"""Those about a server that there is."""


def only(condition: Callable[[type[Harness]], object]) -> pytest.MarkDecorator:
    """Run a test on the harnesses of which that is true."""
    chosen = [harness for harness in HARNESSES if condition(harness)]
    return pytest.mark.parametrize(
        "harness", chosen, indirect=True, ids=[harness.name for harness in chosen]
    )


def offering(*capabilities: Capability) -> pytest.MarkDecorator:
    """Run a test on the kinds that offer all of these."""
    return only(lambda harness: harness.capabilities.issuperset(capabilities))


def each(name: str, values: Callable[[type[Harness]], Iterable[object]]) -> pytest.MarkDecorator:
    """Run a test on every harness with every one of its own values."""
    cases = [(harness, value) for harness in HARNESSES for value in values(harness)]
    return pytest.mark.parametrize(
        ("harness", name),
        cases,
        indirect=["harness"],
        ids=[f"{harness.name}-{value}" for harness, value in cases],
    )


def open_panel(hub: PanelHub, harness: Harness, **changes: object) -> Panel:
    """Return our client of the stand-in."""
    values: dict[str, object] = {
        "kind": harness.kind,
        "base_url": harness.url,
        "credentials": harness.credentials,
        "options": harness.options,
    }
    return hub.open(settings(**(values | changes)))


def administer(
    admin: AdminPanel, action: Capability, server_id: str, *, harness: Harness
) -> Awaitable[object]:
    """Begin one of `ADMIN_CALLS` with good values."""
    match action:
        case Capability.UPDATE:
            return admin.update(server_id, {"name": "Renamed"}, replace=False)
        case Capability.REPLACE:
            return admin.update(server_id, harness.replacement(), replace=True)
        case Capability.BUILD:
            return admin.build(server_id, dict(harness.new_limits))
        case Capability.SUSPEND:
            return admin.suspend(server_id)
        case _:
            return admin.delete(server_id, force=action is Capability.FORCE_DELETE)


async def id_of(panel: Panel, name: str) -> str:
    """Return the id of a server that is called so."""
    servers: dict[str, Server] = {server.name: server for server in await panel.list_servers()}
    return servers[name].ref.server_id


async def states(panel: Panel) -> dict[str, ServerState]:
    """Return the state of each server, by its name."""
    return {server.name: server.state for server in await panel.list_servers()}
