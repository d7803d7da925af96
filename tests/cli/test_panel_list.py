"""How the command line narrows a list: by the panel where that can filter, and always here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot.cli._panel import answer
from bot.cli._parser import build_parser
from bot.panels import PanelHub
from bot.simulators.panels.vpsorg_catalog import LOCATIONS
from tests.panels.support import HastyClock, Reply, stub
from tests.panels.vpsorg_site import VpsOrgSite, example, open_at

if TYPE_CHECKING:
    import argparse
    from collections.abc import AsyncIterator

    from bot.simulators.panels.vpsorg import Dialect

FAR = "<the far location>"


@pytest.fixture
async def hub() -> AsyncIterator[PanelHub]:
    async with PanelHub(clock=HastyClock()) as hub:
        yield hub


def listing(*options: str) -> argparse.Namespace:
    return build_parser().parse_args(["panel", "main", "list", "--json", *options])


@pytest.mark.parametrize("dialect", ["documented", "client"])
@pytest.mark.parametrize(
    ("options", "names"),
    [
        ([], ["up", "down", "far", "rising"]),
        (["--state", "running"], ["up", "far"]),
        (["--state", "starting"], ["rising"]),
        (["--location", FAR], ["far"]),
        (["--location", FAR, "--state", "offline"], []),
        (["--location", f"  {FAR} ".upper()], ["far"]),
        (["--location", "nowhere"], []),
        (["--search", "AR", "--state", "running"], ["far"]),
    ],
)
async def test_a_list_is_narrowed_alike_whether_the_panel_can_filter_or_not(
    hub: PanelHub, dialect: Dialect, options: list[str], names: list[str]
) -> None:
    site = VpsOrgSite(HastyClock(), hub, dialect=dialect)
    async with site.stand_in:
        for name, state in (("up", "running"), ("down", "offline"), ("far", "running")):
            site.add(name, state=state)
        site.account.machines[-1].location = LOCATIONS[1]
        site.add("rising", state="starting")
        far = LOCATIONS[1].code if dialect == "documented" else LOCATIONS[1].name
        options = [option.replace(FAR, far).replace(FAR.upper(), far.upper()) for option in options]
        printed = await answer(site.panel(), listing(*options))
    assert [server["name"] for server in json.loads(printed)] == names


async def test_a_panel_that_ignores_a_filter_shows_no_wrong_servers(hub: PanelHub) -> None:
    async with stub(Reply(body=json.dumps(example("list")))) as panel:
        options = ["--location", "us-east", "--state", "running"]
        printed = await answer(open_at(hub, panel.url), listing(*options))
    assert [server["name"] for server in json.loads(printed)] == ["db-server-01"]
    assert panel.requests[0].query == {"location": "us-east", "status": "active"}
