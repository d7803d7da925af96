"""Opens the websocket of a server on its node, and says why one failed or ended.

Knows no token: who may see the server is settled on the open socket.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from bot.domain.errors import PanelAddressRefused, PanelConflict, PanelRefused
from bot.domain.servers import ServerState
from bot.panels._addresses import NOWHERE
from bot.panels._errors import reason_of
from bot.panels._live_ends import Lost, Over
from bot.panels._settings import SettingsError, check_address
from bot.panels._tls import tls_check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.panels._connections import Connections, Sessions
    from bot.panels._settings import PanelSettings

# A console line has at most 64 KiB, and JSON may need six signs for one.
_MOST_BYTES = 1024 * 1024
_CLOSING = aiohttp.ClientWSTimeout(ws_close=1.0)

_REDIRECT = range(300, 400)

# What the panel's own pages do not come back from either.
_FOR_GOOD = 4400
_SUSPENDED = 4409


def check_options(options: Mapping[str, object]) -> None:
    """Raise `SettingsError` for an `origin` or `node_tls` that cannot work."""
    if "origin" in options:
        check_address("options.origin", options["origin"])
        if urlsplit(str(options["origin"])).path:
            raise SettingsError("options.origin", "must be without a path and a slash at its end")
    _tls(options, default=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """How the nodes of a panel are reached: as the panel's own pages do, with its Origin."""

    panel_id: str
    origin: str
    tls: bool | aiohttp.Fingerprint
    sessions: Sessions
    timeout: aiohttp.ClientTimeout
    heartbeat_seconds: float = 30.0
    """Proxies cut what is silent: nginx after 60 s, Cloudflare after 100 s."""

    @classmethod
    def of(cls, settings: PanelSettings, connections: Connections) -> Node:
        """Read how they are reached from the panel's settings."""
        options = settings.options
        return cls(
            panel_id=settings.panel_id,
            # As a browser writes it; the node compares it byte by byte.
            origin=str(options.get("origin") or URL(settings.base_url).origin()),
            # A pin is of one certificate, and that is the panel's own.
            tls=_tls(options, default=settings.verify_tls is not False),
            # A panel may hand out any address: it is held to what the panel's own is.
            sessions=connections.sessions(is_public_only=settings.is_public_only),
            timeout=connections.timeout,
        )

    async def open(self, url: URL) -> aiohttp.ClientWebSocketResponse:
        """Open the socket; raises `Lost` or `Over`."""
        try:
            return await self.sessions.reads.ws_connect(
                url,
                origin=self.origin,
                ssl=self.tls,
                heartbeat=self.heartbeat_seconds,
                max_msg_size=_MOST_BYTES,
                timeout=_CLOSING,
            )
        except aiohttp.WSServerHandshakeError as error:
            raise self._refused(error.status) from error
        except NOWHERE as error:
            raise Over(PanelAddressRefused(self.panel_id, node=True)) from error
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            reason = reason_of(error, self.timeout)
            raise Lost(f"the server's node did not answer: {reason}") from error

    def why_closed(self, socket: aiohttp.ClientWebSocketResponse) -> Lost | Over:
        """Say what the end of a connection means."""
        match socket.close_code:
            case code if code == _SUSPENDED:
                return Over(PanelConflict(self.panel_id, ServerState.SUSPENDED))
            case code if code == _FOR_GOOD:
                return Over(PanelRefused(self.panel_id, "the node closed the connection for good"))
            case None | aiohttp.WSCloseCode.ABNORMAL_CLOSURE:
                return Lost("the connection to the node was cut")
            case code:
                return Lost(f"the node closed the connection ({code})")

    def _refused(self, status: int) -> Lost | Over:
        match status:
            case HTTPStatus.FORBIDDEN:
                detail = f"its node takes no connection from {self.origin}; set options.origin"
                return Over(PanelRefused(self.panel_id, detail))
            case status if status in _REDIRECT:
                return Lost(f"the node sends us to another address (status {status})")
            case HTTPStatus.NOT_FOUND:
                # It may have moved to another node.
                return Lost("the node does not know the server", needs_token=True)
            case HTTPStatus.BAD_REQUEST:
                # From Wings 1.12 on, a server has at most 30.
                return Lost("the node takes no more connections for this server")
            case _:
                return Lost(f"the node answered with status {status}")


def _tls(options: Mapping[str, object], *, default: bool) -> bool | aiohttp.Fingerprint:
    found = options.get("node_tls", default)
    try:
        if isinstance(found, bool | str):
            return tls_check(verify_tls=found)
    except ValueError:
        pass
    raise SettingsError(
        "options.node_tls", "must be true, false or sha256:<64 hex digits, colons optional>"
    )
