"""How our client of vps.org reads lists: pages, filters, counts that are wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import PanelProtocolError
from bot.domain.servers import ServerFilter, ServerState
from bot.simulators.panels.vpsorg_catalog import LOCATIONS
from tests.panels.support import HastyClock, Reply, stub
from tests.panels.vpsorg_site import VpsOrgSite, example, open_at

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.panels import PanelHub


@pytest.fixture(params=["documented", "client"])
async def site(
    request: pytest.FixtureRequest, clock: HastyClock, hub: PanelHub
) -> AsyncIterator[VpsOrgSite]:
    site = VpsOrgSite(clock, hub, dialect=request.param)
    async with site.stand_in:
        yield site


@pytest.fixture
async def documented(clock: HastyClock, hub: PanelHub) -> AsyncIterator[VpsOrgSite]:
    site = VpsOrgSite(clock, hub, dialect="documented")
    async with site.stand_in:
        yield site


@pytest.fixture
async def client(clock: HastyClock, hub: PanelHub) -> AsyncIterator[VpsOrgSite]:
    site = VpsOrgSite(clock, hub, dialect="client")
    async with site.stand_in:
        yield site


async def test_a_page_over_1_mib_hides_no_server(client: VpsOrgSite) -> None:
    for number in range(120):
        client.add(f"no-{number}-{'x' * 20_000}")
    servers = await client.panel().list_servers()
    assert len({server.ref for server in servers}) == 120
    assert len(client.stand_in.requests) == 1 + 12


async def test_a_long_list_is_read_page_by_page(client: VpsOrgSite) -> None:
    for number in range(230):
        client.add(f"no-{number}")
    servers = await client.panel().list_servers()
    assert len({server.name for server in servers}) == 230
    assert [dict(request.query) for request in client.stand_in.requests] == [
        {"page_size": "100"},
        {"page_size": "100", "page": "2"},
        {"page_size": "100", "page": "3"},
    ]


@pytest.mark.parametrize("count", [1, 4, 300])
async def test_a_list_that_miscounts_itself_is_read_to_its_end(
    site: VpsOrgSite, count: int
) -> None:
    for number in range(3):
        site.add(f"no-{number}")
    site.stand_in.faults.add("set", fields={"count": count})
    assert len(await site.panel().list_servers()) == 3


async def test_a_list_whose_next_page_is_always_the_same_ends(hub: PanelHub) -> None:
    listing = example("list") | {"next": "https://elsewhere.example/?page=2"}
    async with stub(Reply(body=json.dumps(listing))) as panel:
        assert len(await open_at(hub, panel.url).list_servers()) == 2
    assert [request.query.get("page") for request in panel.requests] == [None, "2"]


async def test_a_page_that_is_announced_and_not_there_is_an_error(hub: PanelHub) -> None:
    listing = Reply(body=json.dumps(example("list") | {"next": "https://elsewhere.example/"}))
    missing = Reply(status=404, body='{"detail": "Invalid page."}')
    async with stub(listing, missing) as panel:
        with pytest.raises(PanelProtocolError):
            await open_at(hub, panel.url).list_servers()


async def test_one_that_cannot_be_identified_hides_no_other(hub: PanelHub) -> None:
    listing = example("list")
    listing["results"] += [None, {"name": "nameless"}, {"id": 9}]
    async with stub(Reply(body=json.dumps(listing))) as panel:
        servers = await open_at(hub, panel.url).list_servers()
    assert [server.ref.server_id for server in servers] == ["12345", "12346", "9"]


async def test_the_documented_list_is_filtered_by_the_panel(documented: VpsOrgSite) -> None:
    documented.add("up", state="running")
    documented.add("down")
    far = documented.add("far", state="running")
    far.location = LOCATIONS[1]
    panel = documented.panel()
    wanted = ServerFilter(state=ServerState.RUNNING, location="us-east")
    found = await panel.select_servers(wanted)
    assert [server.name for server in found] == ["far"]
    assert documented.stand_in.requests[-1].query == {"status": "active", "location": "us-east"}
    stopped = await panel.select_servers(ServerFilter(state=ServerState.OFFLINE))
    assert [server.name for server in stopped] == ["down"]
    assert len(await panel.list_servers()) == 3
    assert not documented.stand_in.requests[-1].query


async def test_the_panel_is_not_asked_for_what_it_cannot_filter(
    site: VpsOrgSite, client: VpsOrgSite
) -> None:
    await site.panel().select_servers(ServerFilter(state=ServerState.STARTING, search="up"))
    assert site.stand_in.requests[-1].query.keys() <= {"page_size"}
    wanted = ServerFilter(state=ServerState.RUNNING, location="us-east")
    await client.panel().select_servers(wanted)
    assert client.stand_in.requests[-1].query.keys() == {"page_size"}
