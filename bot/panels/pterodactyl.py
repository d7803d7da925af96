"""The client API of Pterodactyl 1.x and Pelican: list, details, power, console commands.

Keeps no state of servers and shows nothing; how servers are read is in `_pterodactyl_reads`,
what needs an application key in `_pterodactyl_admin`, the live websocket in
`pterodactyl_console`. Endpoints, all below `/api/client` with a bearer key (document 002; the
list is missing there):

    GET  ?page=&per_page=100&include=egg      servers of the key's user, without power states
    GET  /servers/{id}?include=egg            details; answers in every state of a server
    GET  /servers/{id}/resources              power state and usage, up to 20 s old
    POST /servers/{id}/power    {"signal"}    204 is accepted, not done
    POST /servers/{id}/command  {"command"}   204 is written; 502 while the server is offline
"""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from bot.domain.errors import PanelConflict, PanelError, UnsupportedAction
from bot.domain.servers import Capability, PowerAction, Server
from bot.domain.shared_calls import SharedCalls
from bot.panels._errors import Call, parsing
from bot.panels._http import PanelHttp
from bot.panels._manners import Bearer, Manners
from bot.panels._pterodactyl_admin import ADMIN_CAPABILITIES, PterodactylAdmin
from bot.panels._pterodactyl_admin_parse import to_details
from bot.panels._pterodactyl_errors import read_error
from bot.panels._pterodactyl_fields import describe
from bot.panels._pterodactyl_node import Node
from bot.panels._pterodactyl_reads import Reads
from bot.panels._pterodactyl_token import Tokens
from bot.panels.pterodactyl_console import Consoles, Watch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from bot.domain.administration import Field
    from bot.domain.live import Reading
    from bot.panels._connections import Connections
    from bot.panels._pterodactyl_admin_parse import Record
    from bot.panels._settings import PanelSettings

_log = logging.getLogger(__name__)

_MANNERS = Manners(read_error=read_error)
_CLIENT_CAPABILITIES = frozenset(
    {
        Capability.START,
        Capability.STOP,
        Capability.RESTART,
        Capability.KILL,
        Capability.COMMAND,
        Capability.LIVE,
    }
)


class Pterodactyl:
    """A `CommandPanel` and a `LivePanel`, and an `AdminPanel` where it has an application key.

    Server ids are the panel's `identifier`s of 8 characters.
    """

    kind = "pterodactyl"

    def __init__(
        self, http: PanelHttp, *, node: Node, admin: PterodactylAdmin | None = None
    ) -> None:
        self.panel_id = http.panel_id
        self.capabilities = _CLIENT_CAPABILITIES | (ADMIN_CAPABILITIES if admin else frozenset())
        self._http = http
        self._admin = admin
        self._reads = Reads(http)
        self._shared: SharedCalls[Server] = SharedCalls()
        self._consoles = Consoles(node, self._tokens, clock=http.clock)

    @classmethod
    def open(cls, settings: PanelSettings, connections: Connections) -> Pterodactyl:
        """Make one from its settings."""
        auth = Bearer(settings.credentials["key"])
        http = PanelHttp(settings, connections, auth=auth, manners=_MANNERS)
        return cls(
            http,
            node=Node.of(settings, connections),
            admin=PterodactylAdmin.open(settings, connections),
        )

    async def list_servers(self) -> Sequence[Server]:
        """Return all servers of the key's user; one that cannot be read hides no other."""
        return await self._reads.list_servers({})

    async def list_around(self, known: Mapping[str, Reading]) -> Sequence[Server]:
        """Return all servers of the key's user, without asking for states that are known."""
        return await self._reads.list_servers(known)

    async def get_server(self, server_id: str) -> Server:
        """Return one server; callers who ask at the same time share the answer."""
        return await self._shared.get(server_id, partial(self._reads.get_server, server_id))

    async def power(self, server_id: str, action: PowerAction) -> None:
        """Order it; the panel accepts it also where it has no effect."""
        await self._order(server_id, "power", body={"signal": action.value}, action=action.value)

    async def send_command(self, server_id: str, command: str) -> None:
        """Write one line to the console."""
        await self._order(server_id, "command", body={"command": command}, action="command")

    def watch(self, server_id: str) -> AbstractAsyncContextManager[Watch]:
        """Follow what happens on a server over its node's websocket."""
        return self._consoles.watch(server_id)

    async def fields(
        self, action: Capability, server_id: str | None, *, chosen: Mapping[str, object] = {}
    ) -> Sequence[Field]:
        """Return what the Application API takes, with what it lists as choices."""
        return await describe(self._administration(action), action, server_id, chosen=chosen)

    async def create(self, values: Mapping[str, object]) -> Server:
        """Create a server; it is being installed then."""
        created = await self._administration("create").create(values)
        return await self._seen(created, action="create")

    async def update(
        self, server_id: str, values: Mapping[str, object], *, replace: bool
    ) -> Server:
        """Change details and startup; with `replace` the details that are not given are cleared."""
        admin = self._administration("update")
        async with self._conflicts_explained(server_id):
            changed = await admin.update(server_id, values, replace=replace)
        return await self._seen(changed, action="update")

    async def build(self, server_id: str, values: Mapping[str, object]) -> Server:
        """Change limits and allocations; a node that does not answer learns of them later."""
        admin = self._administration("build")
        async with self._conflicts_explained(server_id):
            changed = await admin.build(server_id, values)
        return await self._seen(changed, action="build")

    async def suspend(self, server_id: str) -> None:
        """Stop the server and let nobody use it."""
        admin = self._administration("suspend")
        async with self._conflicts_explained(server_id):
            await admin.suspend(server_id)

    async def unsuspend(self, server_id: str) -> None:
        """Let the server be used again."""
        admin = self._administration("unsuspend")
        async with self._conflicts_explained(server_id):
            await admin.suspend(server_id, undo=True)

    async def delete(self, server_id: str, *, force: bool) -> None:
        """Delete the server with its files; by force also where its node fails."""
        admin = self._administration("delete")
        async with self._conflicts_explained(server_id):
            await admin.delete(server_id, force=force)

    async def _order(
        self, server_id: str, endpoint: str, *, body: dict[str, object], action: str
    ) -> None:
        path = f"{self._reads.path(server_id)}/{endpoint}"
        call = Call("POST", path, body=body, action=action, server_id=server_id)
        async with self._conflicts_explained(server_id):
            await self._http.request(call)

    @asynccontextmanager
    async def _conflicts_explained(self, server_id: str) -> AsyncIterator[None]:
        try:
            yield
        except PanelConflict as conflict:
            # Its words may be in any language; the details have the state itself.
            state = await self._reads.state_in_details(server_id) or conflict.state
            raise PanelConflict(self.panel_id, state, conflict.detail) from conflict

    def _tokens(self, server_id: str) -> Tokens:
        path, state_of = self._reads.path(server_id), self._reads.state_in_details
        return Tokens(self._http, server_id, path=path, state_of=state_of)

    def _administration(self, action: str) -> PterodactylAdmin:
        if self._admin is None:
            raise UnsupportedAction(action, kind=self.kind)
        return self._admin

    async def _seen(self, record: Record, *, action: str) -> Server:
        """Return a changed server as the client key sees it, or else as the change returned it."""
        with parsing(self.panel_id, "a changed server", action=action):
            changed = to_details(record, self.panel_id, self._http.clock.now())
        try:
            # Not shared: a call that runs already may answer from before the change.
            return await self._reads.get_server(changed.server.ref.server_id)
        except PanelError as error:
            _log.debug("%s after a change: %s", changed.server.ref, error)
            return changed.server
