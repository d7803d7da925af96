"""Asks Pterodactyl 1.x and Pelican about the servers of a key's user: all, one, why one is blocked.

Orders nothing, and remembers of servers only which of their states it did not know.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from bot.domain.errors import (
    PanelAuthFailed,
    PanelError,
    PanelProtocolError,
    PanelRateLimited,
    PanelUnreachable,
    ServerNotFound,
)
from bot.domain.servers import Server, ServerState
from bot.panels._budget import Patience
from bot.panels._errors import Call, parsing
from bot.panels._ids import NAME, check_id
from bot.panels._pages import each, in_parts
from bot.panels._pterodactyl_parse import (
    Details,
    Stats,
    combine,
    combine_known,
    id_of,
    parse_details,
    parse_list,
    parse_stats,
)
from bot.panels._tasks import side_by_side, task_group
from bot.panels._words import UnknownWords

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.live import Reading
    from bot.panels._http import PanelHttp
    from bot.panels._pages import Page

_log = logging.getLogger(__name__)

# Of the ten requests that may be in flight: the others are for people who wait for an answer.
_LIST_SHARE = 8
_WITHOUT_STATES = "it has no /resources; a panel of version 0.7 is of kind pterodactyl_v07"


class Reads:
    """All questions to one panel."""

    def __init__(self, http: PanelHttp) -> None:
        self._panel_id = http.panel_id
        self._http = http
        self._unknown_words = UnknownWords(http.panel_id)
        self._has_warned = False

    def path(self, server_id: str) -> str:
        """Return where a server is; raises `ServerNotFound` for what cannot be its id."""
        return f"/api/client/servers/{check_id(self._panel_id, server_id, form=NAME)}"

    async def list_servers(self, known: Mapping[str, Reading]) -> Sequence[Server]:
        """Return all servers of the key's user; one that cannot be read hides no other."""
        patience = Patience(self._http.clock)
        servers: dict[str, Server] = {}

        async def observe(details: Details) -> None:
            server_id = details.server.ref.server_id
            stats = await self._observed_stats(server_id, patience)
            if stats is None and _is_of_0_7(details) and not self._has_warned:
                self._has_warned = True
                _log.warning("panel %s: %s", self._panel_id, _WITHOUT_STATES)
            seen = self._combined(details, stats or Stats(ServerState.UNKNOWN))
            # A list in the background takes its time.
            now = self._http.clock.now()
            servers[server_id] = seen.heard(seen.state, seen.resources, at=now)

        # The states of a page are asked for while the next page is on its way.
        async with side_by_side(observe, at_once=_LIST_SHARE) as hand_in:
            ask = partial(in_parts, partial(self._page, patience))
            async for server_id, details in each(ask, id_of):
                # Here already, so that the order is the panel's.
                servers[server_id] = details.server
                if server_id in known:
                    servers[server_id] = combine_known(details, known[server_id])
                elif not details.is_blocked:
                    hand_in(details)
        return list(servers.values())

    async def get_server(self, server_id: str) -> Server:
        """Return one server."""
        patience = Patience(self._http.clock)
        async with task_group() as group:
            details = group.create_task(self._details(server_id, patience))
            stats = group.create_task(self._observed_stats(server_id, patience))
        if (found := stats.result()) is not None:
            return self._combined(details.result(), found)
        if _is_of_0_7(details.result()):
            raise PanelProtocolError(self._panel_id, _WITHOUT_STATES)
        raise ServerNotFound(self._panel_id, server_id)

    async def state_in_details(self, server_id: str) -> ServerState | None:
        """Return what blocks a server; None where nothing does, or it cannot be said."""
        try:
            details = await self._details(server_id, Patience(self._http.clock))
        except PanelError:
            return None
        return details.state

    async def _page(self, patience: Patience, number: int, size: int) -> Page[Details]:
        params = {"page": str(number), "per_page": str(size), "include": "egg"}
        call = Call("GET", "/api/client", params=params)
        data = await self._http.request(call, patience=patience)
        with parsing(self._panel_id, "the list of servers"):
            page = parse_list(data, self._panel_id, self._http.clock.now())
        self._unknown_words.note_nameless(page.size - len(page.entries))
        return page

    async def _details(self, server_id: str, patience: Patience) -> Details:
        path = self.path(server_id)
        call = Call("GET", path, params={"include": "egg"}, server_id=server_id)
        data = await self._http.request(call, patience=patience)
        with parsing(self._panel_id, "the details of a server"):
            return parse_details(data, self._panel_id, self._http.clock.now())

    async def _observed_stats(self, server_id: str, patience: Patience) -> Stats | None:
        """Return the power state, or what the failure to read it says; None for a 404.

        A panel says that of a server that has just gone, and of a route that it does not have.
        """
        call = Call("GET", f"{self.path(server_id)}/resources", server_id=server_id)
        try:
            data = await self._http.request(call, patience=patience)
            with parsing(self._panel_id, "the resources of a server"):
                return parse_stats(data)
        except (PanelAuthFailed, PanelRateLimited):
            raise
        except ServerNotFound:
            return None
        except PanelUnreachable as error:
            _log.debug("state of %s:%s: %s", self._panel_id, server_id, error)
            return Stats(ServerState.UNREACHABLE)
        except PanelError as error:
            _log.debug("state of %s:%s: %s", self._panel_id, server_id, error)
            return Stats(ServerState.UNKNOWN)

    def _combined(self, details: Details, stats: Stats) -> Server:
        self._unknown_words.note(details.unknown_word, stats.unknown_word)
        return combine(details, stats)


def _is_of_0_7(details: Details) -> bool:
    """Whether a panel of 0.7 describes its servers so; all later ones name their nodes."""
    return details.server.node is None
