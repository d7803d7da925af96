"""Owns the listening socket of a stand-in and the log of what came in. Knows no vendor."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from aiohttp import web
from multidict import CIMultiDict

from bot.simulators.panels._faults import Faults

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aiohttp.typedefs import Handler, Middleware


@dataclass(slots=True)
class Exchange:
    """One request as it came in; `status` is None until (or unless) it was answered."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Case-insensitive, without the key."""
    status: int | None = None


class Wire:
    """An HTTP server on loopback: logs a request, applies the faults, lets `routes` answer.

    `translate` is the innermost middleware: the vendor's own words for what goes wrong.
    `keys` are the headers with credentials.
    """

    def __init__(
        self,
        routes: Iterable[web.RouteDef],
        translate: Middleware,
        *,
        keys: Iterable[str] = ("Authorization",),
    ) -> None:
        self.faults = Faults()
        self.requests: list[Exchange] = []
        self.most_in_flight = 0
        self.url = ""
        self._in_flight = 0
        self._arrival = asyncio.Condition()
        self._runner: web.AppRunner | None = None
        self._routes = tuple(routes)
        self._keys = tuple(keys)
        self._middlewares = (self._log, self.faults.apply, translate)

    async def start(self, port: int = 0) -> None:
        """Listen; port 0 takes any free one."""
        app = web.Application(middlewares=self._middlewares)
        app.add_routes(self._routes)
        # A request that hangs on purpose ends with its client, and soon after `close`.
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        host, bound, *_ = self._runner.addresses[0]
        self.url = f"http://{host}:{bound}"

    async def close(self) -> None:
        """Stop listening and cut what is open."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def wait_for_requests(self, count: int) -> None:
        """Wait until that many have come in, answered or not."""
        async with self._arrival:
            await self._arrival.wait_for(lambda: len(self.requests) >= count)

    @web.middleware
    async def _log(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        headers = CIMultiDict(request.headers)
        for key in self._keys:
            headers.popall(key, None)
        exchange = Exchange(request.method, request.path, dict(request.query), headers)
        async with self._arrival:
            self.requests.append(exchange)
            self._arrival.notify_all()
        self._in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self._in_flight)
        try:
            response = await handler(request)
            exchange.status = response.status
        finally:
            self._in_flight -= 1
        return response


class Listening:
    """What every stand-in of a panel does alike; it begins by setting its `_wire`."""

    _wire: Wire

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; port 0 takes any free one."""
        await self._wire.start(port)

    async def close(self) -> None:
        """Stop listening."""
        await self._wire.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.close()

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return self._wire.url

    @property
    def faults(self) -> Faults:
        """What goes wrong on the way."""
        return self._wire.faults

    @property
    def requests(self) -> list[Exchange]:
        """All that came in, faults included."""
        return self._wire.requests

    @property
    def most_in_flight(self) -> int:
        """The most requests that were open at one time."""
        return self._wire.most_in_flight

    async def wait_for_requests(self, count: int) -> None:
        """Wait until that many requests have come in, answered or not."""
        await self._wire.wait_for_requests(count)
