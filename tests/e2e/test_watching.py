"""The watcher against panels that listen: what is seen, what it costs, and what cannot stop it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from bot.domain.servers import ServerRef, ServerState
from bot.panels import PanelHub, PanelSettings
from bot.services.access import AccessService
from bot.services.clock import SystemClock
from bot.services.directory import ServerDirectory
from bot.services.panels import PanelEntry, PanelRegistry
from bot.services.watcher import Watcher
from bot.simulators.panels.pterodactyl import PterodactylStandIn
from bot.simulators.world import World
from tests.fakes import MemoryRules
from tests.fakes_sightings import Push, RecordingSightings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.simulators.world import Server
    from tests.fakes_sightings import Look

_OFTEN = 0.05
_LIST = "/api/client"


class Yard:
    """A panel and what watches it."""

    def __init__(self, hub: PanelHub, *, throttle: int = 100_000) -> None:
        self.world = World()
        self.node = self.world.add_node("node-1")
        self.panel = PterodactylStandIn(self.world, throttle_per_minute=throttle, cache_seconds=0)
        self.owner = self.panel.add_user("owner")
        self.seen = RecordingSightings()
        clock = SystemClock()
        self.panels = PanelRegistry()
        self.directory = ServerDirectory(self.panels, AccessService(MemoryRules(), clock))
        self.watcher = Watcher(self.panels, self.directory, clock, observer=self.seen)
        self._hub = hub

    def add(self, name: str, *, state: str = "running") -> Server:
        server = self.world.add_server(name, node=self.node, state=state)
        self.panel.own(self.owner, server)
        return server

    def open(
        self, stand_in: PterodactylStandIn, panel_id: str, *, poll_seconds: float = _OFTEN
    ) -> PanelEntry:
        """Let a panel be watched."""
        key = stand_in.add_key(stand_in.accounts.users[0])
        settings = PanelSettings(
            panel_id=panel_id,
            kind="pterodactyl",
            base_url=stand_in.url,
            credentials={"key": key},
        )
        entry = PanelEntry(
            panel=self._hub.open(settings),
            name=panel_id,
            guild_ids=frozenset({1}),
            poll_seconds=poll_seconds,
        )
        self.panels.put(entry)
        return entry

    def looks(self, panel_id: str = "main") -> list[Look]:
        return [look for look in self.seen.looks if look.panel_ids == (panel_id,)]

    async def until_looked(self, times: int, panel_id: str = "main") -> Look:
        """Wait until a panel was looked at so many times more, and return the last look."""
        count = len(self.looks(panel_id)) + times
        await self.seen.until(lambda: len(self.looks(panel_id)) >= count)
        return self.looks(panel_id)[-1]

    @property
    def pushes(self) -> list[Push]:
        return self.seen.pushes

    def asked(self, path: str) -> int:
        return sum(request.path == path for request in self.panel.requests)

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            task = group.create_task(self.watcher.run())
            yield
            task.cancel()


@pytest.fixture
async def hub() -> AsyncIterator[PanelHub]:
    async with PanelHub(clock=SystemClock()) as hub:
        yield hub


@pytest.fixture
async def yard(hub: PanelHub) -> AsyncIterator[Yard]:
    yard = Yard(hub)
    async with yard.panel:
        yield yard


async def test_whatever_happens_to_a_server_is_seen(yard: Yard) -> None:
    survival, creative = yard.add("Survival"), yard.add("Creative", state="offline")
    yard.open(yard.panel, "main")
    async with yard.watching():
        await yard.seen.until(lambda: bool(yard.looks()))
        assert yard.looks()[0].states == {
            "Survival": ServerState.RUNNING,
            "Creative": ServerState.OFFLINE,
        }
        survival.name = "Hardcore"
        creative.condition = "suspended"
        yard.add("Lobby").condition = "installing"
        assert (await yard.until_looked(2)).states == {
            "Hardcore": ServerState.RUNNING,
            "Creative": ServerState.SUSPENDED,
            "Lobby": ServerState.INSTALLING,
        }
        yard.world.remove_server(creative)
        assert "Creative" not in (await yard.until_looked(2)).states


async def test_a_list_that_forgets_its_servers_once_has_them_again(yard: Yard) -> None:
    yard.add("Survival")
    yard.open(yard.panel, "main")
    async with yard.watching():
        await yard.until_looked(1)
        yard.panel.faults.add("set", path=_LIST, exact=True, count=1, fields={"data": []})
        await yard.seen.until(lambda: any(not look.states for look in yard.looks()))
        assert (await yard.until_looked(1)).states == {"Survival": ServerState.RUNNING}


async def test_a_dead_panel_delays_nobody(yard: Yard) -> None:
    yard.add("Survival")
    async with PterodactylStandIn(World()) as dead:
        dead.add_user("owner")
        dead.faults.add("hang")
        yard.open(dead, "dead")
        yard.open(yard.panel, "main")
        async with yard.watching():
            await dead.wait_for_requests(1)
            await yard.until_looked(5)
            assert yard.looks("dead") == []
            assert len(dead.requests) == 1
            assert yard.watcher.health()["dead"].last_success is None
            assert yard.watcher.health()["main"].servers == 1


async def test_a_panel_that_asks_for_patience_is_left_alone(yard: Yard) -> None:
    yard.add("Survival")
    async with PterodactylStandIn(World()) as busy:
        busy.add_user("owner")
        busy.faults.add("throttle", retry_after="120")
        yard.open(busy, "busy")
        yard.open(yard.panel, "main")
        async with yard.watching():
            await busy.wait_for_requests(1)
            await yard.until_looked(5)
            assert len(busy.requests) == 1


async def test_people_get_through_while_the_watcher_has_used_its_share(hub: PanelHub) -> None:
    yard = Yard(hub, throttle=256)
    for number in range(300):
        yard.add(f"No. {number}")
    async with yard.panel:
        entry = yard.open(yard.panel, "main", poll_seconds=60)
        async with yard.watching():
            # 40 % of 256 is what the background may ask: three pages, the others are states.
            await yard.panel.wait_for_requests(102)
            asked = [server.identifier for server in yard.world.servers[:70]]
            found = await asyncio.gather(*(entry.panel.get_server(each) for each in asked))
            assert {server.state for server in found} == {ServerState.RUNNING}
            assert len(yard.panel.requests) == 102 + 2 * 70
            assert {request.status for request in yard.panel.requests} == {200}


async def test_what_a_connection_tells_is_not_asked_for(yard: Yard) -> None:
    survival, creative = yard.add("Survival"), yard.add("Creative")
    ref = ServerRef("main", survival.identifier)
    resources = {
        server.name: f"/api/client/servers/{server.identifier}/resources"
        for server in (survival, creative)
    }
    yard.open(yard.panel, "main")
    async with yard.watching():
        await yard.until_looked(1)
        yard.watcher.followers.want("test", [ref])
        await yard.seen.until(lambda: Push(ref, ServerState.RUNNING, is_first=True) in yard.pushes)
        await yard.until_looked(2)
        before = {name: yard.asked(path) for name, path in resources.items()}
        look = await yard.until_looked(3)
        assert look.states == {"Survival": ServerState.RUNNING, "Creative": ServerState.RUNNING}
        assert yard.asked(resources["Survival"]) == before["Survival"]
        assert yard.asked(resources["Creative"]) >= before["Creative"] + 3
        survival.crash()
        await yard.seen.until(lambda: Push(ref, ServerState.OFFLINE, is_first=False) in yard.pushes)
        assert (await yard.until_looked(2)).states["Survival"] is ServerState.OFFLINE


async def test_a_connection_that_was_lost_comes_back(yard: Yard) -> None:
    survival = yard.add("Survival")
    ref = ServerRef("main", survival.identifier)
    yard.open(yard.panel, "main", poll_seconds=60)
    yard.watcher.followers.want("test", [ref])
    async with yard.watching():
        await yard.seen.until(lambda: bool(yard.pushes))
        for socket in yard.panel.wings.sockets_of(survival):
            socket.cut()
        survival.crash()
        await yard.seen.until(lambda: len(yard.pushes) == 2)
        survival.power("start")
        await yard.seen.until(lambda: len(yard.pushes) == 3)
    assert yard.pushes == [
        Push(ref, ServerState.RUNNING, is_first=True),
        Push(ref, ServerState.OFFLINE, is_first=True),
        Push(ref, ServerState.STARTING, is_first=False),
    ]
