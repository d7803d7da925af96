"""That `docs/adding-a-panel.md` is true: a sixth kind is one file and one line in `PANELS`."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from bot import panels
from bot.cli import main
from bot.domain.errors import PanelAuthFailed, ServerNotFound, UnsupportedAction
from bot.domain.servers import PowerAction, ServerState
from bot.panels import PanelKind, SettingsError
from bot.simulators.world import World
from tests.panels.support import KEY, settings
from tests.panels.toy_kind import Hangar
from tests.panels.toy_simulator import HangarStandIn

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.domain.ports import Panel
    from bot.panels import PanelHub

    CaptureFixture = pytest.CaptureFixture[str]


@pytest.fixture
def world() -> World:
    world = World()
    node = world.add_node("near")
    world.add_server("Survival", node=node, state="running")
    world.add_server("Creative", node=node)
    return world


@pytest.fixture
async def url(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    kind = PanelKind(factory=Hangar.open, required_credentials=frozenset({"key"}))
    monkeypatch.setattr(panels, "PANELS", {**panels.PANELS, "hangar": kind})
    stand_in = HangarStandIn(world, key=KEY)
    await stand_in.wire.start()
    yield stand_in.wire.url
    await stand_in.wire.close()


@pytest.fixture
def toy(hub: PanelHub, url: str) -> Panel:
    return hub.open(settings(kind="hangar", base_url=url))


async def test_the_hub_lists_shows_and_powers_it(toy: Panel, world: World) -> None:
    listed = {server.name: server for server in await toy.list_servers()}
    assert {name: server.state for name, server in listed.items()} == {
        "Survival": ServerState.RUNNING,
        "Creative": ServerState.OFFLINE,
    }
    creative = listed["Creative"].ref.server_id
    assert (await toy.get_server(creative)).name == "Creative"
    await toy.power(creative, PowerAction.START)
    assert world.servers[1].signals == ["start"]


async def test_what_goes_wrong_has_the_usual_errors(hub: PanelHub, toy: Panel, url: str) -> None:
    with pytest.raises(ServerNotFound):
        await toy.get_server("99")
    with pytest.raises(UnsupportedAction):
        await toy.power("1", PowerAction.KILL)
    with pytest.raises(SettingsError, match=r"credentials\.key"):
        hub.open(settings(kind="hangar", base_url=url, credentials={}))
    locked_out = hub.open(settings(kind="hangar", base_url=url, credentials={"key": "wrong"}))
    with pytest.raises(PanelAuthFailed):
        await locked_out.list_servers()


async def test_the_command_line_lists_shows_and_powers_it(
    url: str, world: World, tmp_path: Path, own_logging: None, capsys: CaptureFixture
) -> None:
    (tmp_path / "key").write_text(KEY, encoding="utf-8")
    config = tmp_path / "config.yaml"
    config.write_text(
        "panels: [{id: toy, kind: hangar, "
        f"base_url: '{url}', credentials: {{key: {{file: key}}}}}}]\n",
        encoding="utf-8",
    )

    async def panel(*words: str) -> Any:  # noqa: ANN401 - JSON
        arguments = ["panel", "--config", str(config), "--json", "toy", *words]
        assert await asyncio.to_thread(main, arguments) == 0
        return json.loads(capsys.readouterr().out)

    assert [server["name"] for server in await panel("list")] == ["Survival", "Creative"]
    assert (await panel("show", "creative"))["state"] == "offline"
    assert (await panel("power", "creative", "start"))["accepted"] is True
    assert world.servers[1].signals == ["start"]
