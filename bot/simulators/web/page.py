"""Owns the page's server on loopback: the static files, the files of messages, the websocket.

Refuses to build anything: what stands in `static` is sent as it is.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self

from aiohttp import WSCloseCode, web

from bot.simulators.web.guard import Guard
from bot.simulators.web.switches import ShownPanel, Switches
from bot.simulators.web.view import Scene
from bot.simulators.web.window import Window

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from bot.simulators.discord import DiscordStandIn
    from bot.simulators.discord.entities import Guild, Member

_STATIC = Path(__file__).parent / "static"
_LONGEST_FRAME = 256 * 1024
_USUAL = "moderator"
_SHOWN = ("image/png", "image/jpeg", "image/gif", "image/webp")
"""What a browser shows and cannot run."""


class DemoPage:
    """The page for one guild of a stand-in; `members` are those who can be become, by keys."""

    def __init__(
        self,
        discord: DiscordStandIn,
        guild: Guild,
        *,
        members: Mapping[str, Member],
        panels: Sequence[ShownPanel] = (),
        restart_bot: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._scene = Scene(discord, guild, members, Switches(panels, restart_bot))
        self._guard = Guard()
        self._sockets: set[web.WebSocketResponse] = set()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"http://127.0.0.1:{self._guard.port}/"

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; port 0 takes a free one. Raises `OSError` where one is in use."""
        app = web.Application(middlewares=[self._guard.check])
        app.on_response_prepare.append(self._guard.add_headers)
        app.on_shutdown.append(self._hang_up)
        app.router.add_get("/", self._index)
        app.router.add_static("/static", _STATIC)
        app.router.add_get("/attachments/{channel}/{file}/{name:.*}", self._attachment)
        app.router.add_get("/socket", self._open_window)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, "127.0.0.1", port).start()
        except OSError:
            await self.close()
            raise
        self._guard.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """Hang up on every window and stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        return web.FileResponse(_STATIC / "index.html")

    async def _attachment(self, request: web.Request) -> web.StreamResponse:
        """Send a file to whoever knows its address, as Discord does."""
        wanted = request.match_info["channel"], request.match_info["file"]
        for message in self._scene.discord.messages:
            for file in message.attachments:
                # The name at the end is for people; it may be anything.
                if wanted == (str(message.channel.id), str(file.id)):
                    kind = file.content_type if file.content_type in _SHOWN else ""
                    headers = {} if kind else {"Content-Disposition": "attachment"}
                    return web.Response(
                        body=file.data,
                        content_type=kind or "application/octet-stream",
                        headers=headers,
                    )
        raise web.HTTPNotFound

    async def _open_window(self, request: web.Request) -> web.StreamResponse:
        if "Origin" not in request.headers:
            raise web.HTTPForbidden(text="The websocket is for browsers, which name an Origin.\n")
        member = self._scene.members.get(request.query.get("as", _USUAL))
        if member is None:
            raise web.HTTPNotFound(text=f"There are only {', '.join(self._scene.members)}.\n")
        socket = web.WebSocketResponse(max_msg_size=_LONGEST_FRAME)
        if not socket.can_prepare(request):
            raise web.HTTPBadRequest(text="This is the address of a websocket.\n")
        await socket.prepare(request)
        self._sockets.add(socket)
        try:
            await Window(self._scene, member, socket).run()
        finally:
            self._sockets.discard(socket)
        return socket

    async def _hang_up(self, _app: web.Application) -> None:
        for socket in [*self._sockets]:
            await socket.close(code=WSCloseCode.GOING_AWAY)
