"""Owns who may speak to the page's server: only this page, on this machine.

Any other page in the same browser could send requests to loopback; a name that somebody else
has pointed at 127.0.0.1 would make them look like its own. `Host` and `Origin` tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'; object-src 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_LOOPBACK = ("127.0.0.1", "localhost")


class Guard:
    """Lets in what is asked under one of our own names; `port` is set once it is known."""

    def __init__(self) -> None:
        self.port = 0

    @web.middleware
    async def check(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse with 403 whatever is not asked by the page itself."""
        host = request.headers.get("Host")
        if host not in {f"{name}:{self.port}" for name in _LOOPBACK}:
            raise web.HTTPForbidden(text="This server answers to its own address only.\n")
        origin = request.headers.get("Origin")
        if origin is not None and origin != f"http://{host}":
            raise web.HTTPForbidden(text="This server answers to its own page only.\n")
        return await handler(request)

    @staticmethod
    async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
        """Say on every answer what a browser may do with it."""
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
