"""Fetches the tokens that open a server's websocket, and keeps the last one. Opens no socket.

    GET /servers/{id}/websocket     {"data": {"token", "socket"}}, right `websocket.connect`

A token is good for 10 minutes (15 on panels 1.0). From 1.12 on a panel gives 5 a minute for a
server, to all its users together: whoever takes them all locks people out of their console.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from yarl import URL

from bot.domain.errors import (
    PanelAuthFailed,
    PanelConflict,
    PanelError,
    PanelForbidden,
    PanelProtocolError,
    ServerNotFound,
)
from bot.domain.servers import ServerState
from bot.panels._bucket import Bucket
from bot.panels._budget import Patience
from bot.panels._errors import Call, parsing
from bot.panels._json import mapping, text
from bot.panels._live_ends import Lost, Over

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.panels._http import PanelHttp

    StateOf = Callable[[str], Awaitable[ServerState | None]]

# At most 4 in any minute, 2 in the long run: the rest is for people.
_SECONDS_FOR_EACH = 30.0
_AT_ONCE = 2

_LASTING = (PanelAuthFailed, PanelForbidden, ServerNotFound)


@dataclass(frozen=True, slots=True)
class Token:
    """Opens one server's websocket on its node."""

    text: str = field(repr=False)
    socket: URL
    since: float
    """When it was fetched, by the monotonic clock."""


class Tokens:
    """The tokens of one server; `path` is the server's own."""

    def __init__(self, http: PanelHttp, server_id: str, *, path: str, state_of: StateOf) -> None:
        self.panel_id = http.panel_id
        self.server_id = server_id
        self.last: Token | None = None
        """What was fetched last, unless it was found to be of no use."""
        self._http = http
        self._path = f"{path}/websocket"
        self._state_of = state_of
        self._bucket = Bucket(http.clock, every=_SECONDS_FOR_EACH, burst=_AT_ONCE)

    @property
    def name(self) -> str:
        """The server, for the log."""
        return f"{self.panel_id}:{self.server_id}"

    async def fetch(self) -> Token:
        """Return a new one, in its turn; raises `Lost` or `Over`."""
        await self._bucket.take()
        try:
            return await self._fetch()
        except _LASTING as error:
            raise Over(error) from error
        except PanelConflict as error:
            # Its words may be in any language; the details have the state itself.
            state = await self._state_of(self.server_id) or error.state
            conflict = PanelConflict(self.panel_id, state, error.detail)
            if state is ServerState.SUSPENDED:
                raise Over(conflict) from error
            raise Lost(str(conflict)) from error
        except PanelError as error:
            raise Lost(str(error), retry_after=error.retry_after) from error

    async def _fetch(self) -> Token:
        call = Call(
            "GET", self._path, server_id=self.server_id, has_own_limit=True, is_patient=True
        )
        # Nothing is repeated here: the line comes back by itself, with longer and longer pauses.
        data = await self._http.request(call, patience=Patience(self._http.clock, 0))
        with parsing(self.panel_id, "the token of a websocket"):
            token, socket = _parse(data)
        if socket.scheme not in ("ws", "wss") or not socket.host:
            error = PanelProtocolError(self.panel_id, "the websocket's address is no ws or wss one")
            raise Over(error)
        self.last = Token(token, socket, self._http.clock.monotonic())
        return self.last


def _parse(data: object) -> tuple[str, URL]:
    fields = mapping(mapping(data).get("data"))
    token, socket = text(fields.get("token")), text(fields.get("socket"))
    if not token or not socket:
        raise ValueError("no token or no address")
    return token, URL(socket)
