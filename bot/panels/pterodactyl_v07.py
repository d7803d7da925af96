"""The client API of Pterodactyl 0.7 (from 0.7.7 on): list, details, power, console commands.

Shows nothing, and keeps of a server only the state it saw last, for a minute. Endpoints, all
below `/api/client` with a bearer key (document 000):

    GET  ?page=                              servers of the key's user, 15 a page, no states
    GET  /servers/{identifier}               details; the uuid does not work here
    GET  /servers/{identifier}/utilization   state and usage: 15 a minute over all servers
    POST /servers/{identifier}/power    {"signal"}    204 is accepted; never sent twice
    POST /servers/{identifier}/command  {"command"}   204 is written; 412 while offline

All calls together: 60 a minute. A server that has no turn among the 15 keeps the state that was
seen last, with the time of that sight; older than a minute it is `unknown`.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.domain.errors import (
    OutcomeUnknown,
    PanelAuthFailed,
    PanelError,
    PanelForbidden,
    PanelProtocolError,
    PanelRateLimited,
    PanelUnreachable,
    ServerNotFound,
)
from bot.domain.servers import Capability, PowerAction, Server, ServerState
from bot.domain.shared_calls import SharedCalls
from bot.panels._budget import Patience
from bot.panels._errors import Call, parsing
from bot.panels._http import PanelHttp
from bot.panels._ids import NAME, check_id
from bot.panels._manners import Bearer, Manners
from bot.panels._pages import each
from bot.panels._pterodactyl_parse import Details, id_of, parse_details, parse_list
from bot.panels._pterodactyl_v07_errors import read_error
from bot.panels._pterodactyl_v07_parse import Utilization, combine, parse_utilization
from bot.panels._pterodactyl_v07_turns import Turns
from bot.panels._tasks import task_group
from bot.panels._words import UnknownWords

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.panels._connections import Connections
    from bot.panels._pages import Page
    from bot.panels._settings import PanelSettings

_log = logging.getLogger(__name__)

# Of the ten requests that may be in flight: the others are for people who wait for an answer.
_LIST_SHARE = 8
_GOOD_FOR = timedelta(minutes=1)
# The panel waits 3 s for a connection to a node, and 5 s in all.
_CONNECT_SECONDS = 4.0
# It counts before it looks at the key.
_MANNERS = Manners(read_error=read_error, counts_addresses=True)
_WITHOUT_STATES = "it tells no state of a server that it lists; versions before 0.7.7 tell none"
_LATER = "0.7 tells neither nodes nor addresses; if it is of version 1.x, take the kind pterodactyl"


class PterodactylV07:
    """A `CommandPanel`. Server ids are the panel's `identifier`s of 8 characters."""

    kind = "pterodactyl_v07"
    capabilities = frozenset(
        {
            Capability.START,
            Capability.STOP,
            Capability.RESTART,
            Capability.KILL,
            Capability.COMMAND,
        }
    )

    def __init__(self, http: PanelHttp) -> None:
        self.panel_id = http.panel_id
        self._http = http
        self._turns = Turns(http.clock)
        self._seen: dict[str, Utilization] = {}
        self._shared: SharedCalls[Server] = SharedCalls()
        self._unknown_words = UnknownWords(self.panel_id)
        self._has_warned = False

    @classmethod
    def open(cls, settings: PanelSettings, connections: Connections) -> PterodactylV07:
        """Make one from its settings."""
        auth = Bearer(settings.credentials["key"])
        return cls(PanelHttp(settings, connections, auth=auth, manners=_MANNERS))

    async def list_servers(self) -> Sequence[Server]:
        """Return all servers of the key's user; one that cannot be read hides no other."""
        share = asyncio.Semaphore(_LIST_SHARE)

        async def observe(server_id: str) -> Utilization:
            async with share:
                return await self._observed(server_id, of_a_list=True)

        ask = partial(self._page, Patience(self._http.clock))
        listed = {server_id: details async for server_id, details in each(ask, id_of)}
        self._seen = {key: seen for key, seen in self._seen.items() if key in listed}
        async with task_group() as group:
            running = {
                server_id: group.create_task(observe(server_id))
                for server_id in self._turns.in_order(listed)
            }
        return [
            combine(details, running[server_id].result()) for server_id, details in listed.items()
        ]

    async def get_server(self, server_id: str) -> Server:
        """Return one server; callers who ask at the same time share the answer."""
        return await self._shared.get(server_id, partial(self._get_server, server_id))

    async def power(self, server_id: str, action: PowerAction) -> None:
        """Order it; the panel accepts it also where it has no effect."""
        await self._order(server_id, "power", body={"signal": action.value}, action=action.value)

    async def send_command(self, server_id: str, command: str) -> None:
        """Write one line to the console."""
        await self._order(server_id, "command", body={"command": command}, action="command")

    async def _page(self, patience: Patience, number: int) -> Page[Details]:
        call = Call("GET", "/api/client", params={"page": str(number)})
        data = await self._http.request(call, patience=patience)
        with parsing(self.panel_id, "the list of servers"):
            page = parse_list(data, self.panel_id, self._http.clock.now())
        self._unknown_words.note_nameless(page.size - len(page.entries))
        for details in page.entries:
            self._refuse_later(details)
        return page

    async def _get_server(self, server_id: str) -> Server:
        # Not at the same time: a server that does not exist shall cost no turn.
        details = await self._details(server_id)
        self._turns.expect_people()
        return combine(details, await self._observed(server_id))

    async def _details(self, server_id: str) -> Details:
        call = Call("GET", _path(self.panel_id, server_id), server_id=server_id)
        data = await self._http.request(call)
        with parsing(self.panel_id, "the details of a server"):
            details = parse_details(data, self.panel_id, self._http.clock.now())
        self._refuse_later(details)
        return details

    def _refuse_later(self, details: Details) -> None:
        """Refuse what only a later panel says: it would never tell a state."""
        if details.server.node and details.server.addresses:
            raise PanelProtocolError(self.panel_id, _LATER)

    async def _observed(self, server_id: str, *, of_a_list: bool = False) -> Utilization:
        """Return the state: asked for where it has a turn, else what was seen last."""
        with self._turns.turn(server_id, of_a_list=of_a_list) as is_mine:
            if is_mine:
                try:
                    self._seen[server_id] = await self._asked(server_id)
                except PanelRateLimited as error:
                    _log.debug("state of %s:%s: %s", self.panel_id, server_id, error)
                    self._turns.close(error.retry_after)
        now = self._http.clock.now()
        seen = self._seen.get(server_id)
        if seen is None or now - seen.at >= _GOOD_FOR:
            return Utilization(ServerState.UNKNOWN, now)
        return seen

    async def _asked(self, server_id: str) -> Utilization:
        """Return what the panel says, or what its failure to say it means for the server."""
        at = self._http.clock.now()
        try:
            path = f"{_path(self.panel_id, server_id)}/utilization"
            call = Call("GET", path, server_id=server_id, has_own_limit=True)
            # What cannot be had at once is had at the next turn.
            data = await self._http.request(call, patience=Patience(self._http.clock, 0))
            with parsing(self.panel_id, "the utilization of a server"):
                found = parse_utilization(data, at)
        except (PanelAuthFailed, PanelRateLimited):
            raise
        except PanelUnreachable as error:
            _log.debug("state of %s:%s: %s", self.panel_id, server_id, error)
            return Utilization(ServerState.UNREACHABLE, at)
        except PanelError as error:
            _log.debug("state of %s:%s: %s", self.panel_id, server_id, error)
            if isinstance(error, ServerNotFound) and not self._has_warned:
                self._has_warned = True
                _log.warning("panel %s: %s", self.panel_id, _WITHOUT_STATES)
            return Utilization(ServerState.UNKNOWN, at)
        self._unknown_words.note(found.unknown_word)
        return found

    async def _order(
        self, server_id: str, endpoint: str, *, body: dict[str, object], action: str
    ) -> None:
        path = f"{_path(self.panel_id, server_id)}/{endpoint}"
        self._turns.expect_people()
        started = self._http.clock.monotonic()
        try:
            await self._http.request(
                Call("POST", path, body=body, action=action, server_id=server_id)
            )
        except PanelForbidden as refusal:
            # A missing right and a wrong key have the same words; the details take no right.
            bad_key = await self._refusal_of_the_key(server_id)
            if bad_key is not None:
                raise bad_key from refusal
            raise
        except PanelUnreachable as error:
            # The same words for a node that took no connection and for one that took the order.
            if error.node and self._http.clock.monotonic() - started > _CONNECT_SECONDS:
                raise OutcomeUnknown(self.panel_id, action) from error
            raise
        finally:
            # Whatever came of it, the state from before is no news.
            self._seen.pop(server_id, None)

    async def _refusal_of_the_key(self, server_id: str) -> PanelAuthFailed | None:
        try:
            await self._details(server_id)
        except PanelAuthFailed as refusal:
            return refusal
        except PanelError:
            pass
        return None


def _path(panel_id: str, server_id: str) -> str:
    return f"/api/client/servers/{check_id(panel_id, server_id, form=NAME)}"
