"""Owns the sockets to all panels, and what panels with the same key or address share.

Knows no kind of panel and reads no answer.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import aiohttp

from bot.panels._addresses import Border, BorderResolver
from bot.panels._budget import MAX_IN_BACKGROUND, MAX_IN_FLIGHT, Budget

if TYPE_CHECKING:
    from collections.abc import Iterable
    from ipaddress import IPv4Network, IPv6Network
    from types import TracebackType

    from aiohttp.abc import AbstractResolver

    from bot.domain.ports import Clock

TIMEOUT = aiohttp.ClientTimeout(total=30, connect=10)
"""Longer than the 15 s for which a panel itself waits for a node."""

_REDIRECT = range(300, 400)
_HEADERS = {"Accept": "application/json", "User-Agent": "deckhand"}


class ConnectionCut(aiohttp.ClientError):
    """The request was sent, in whole or in part, and the connection ended."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """Two sessions without cookies."""

    reads: aiohttp.ClientSession
    writes: aiohttp.ClientSession
    """Every write has a fresh connection: one kept alive may be dead when it is sent."""


class Connections:
    """The sessions of all panels; an async context manager.

    `allow_networks` are those beside the public ones where the panels of guilds may be, and
    `resolver` looks up their names, by default as the system does.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        timeout: aiohttp.ClientTimeout = TIMEOUT,
        allow_networks: Iterable[IPv4Network | IPv6Network] = (),
        resolver: AbstractResolver | None = None,
    ) -> None:
        self.clock = clock
        self.timeout = timeout
        self._border = Border(allow_networks)
        self._resolver = resolver
        self._slots: dict[tuple[str, ...], asyncio.Semaphore] = {}
        self._background_slots: dict[tuple[str, ...], asyncio.Semaphore] = {}
        self._budgets: dict[tuple[tuple[str, ...], str], Budget] = {}
        self._users: dict[str, set[tuple[str, ...]]] = {}
        self._stack = AsyncExitStack()
        self._sessions: dict[bool, Sessions] = {}

    async def __aenter__(self) -> Self:
        self._sessions[False] = Sessions(
            await self._open(aiohttp.TCPConnector(limit=0)),
            await self._open(aiohttp.TCPConnector(limit=0, force_close=True)),
        )
        # On sockets of their own: none that the operator's panels have opened may be used again.
        resolver = BorderResolver(self._resolver or aiohttp.DefaultResolver(), self._border)
        check = self._border.open_socket
        self._stack.push_async_callback(resolver.close)
        self._sessions[True] = Sessions(
            await self._open(
                aiohttp.TCPConnector(limit=0, resolver=resolver, socket_factory=check)
            ),
            await self._open(
                aiohttp.TCPConnector(
                    limit=0, resolver=resolver, socket_factory=check, force_close=True
                )
            ),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    def sessions(self, *, is_public_only: bool) -> Sessions:
        """Return those that connect to anywhere, or to public addresses only."""
        return self._sessions[is_public_only]

    def slots(self, who: tuple[str, ...]) -> asyncio.Semaphore:
        """Return the places for the requests of a key that are in flight."""
        return self._slots.setdefault(who, asyncio.Semaphore(MAX_IN_FLIGHT))

    def background_slots(self, who: tuple[str, ...]) -> asyncio.Semaphore:
        """Return those places that requests may take for which nobody waits."""
        return self._background_slots.setdefault(who, asyncio.Semaphore(MAX_IN_BACKGROUND))

    def budget(self, who: tuple[str, ...], count: str, *, rest: float = 0.0) -> Budget:
        """Return the one budget that they have for what the panel counts together."""
        found = self._budgets.get((who, count))
        if found is None:
            found = self._budgets[who, count] = Budget(self.clock, rest=rest)
        return found

    def note_user(self, panel_id: str, who: tuple[str, ...]) -> None:
        """Note whose budgets a panel uses."""
        self._users.setdefault(panel_id, set()).add(who)

    def left(self, panel_id: str) -> int | None:
        """Return how many requests a panel may still be sent, by the scarcest of its budgets."""
        users = self._users.get(panel_id, set())
        budgets = (budget for (who, _), budget in self._budgets.items() if who in users)
        return min((budget.left for budget in budgets if budget.left is not None), default=None)

    async def _open(self, connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
        return await self._stack.enter_async_context(
            aiohttp.ClientSession(
                connector=connector,
                # A session cookie would make the panel take us for a browser, and answer 419.
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=_HEADERS,
                middlewares=(_send_once, _stay_here),
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


async def _stay_here(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Hide a redirect of a websocket from aiohttp, which cannot be told not to follow it."""
    response = await handler(request)
    if response.status in _REDIRECT and aiohttp.hdrs.UPGRADE in request.headers:
        response.close()
        raise aiohttp.WSServerHandshakeError(
            response.request_info, response.history, status=response.status
        )
    return response
