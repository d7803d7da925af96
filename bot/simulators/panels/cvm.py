"""Owns a stand-in of a CVM panel: its client API over the fake world, in either dialect.

Refuses whatever the real panel refuses, in its words, and knows nothing of our own client.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from bot.simulators.panels._faults import HTML
from bot.simulators.panels._wire import Listening, Wire
from bot.simulators.panels.cvm_accounts import Accounts
from bot.simulators.panels.cvm_answers import Refusal, answer
from bot.simulators.panels.cvm_calls import Calls

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Literal

    from aiohttp.typedefs import Handler

    from bot.simulators.world import World

    Dialect = Literal["documented", "source"]
    Call = Callable[[web.Request, str], Awaitable[object]]

_PUBLIC, _PRIVATE = "API-Public-Token", "API-Private-Token"


@dataclass(slots=True, kw_only=True)
class Settings:
    """How this installation of PHP behaves; may be changed while the panel runs."""

    noise: str = ""
    """What is printed before an answer: notices, a forgotten `var_dump`."""
    unrouted_status: int = 500
    """Of the page for a path that leads nowhere; 200 where PHP shows its errors."""
    ssh_timeout_seconds: float = 60.0


class CvmStandIn(Listening):
    """A panel on loopback; use it as a context manager, or `start` and `close` it."""

    def __init__(self, world: World, *, dialect: Dialect = "documented") -> None:
        self.settings = Settings()
        self.accounts = Accounts()
        self.calls = Calls(
            world, self.accounts, is_documented=dialect == "documented", settings=self.settings
        )
        routes = self._documented() if dialect == "documented" else self._source()
        self._wire = Wire(routes, self._translate, keys=(_PUBLIC, _PRIVATE))

    def _documented(self) -> list[web.RouteDef]:
        return [
            web.get("/api/client/vps/list", self._handler(self.calls.list_servers)),
            web.get("/api/client/vps/{id:[0-9]+}/status", self._handler(self.calls.show_server)),
            web.post(
                "/api/client/vps/{id:[0-9]+}/{action:start|stop|restart}",
                self._handler(self.calls.power),
            ),
        ]

    def _source(self) -> list[web.RouteDef]:
        # Its patterns look at no method, and that of the list at no end either.
        return [
            web.route("*", "/api/client/list{rest:.*}", self._handler(self.calls.list_servers)),
            web.route("*", "/api/client/vps/{id:[0-9]+}", self._handler(self.calls.show_server)),
        ]

    def _handler(self, call: Call) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            public, private = (request.headers.get(name, "") for name in (_PUBLIC, _PRIVATE))
            user = self.accounts.admit(public, private)
            return answer(await call(request, user), noise=self.settings.noise)

        return handle

    @web.middleware
    async def _translate(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Say in the panel's words what is refused; it has none for a path it does not know."""
        try:
            return await handler(request)
        except Refusal as refusal:
            body = {"errors": [refusal.sentence]}
            return answer(body, status=refusal.status, noise=self.settings.noise)
        except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
            page = HTML.format("Fatal error: Uncaught exception 'RouterException'")
            status = self.settings.unrouted_status
            return web.Response(status=status, text=page, content_type="text/html")
