"""Owns the fake world: nodes and game servers whose state follows from the clock alone.

Speaks no panel's dialect, and runs nothing in the background: a state is worked out when asked for.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import uuid4

Clock = Callable[[], float]
"""Seconds; it need not be real time, but never goes back."""

Fault = Literal["down", "hang", "html", "reset", 401, 403, 404, 500]
"""How a node's daemon fails: by not answering properly, or by answering with a status."""

_MB = 1_000_000
_SETTLING_SECONDS = 120.0


@dataclass(eq=False, slots=True)
class Node:
    """A machine that servers live on, and the daemon that a panel reaches it by."""

    name: str
    ip: str = "127.0.0.1"
    fault: Fault | None = None
    maintenance: bool = False

    @property
    def up(self) -> bool:
        """Whether its daemon takes connections."""
        return self.fault != "down"

    @up.setter
    def up(self, value: bool) -> None:
        self.fault = None if value else "down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a server uses at one moment; network counts from the start of its process."""

    memory_bytes: int = 0
    cpu_percent: float = 0.0
    disk_bytes: int = 0
    network_rx_bytes: int = 0
    network_tx_bytes: int = 0
    uptime_seconds: float = 0.0


@dataclass(eq=False, slots=True, kw_only=True)
class Server:
    """A game server: offline -> starting -> running -> stopping -> offline.

    Sizes are in MB as panels have them, 0 is unlimited; `cpu_percent` counts 100 for a core.
    """

    name: str
    node: Node
    clock: Clock
    id: int
    uuid: str = field(default_factory=lambda: str(uuid4()))
    external_id: str | None = None
    description: str = ""
    memory_mb: int = 2048
    swap_mb: int = 0
    disk_mb: int = 10240
    cpu_percent: int = 200
    port: int = 25565
    more_ports: tuple[int, ...] = ()
    alias: str | None = None
    start_seconds: float = 5.0
    stop_seconds: float = 3.0
    stop_command: str = "stop"
    hang_in_starting: bool = False
    console: list[str] = field(default_factory=list)
    """Commands that reached the process."""
    signals: list[str] = field(default_factory=list)
    """Power signals that reached the node, with or without effect."""
    _condition: str | None = field(default=None, init=False)
    _state: str = field(default="offline", init=False)
    _started_at: float = field(default=0.0, init=False)
    _coming: list[tuple[float, str]] = field(default_factory=list, init=False)
    """Changes of state that lie ahead, by their time."""

    @property
    def identifier(self) -> str:
        """The first 8 hex digits of the uuid."""
        return self.uuid[:8]

    @property
    def state(self) -> str:
        """The state as of now: offline, starting, running or stopping."""
        while self._coming and self._coming[0][0] <= self.clock():
            at, state = self._coming[0]
            if state == "running" and self.hang_in_starting:
                break
            self._enter(state, at)
            del self._coming[0]
        return self._state

    @property
    def condition(self) -> str | None:
        """What stands above the state, if anything does; setting it ends the process.

        One of suspended, installing, install_failed, reinstall_failed, restoring, transferring.
        """
        return self._condition

    @condition.setter
    def condition(self, value: str | None) -> None:
        self._condition = value
        if value is not None:
            self.crash()

    @property
    def suspended(self) -> bool:
        """Whether it is suspended."""
        return self._condition == "suspended"

    @suspended.setter
    def suspended(self, value: bool) -> None:
        self.condition = "suspended" if value else None

    @property
    def installing(self) -> bool:
        """Whether it is being installed."""
        return self._condition == "installing"

    @installing.setter
    def installing(self, value: bool) -> None:
        self.condition = "installing" if value else None

    def power(self, signal: str) -> None:
        """Take a power signal as Wings does: always, though sometimes without effect.

        Wings holds its lock until the old process has ended; only kill overtakes it.
        """
        self.signals.append(signal)
        state = self.state
        if signal == "kill":
            self.crash()
        elif state == "stopping":
            return
        elif signal == "start" and state == "offline":
            self._start(self.clock())
        elif signal == "stop" and state != "offline":
            self._stop()
        elif signal == "restart":
            self._start(self.clock() if state == "offline" else self._stop())

    def send(self, command: str) -> bool:
        """Write a line to the console; False where there is no process to read it."""
        if self.state == "offline":
            return False
        self.console.append(command)
        if command == self.stop_command and self.state != "stopping":
            self._stop()
        return True

    def crash(self) -> None:
        """End the process at once."""
        self._coming.clear()
        self._enter("offline", self.clock())

    def begin(self, state: str) -> None:
        """Put it into a state from which it goes on by itself."""
        now = self.clock()
        self._started_at = now
        if state == "starting":
            self._start(now)
        elif state == "stopping":
            self._stop()
        else:
            self._enter(state, now)

    def usage(self) -> Usage:
        """Work out what it uses now: climbing after the start, swinging a little for ever."""
        size = int(self.uuid[:4], 16) / 0xFFFF
        disk = int((self.disk_mb or 20_000) * _MB * (0.1 + 0.3 * size))
        if self.state == "offline":
            return Usage(disk_bytes=disk)
        up = self.clock() - self._started_at
        warmth = 1 - math.exp(-up / _SETTLING_SECONDS)
        swing = math.sin(up / 17 + 6 * size)
        busy = 0.8 if self.state == "starting" else 0.25 + 0.1 * swing
        return Usage(
            memory_bytes=int((self.memory_mb or 4096) * _MB * (0.2 + 0.5 * warmth + 0.02 * swing)),
            cpu_percent=round((self.cpu_percent or 100) * busy, 3),
            disk_bytes=disk + int(up * 350),
            network_rx_bytes=int(up * 2_150),
            network_tx_bytes=int(up * 2_090),
            uptime_seconds=up,
        )

    def _start(self, at: float) -> None:
        self._coming += [(at, "starting"), (at + self.start_seconds, "running")]

    def _stop(self) -> float:
        """Begin to stop and return when it will be over."""
        now = self.clock()
        ends = now + self.stop_seconds
        self._enter("stopping", now)
        self._coming[:] = [(ends, "offline")]
        return ends

    def _enter(self, state: str, at: float) -> None:
        self._state = state
        if state == "starting":
            self._started_at = at


class World:
    """All nodes and servers, under one clock."""

    def __init__(self, clock: Clock = time.time) -> None:
        self.clock = clock
        self.nodes: list[Node] = []
        self.servers: list[Server] = []
        self._created = 0

    def add_node(self, name: str, *, ip: str = "127.0.0.1") -> Node:
        """Add a node that is up."""
        node = Node(name, ip)
        self.nodes.append(node)
        return node

    def add_server(
        self, name: str, *, node: Node, state: str = "offline", **properties: Any
    ) -> Server:
        """Add a server; `properties` are fields of `Server`."""
        self._created += 1
        server = Server(name=name, node=node, clock=self.clock, id=self._created, **properties)
        server.begin(state)
        self.servers.append(server)
        return server

    def remove_server(self, server: Server) -> None:
        """Delete it; panels no longer know it."""
        self.servers.remove(server)
