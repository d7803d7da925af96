"""The live websocket of Pterodactyl 1.x and Pelican servers: one connection, many watchers.

Knows no REST call but the one for tokens, and keeps nothing but these when nobody watches.
Frames that a node takes (document 002), each dropped without a word where the key lacks the
right for it:

    auth          [token]                     the first thing, and again before its end
    send logs     []                          the last 150 lines, while the server runs
    send command  [line]                      right `control.console`
    set state     [start|stop|restart|kill]   rights `control.*`
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Self

from bot.domain import live
from bot.panels._mailbox import Mailbox
from bot.panels._pterodactyl_line import Line
from bot.panels._tasks import task_group

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bot.domain.ports import Clock
    from bot.domain.servers import PowerAction
    from bot.panels._pterodactyl_node import Node
    from bot.panels._pterodactyl_token import Tokens


class Watch:
    """What one watcher sees of a server; a `LiveServer`."""

    def __init__(self, line: Line, mailbox: Mailbox) -> None:
        self._line = line
        self._mailbox = mailbox

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> live.Event:
        event = await self._mailbox.get()
        if event is None:
            raise StopAsyncIteration
        return event

    async def logs(self) -> None:
        """Ask for the last lines."""
        await self._line.send("send logs")

    async def command(self, line: str) -> None:
        """Write one line to the console."""
        await self._line.send("send command", line)

    async def power(self, action: PowerAction) -> None:
        """Order it."""
        await self._line.send("set state", action.value)


class Consoles:
    """The connections of one panel, one for each server that somebody watches."""

    def __init__(self, node: Node, tokens: Callable[[str], Tokens], *, clock: Clock) -> None:
        self._node = node
        self._new_tokens = tokens
        self._tokens: dict[str, Tokens] = {}
        """Those of a server serve one watcher after the other: the panel gives only a few."""
        self._clock = clock
        self._rooms: dict[str, _Room] = {}

    @asynccontextmanager
    async def watch(self, server_id: str) -> AsyncIterator[Watch]:
        """Watch a server until the context ends."""
        room = self._rooms.get(server_id)
        if room is None or room.line.is_over:
            if server_id not in self._tokens:
                self._tokens[server_id] = self._new_tokens(server_id)
            room = _Room(self._node, self._tokens[server_id], clock=self._clock)
            self._rooms[server_id] = room
        mailbox = room.enter()
        try:
            async with task_group() as group:
                reading = group.create_task(room.read(mailbox))
                yield Watch(room.line, mailbox)
                reading.cancel()
        finally:
            room.mailboxes.remove(mailbox)
            if not room.mailboxes:
                if self._rooms.get(server_id) is room:
                    del self._rooms[server_id]
                await room.line.close()


class _Room:
    """The watchers of one server, and what one that comes later must be told first."""

    def __init__(self, node: Node, tokens: Tokens, *, clock: Clock) -> None:
        self.line = Line(node, tokens, clock=clock, tell=self._tell)
        self.mailboxes: list[Mailbox] = []
        self._present: dict[type[live.Event], live.Event] = {}

    def enter(self) -> Mailbox:
        mailbox = Mailbox()
        for event in self._present.values():
            mailbox.put(event)
        self.mailboxes.append(mailbox)
        return mailbox

    async def read(self, mailbox: Mailbox) -> None:
        await self.line.run()
        mailbox.close(self.line.error)

    def _tell(self, event: live.Event) -> None:
        if isinstance(event, live.Connected | live.Disconnected):
            self._present.clear()
        if isinstance(event, live.Connected | live.Disconnected | live.State | live.Stats):
            self._present[type(event)] = event
        for mailbox in self.mailboxes:
            mailbox.put(event)
