"""Each command suggests only what the panel can do, to those who may see it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.access import Action
from bot.domain.servers import Capability
from tests.fakes import make_server
from tests.services.house import GUILD, STRANGER, VIEWER, allow
from tests.ui.gateway import arrive
from tests.ui.payloads import typing

if TYPE_CHECKING:
    from bot.ui.client import Client
    from tests.services.house import House
    from tests.ui.desk import Desk

_MANAGE_SERVER = 1 << 5
_NEEDS = {
    "server start": Capability.START,
    "server stop": Capability.STOP,
    "server restart": Capability.RESTART,
    "server kill": Capability.KILL,
    "server command": Capability.COMMAND,
    "restart": Capability.RESTART,
    "manage update": Capability.UPDATE,
    "manage build": Capability.BUILD,
    "manage suspend": Capability.SUSPEND,
    "manage unsuspend": Capability.SUSPEND,
    "manage delete": Capability.DELETE,
}


async def _suggested(
    client: Client,
    desk: Desk,
    command: str,
    option: str = "server",
    *,
    text: str = "",
    user_id: int = 10,
    permissions: int = _MANAGE_SERVER,
    locale: str = "en-US",
) -> list[Any]:
    """Return the values that are suggested."""
    payload = typing(command, option, text, user_id=user_id, permissions=permissions, locale=locale)
    arrive(client, payload)
    said = await desk.wait_said(len(desk.said) + 1)
    return [choice["value"] for choice in said[-1].message["choices"]]


@pytest.mark.parametrize(("command", "needed"), _NEEDS.items())
async def test_a_server_whose_panel_cannot_do_it_is_not_suggested(
    client: Client, desk: Desk, house: House, command: str, needed: Capability
) -> None:
    house.directory.note(house.backup.add(make_server("Spare", "7", panel_id="backup")))
    house.panel.capabilities = frozenset({needed})
    house.backup.capabilities = frozenset(Capability) - {needed}

    assert await _suggested(client, desk, command) == ["main:1a2b3c4d"]


@pytest.mark.parametrize("command", ["server status", "status"])
async def test_to_look_at_a_server_takes_no_capability(
    client: Client, desk: Desk, house: House, command: str
) -> None:
    house.panel.capabilities = frozenset()

    assert await _suggested(client, desk, command) == ["main:1a2b3c4d"]


@pytest.mark.parametrize("command", _NEEDS)
async def test_a_server_that_may_not_be_seen_is_not_suggested(
    client: Client, desk: Desk, command: str
) -> None:
    who = STRANGER.user_id

    assert await _suggested(client, desk, command, user_id=who, permissions=0) == []
    assert await _suggested(client, desk, command, text="surv", user_id=who, permissions=0) == []


async def test_what_a_panel_lacks_takes_no_place_among_the_suggestions(
    client: Client, desk: Desk, house: House
) -> None:
    house.backup.capabilities = frozenset({Capability.START})
    house.panel.capabilities = frozenset({Capability.DELETE})
    for number in range(30):
        server = make_server(f"A{number:02}", f"a{number}", panel_id="backup")
        house.directory.note(house.backup.add(server))

    assert await _suggested(client, desk, "manage delete") == ["main:1a2b3c4d"]


async def test_a_panel_is_suggested_where_the_member_may_create_servers(
    client: Client, desk: Desk, house: House
) -> None:
    async def panels(**asked: Any) -> list[Any]:  # noqa: ANN401 - keywords of the helper
        return await _suggested(client, desk, "manage create", "panel", **asked)

    viewer = {"user_id": VIEWER.user_id, "permissions": 0}
    assert await panels() == ["main"]
    assert await panels(text="MAIN") == ["main"]
    assert await panels(text="backup") == []
    assert await panels(**viewer) == []
    await house.access.add(allow(VIEWER.user_id, Action.CREATE, house.server))
    assert await panels(**viewer) == []
    rule = replace(allow(VIEWER.user_id, Action.CREATE), panel_id="main")
    await house.access.add(rule)
    assert await panels(**viewer) == ["main"]
    house.rules.is_broken = True
    house.access._policies.clear()
    assert await panels() == []


async def test_whoever_may_configure_is_suggested_all_servers_and_rules(
    client: Client, desk: Desk, house: House
) -> None:
    await house.access.add(allow(VIEWER.user_id, Action.MANAGE))
    await house.access.add(replace(allow(5, Action.KILL), subject_name="Zoë"))
    viewer = {"user_id": VIEWER.user_id, "permissions": 0}
    stranger = {"user_id": STRANGER.user_id, "permissions": 0}

    async def suggested(command: str, option: str, **asked: Any) -> list[Any]:  # noqa: ANN401 - keywords of the helper
        return await _suggested(client, desk, command, option, **asked)

    for command, option in (
        ("access allow", "server"),
        ("access allow", "panel"),
        ("access remove", "rule"),
    ):
        assert await suggested(command, option, **stranger) == []
        assert await suggested(command, option, **viewer) != []
    newest = str(len(await house.access.rules_of(GUILD)))
    assert await suggested("access remove", "rule", text="kill zoë", **viewer) == [newest]
    assert await suggested("access remove", "rule", text="强制 zoë", locale="zh-CN", **viewer) == [
        newest
    ]
    assert await suggested("access remove", "rule", text="zoë start", **viewer) == []


async def test_a_keystroke_reads_no_rules_from_the_database(
    client: Client, desk: Desk, house: House
) -> None:
    await _suggested(client, desk, "server status")
    reads = house.rules.reads
    for text in ("s", "su", "sur"):
        await _suggested(client, desk, "server status", text=text)
        await _suggested(client, desk, "access remove", "rule", text=text)
    assert house.rules.reads == reads
