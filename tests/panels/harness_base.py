"""What the harnesses of all kinds have alike: a world of two nodes, and what is asked of a kind."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from bot.domain.servers import Capability, PowerAction, ServerState
from bot.simulators.world import World

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.errors import PanelError
    from bot.simulators.panels._faults import Faults
    from bot.simulators.panels._wire import Listening
    from bot.simulators.world import Fault, Server
    from tests.panels.support import HastyClock

    Words = Mapping[tuple[str, ...], Mapping[object, ServerState]]

POWER = frozenset(Capability(action) for action in PowerAction)
NOTHING: Mapping[str, Any] = MappingProxyType({})
POWER_STATES = MappingProxyType(
    {
        "offline": ServerState.OFFLINE,
        "starting": ServerState.STARTING,
        "running": ServerState.RUNNING,
        "stopping": ServerState.STOPPING,
    }
)


class Harness:
    """A stand-in of one kind, with two nodes of two servers each; the first of them runs.

    What a kind does not have stays as it is here.
    """

    name: str
    """The kind, and its dialect where it has several."""
    kind: str
    options: Mapping[str, object] = NOTHING
    capabilities: frozenset[Capability]

    list_path: str
    list_field: str
    """Where a list's answer has the list."""
    id_fields: tuple[str, ...] = ("id", "uuid")
    """Fields of one server in the list that may hold its id."""
    state_field: str
    """The state's word, in the answer from `state_path_of`."""
    nulls: tuple[str, ...]
    """Fields of a list's answer that may be null without a server being lost."""
    only_in_details: frozenset[str] = frozenset()
    """Fields of `Server` that the list has not, or has otherwise."""

    tells: Mapping[str, ServerState]
    """What the panel tells of a server, by its state or condition in the world."""
    words: Words
    """What each word means, by the fields that have it: in the list, and in the details."""
    dead_node_state: ServerState
    """What the servers of a node are that does not answer, as far as the panel tells."""
    conflicts: Mapping[str, ServerState | None] = NOTHING
    """Of which conflict an order is told in a condition; None where it is just refused."""
    fails: Mapping[Fault, type[PanelError]] = MappingProxyType({})
    """What an order ends in, by how the server's node fails."""
    has_rights = True
    """Whether a key may be good for some calls and not for others."""
    has_throttle = True
    """Whether it counts requests."""
    asks_for_states = True
    """Whether the list has none, and each server is asked for its own."""

    wrong: Mapping[str, object] = NOTHING
    """One value that makes no server, by its field."""
    new_limits: Mapping[str, object] = MappingProxyType({"memory": 4096})
    """What `build` is given for `new_memory_mb`."""
    new_memory_mb = 4096
    wrong_limits: Mapping[str, object] = MappingProxyType({"memory": -5})
    deletes_after = 0.0
    """Seconds until a deletion that the panel has accepted is carried out."""

    stand_in: Listening

    def __init__(self, clock: HastyClock) -> None:
        self.world = World(clock=lambda: clock.now().timestamp())
        near, self.far = self.world.add_node("near"), self.world.add_node("far")
        self.survival = self.world.add_server("Survival", node=near, state="running")
        self.creative = self.world.add_server("Creative", node=near)
        for name in ("Lobby", "Mini"):
            self.world.add_server(name, node=self.far)
        self.credentials = self.set_up()
        for server in self.world.servers:
            self.allow(server)

    def set_up(self) -> Mapping[str, str]:
        """Make the stand-in and return the credentials of whom `allow` gives servers to."""
        raise NotImplementedError

    def allow(self, server: Server) -> None:
        """Let the owner of the credentials have a server."""
        raise NotImplementedError

    def locked(self) -> Mapping[str, str]:
        """Return credentials that are right, and are not let in from here or for this."""
        raise NotImplementedError

    def reader(self) -> Mapping[str, str]:
        """Return credentials that may look at `survival` and do nothing with it."""
        raise NotImplementedError

    def admin_reader(self) -> Mapping[str, str]:
        """Return what `reader` needs besides, to look at what only admins see."""
        return {}

    def new_server(self) -> dict[str, object]:
        """Return the values of a server that can be created."""
        raise NotImplementedError

    def replacement(self) -> dict[str, object]:
        """Return all values of a server that can be replaced, with the name Renamed."""
        raise NotImplementedError

    def state_path_of(self, server: Server) -> str:
        """Return where a server's state is asked for: the list's path where the list has it."""
        return self.list_path

    def options_behind(self, url: str) -> Mapping[str, object]:
        """Return the options for that address, of a proxy which passes on to the panel."""
        return self.options

    def put(self, server: Server, word: str) -> None:
        """Bring a server into a state or a condition of the world, or its node into one."""
        if word in POWER_STATES:
            server.begin(word)
        elif word == "maintenance":
            server.node.maintenance = True
        else:
            server.condition = word

    @property
    def url(self) -> str:
        return self.stand_in.url

    @property
    def faults(self) -> Faults:
        return self.stand_in.faults

    @property
    def orders(self) -> int:
        """How many requests came in that were no questions."""
        return sum(request.method != "GET" for request in self.stand_in.requests)

    async def __aenter__(self) -> Self:
        await self.stand_in.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stand_in.close()
