"""A Pterodactyl stand-in with its node, and what our client sees of it live."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from bot.domain import live
from bot.panels.pterodactyl import Pterodactyl
from bot.simulators.panels.pterodactyl import PterodactylStandIn
from bot.simulators.world import World
from tests.panels.support import PATIENCE, settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine

    from bot.domain.ports import LiveServer
    from bot.panels import PanelHub
    from bot.simulators.panels._faults import Faults
    from bot.simulators.panels.pterodactyl_dialect import Flavour
    from bot.simulators.world import Server
    from tests.fakes import FakeClock

T = TypeVar("T")
E = TypeVar("E", bound=live.Event)


async def soon(awaitable: Awaitable[T]) -> T:
    """Wait, but not for ever."""
    async with asyncio.timeout(PATIENCE):
        return await awaitable


class LiveSite:
    """A panel with one owner and one running server; its time passes only when told to."""

    def __init__(
        self, clock: FakeClock, *, version: str = "1.11", flavour: Flavour = "pterodactyl"
    ) -> None:
        self.clock = clock
        self.world = World(clock=lambda: clock.now().timestamp())
        self.node = self.world.add_node("node-1")
        self.stand_in = PterodactylStandIn(self.world, version=version, flavour=flavour)
        self.wings = self.stand_in.wings
        self.owner = self.stand_in.add_user("owner")
        self.server = self.add("Survival")

    def add(self, name: str, *, state: str = "running") -> Server:
        server = self.world.add_server(name, node=self.node, state=state)
        self.stand_in.own(self.owner, server)
        return server

    def panel(
        self, hub: PanelHub, *, key: str | None = None, options: dict[str, object] | None = None
    ) -> Pterodactyl:
        credentials = {"key": key or self.stand_in.add_key(self.owner)}
        found = hub.open(
            settings(base_url=self.stand_in.url, credentials=credentials, options=options or {})
        )
        assert isinstance(found, Pterodactyl)
        return found

    @property
    def faults(self) -> Faults:
        return self.stand_in.faults

    @property
    def tokens(self) -> int:
        """How many tokens were asked for."""
        return sum(each.path.endswith("/websocket") for each in self.stand_in.requests)

    async def in_time(self, awaitable: Coroutine[object, object, T]) -> T:
        """Let time pass, from sleeper to sleeper, until something has come about."""
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(awaitable)
            await soon(self.clock.run_until_done(waiting))
        return waiting.result()

    async def pass_back_off(self) -> None:
        """Let the client wait for its next attempt, and end the wait."""
        await soon(self.clock.tick())


@asynccontextmanager
async def visited(host: str = "127.0.0.1") -> AsyncIterator[tuple[int, list[object]]]:
    """Listen, and hang up on everybody; yields the port and who came."""
    visits: list[object] = []

    async def note(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visits.append(writer)
        writer.close()

    server = await asyncio.start_server(note, host, 0)
    async with server:
        yield server.sockets[0].getsockname()[1], visits


async def see(watch: LiveServer, kind: type[E], *, where: Callable[[E], bool] = bool) -> E:
    """Read on to the next event of a kind."""
    async with asyncio.timeout(PATIENCE):
        async for event in watch:
            if isinstance(event, kind) and where(event):
                return event
    raise AssertionError(f"the end came before any {kind.__name__}")
