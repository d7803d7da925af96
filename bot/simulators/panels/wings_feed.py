"""Owns what a node says of one server: works out what has happened since it last looked.

Knows no socket and no right.
"""

from __future__ import annotations

import json
import time
from collections import deque
from typing import TYPE_CHECKING

from bot.simulators.world import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.simulators.world import Server

    Frame = tuple[str, str]
    """An event and its only argument."""

_STATS_SECONDS = 1.0
_AFTER = {
    "offline": "starting",
    "starting": "running",
    "running": "stopping",
    "stopping": "offline",
}
_BOOT = (
    "Checking server disk space usage, this could take a few seconds...",
    "Updating process configuration files...",
    "Ensuring file permissions are set correctly, this could take a few seconds...",
)
_CRASH = (
    "---------- Detected server process in a crashed state! ----------",
    "Exit code: 1",
    "Out of memory: false",
    "Aborting automatic restart, last crash occurred less than 60 seconds ago.",
)


class Feed:
    """The eyes on one server."""

    def __init__(self, server: Server, *, log_lines: int) -> None:
        self._server = server
        self._state = server.state
        self._condition = server.condition
        self._commands = len(server.console)
        self._signals = len(server.signals)
        self._stats_at = server.clock()
        self.log: deque[str] = deque(maxlen=log_lines)
        """The process' own last lines."""

    def look(self) -> Iterator[Frame]:
        """Yield what has happened, in the order of the real thing."""
        yield from self._echo()
        yield from self._changes()
        yield from self._work()
        if self._state != "offline" and self._server.clock() >= self._stats_at + _STATS_SECONDS:
            yield self.stats()

    def catch_up(self) -> None:
        """Pass over what has happened since: a node tells nothing to who comes later."""
        deque(self.look(), maxlen=0)

    def stats(self) -> Frame:
        """Return what it uses now."""
        return self._stats(self._server.state)

    def _stats(self, state: str) -> Frame:
        """Return what it uses in that state, though it may have left it already."""
        self._stats_at = self._server.clock()
        usage = self._server.usage()
        if state == "offline":
            usage = Usage(disk_bytes=usage.disk_bytes)
        limit = 0 if state == "offline" else int(self._server.memory_mb * 1024 * 1024 * 1.05)
        figures = {
            "memory_bytes": usage.memory_bytes,
            "memory_limit_bytes": limit,
            "cpu_absolute": usage.cpu_percent,
            "network": {"rx_bytes": usage.network_rx_bytes, "tx_bytes": usage.network_tx_bytes},
            "uptime": int(usage.uptime_seconds * 1000),
            "state": state,
            "disk_bytes": usage.disk_bytes,
        }
        return "stats", json.dumps(figures)

    def _echo(self) -> Iterator[Frame]:
        """Show commands, and what the game answers."""
        new = self._server.console[self._commands :]
        self._commands += len(new)
        for command in new:
            yield self._line(command)
            if command.startswith("say "):
                yield self._said(f"[Not Secure] [Server] {command.removeprefix('say ')}")
            elif command == "list":
                yield self._said("There are 0 of a max of 20 players online: ")

    def _changes(self) -> Iterator[Frame]:
        state = self._server.state
        orders = self._server.signals[self._signals :]
        self._signals += len(orders)
        if state == self._state:
            return
        ended_by_itself = state == "offline" and self._state != "stopping" and not orders
        was, self._state = self._state, state
        if ended_by_itself:
            yield from self._went_offline()
            if self._server.condition is None:
                for text in _CRASH:
                    yield _daemon(text)
            return
        for step in _steps(was, state):
            yield from self._entered(step, killed="kill" in orders)

    def _entered(self, state: str, *, killed: bool) -> Iterator[Frame]:
        match state:
            case "starting":
                for text in _BOOT:
                    yield _daemon(text)
                yield "status", state
                command = "java -Xms128M -XX:MaxRAMPercentage=95.0 -jar server.jar"
                yield self._line(f"\x1b[1m\x1b[33mcontainer@pterodactyl~ \x1b[0m{command}")
            case "running":
                yield "status", state
                yield self._said('Done (3.000s)! For help, type "help"')
            case "stopping":
                yield "status", state
                if not killed:
                    yield self._line(self._server.stop_command)
                    yield self._said("Stopping server")
            case _:
                yield from self._went_offline()

    def _went_offline(self) -> Iterator[Frame]:
        yield "status", "offline"
        yield self._stats("offline")
        self.log.clear()

    def _work(self) -> Iterator[Frame]:
        """Tell what the daemon itself does to the server, and when it is done."""
        was, self._condition = self._condition, self._server.condition
        if was == self._condition:
            return
        if was == "installing":
            yield "daemon message", "Installation process completed."
            yield self.stats()
            yield "install completed", ""
        elif was == "restoring":
            yield "daemon message", "Completed server restoration from backup."
            yield "backup restore completed", ""
        elif was == "transferring":
            yield "transfer status", "completed"
        if self._condition == "installing":
            yield "install started", ""
            text = "Starting installation process, this could take a few minutes..."
            yield "daemon message", text
        elif self._condition == "transferring":
            yield "transfer status", "processing"

    def _said(self, text: str) -> Frame:
        clock = time.strftime("%H:%M:%S", time.gmtime(self._server.clock()))
        return self._line(f"[{clock} INFO]: {text}")

    def _line(self, text: str) -> Frame:
        self.log.append(text)
        return "console output", text


def _steps(was: str, state: str) -> Iterator[str]:
    """Yield the states from the one to the other, in case several have passed unseen."""
    while was != state:
        is_ending = was == "starting" and state in ("stopping", "offline")
        was = "stopping" if is_ending else _AFTER[was]
        yield was


def _daemon(text: str) -> Frame:
    return "console output", f"\x1b[33m\x1b[1m[Pterodactyl Daemon]:\x1b[39m {text}\x1b[0m"
