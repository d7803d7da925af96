"""A network between a bot and its database that can lose connections without telling anybody."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from sqlalchemy import make_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@asynccontextmanager
async def relay(url: str) -> AsyncIterator[Relay]:
    """Carry everything to the server of that URL and back for as long as the block lasts."""
    target = make_url(url)
    between = Relay(str(target.host), target.port or 5432)
    server = await asyncio.start_server(between.carry, "127.0.0.1", 0)
    between.url = target.set(
        host="127.0.0.1", port=server.sockets[0].getsockname()[1]
    ).render_as_string(hide_password=False)
    try:
        yield between
    finally:
        server.close()
        between.lose()
        between.bury()


class Relay:
    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._carrying: set[asyncio.Task[None]] = set()
        self._ends: list[asyncio.StreamWriter] = []
        self.url = ""
        """Of the same database, through here."""

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*self._target)
        self._ends += (writer, back)
        for source, sink in ((reader, back), (there, writer)):
            task = asyncio.get_running_loop().create_task(_pump(source, sink))
            self._carrying.add(task)
            task.add_done_callback(self._carrying.discard)

    def lose(self) -> None:
        """Carry nothing more for those who are connected; neither end hears of it."""
        for task in self._carrying:
            task.cancel()

    def bury(self) -> None:
        """Let both ends see that their connections are gone."""
        for writer in self._ends:
            writer.transport.abort()
        self._ends.clear()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
        sink.close()
