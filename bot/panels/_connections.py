"""Owns the sockets to all panels, and what panels with the same key or address share.

Knows no kind of panel and reads no answer.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Self

import aiohttp

from bot.panels._budget import MAX_IN_FLIGHT, Budget

if TYPE_CHECKING:
    from types import TracebackType

    from bot.domain.ports import Clock

TIMEOUT = aiohttp.ClientTimeout(total=30, connect=10)
"""Longer than the 15 s for which a panel itself waits for a node."""

_HEADERS = {"Accept": "application/json", "User-Agent": "deckhand"}


class ConnectionCut(aiohttp.ClientError):
    """The request was sent, in whole or in part, and the connection ended."""


class Connections:
    """Two sessions, for reads and for writes, without cookies; an async context manager."""

    reads: aiohttp.ClientSession
    writes: aiohttp.ClientSession
    """Every write has a fresh connection: one kept alive may be dead when it is sent."""

    def __init__(self, clock: Clock, *, timeout: aiohttp.ClientTimeout = TIMEOUT) -> None:
        self.clock = clock
        self.timeout = timeout
        self._slots: dict[tuple[str, ...], asyncio.Semaphore] = {}
        self._budgets: dict[tuple[tuple[str, ...], str], Budget] = {}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self.reads = await self._open(aiohttp.TCPConnector(limit=0))
        self.writes = await self._open(aiohttp.TCPConnector(limit=0, force_close=True))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    def slots(self, who: tuple[str, ...]) -> asyncio.Semaphore:
        """Return the places for the requests of a key that are in flight."""
        return self._slots.setdefault(who, asyncio.Semaphore(MAX_IN_FLIGHT))

    def budget(self, who: tuple[str, ...], count: str, *, rest: float = 0.0) -> Budget:
        """Return the one budget that they have for what the panel counts together."""
        found = self._budgets.get((who, count))
        if found is None:
            found = self._budgets[who, count] = Budget(self.clock, rest=rest)
        return found

    async def _open(self, connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
        return await self._stack.enter_async_context(
            aiohttp.ClientSession(
                connector=connector,
                # A session cookie would make the panel take us for a browser, and answer 419.
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=_HEADERS,
                middlewares=(_send_once,),
                timeout=self.timeout,
            )
        )


async def _send_once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Hide a cut from aiohttp, which would send GET, PUT and DELETE a second time by itself."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise ConnectionCut from error
