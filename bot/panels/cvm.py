"""The client API of CVM: list, status, and power where the installation has it.

Keeps no state of servers and shows nothing. Endpoints, all with the headers `API-Public-Token`
and `API-Private-Token`, without paging and without limits of requests:

                 documented (document 004)                    source (branch feature/client-api)
    list         GET  /api/client/vps/list                    GET /api/client/list
    status       GET  /api/client/vps/{id}/status             GET /api/client/vps/{id}
    power        POST /api/client/vps/{id}/start|stop|restart       none

An order is over when it is answered. Kill and console commands exist in neither.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import aiohttp

from bot.domain.errors import (
    OutcomeUnknown,
    PanelAuthFailed,
    PanelError,
    PanelRateLimited,
    PanelUnreachable,
    ServerNotFound,
    UnsupportedAction,
)
from bot.domain.haste import background
from bot.domain.servers import Capability, PowerAction, Server, ServerState
from bot.domain.shared_calls import SharedCalls
from bot.panels._cvm_errors import NoRoute, decode, read_error
from bot.panels._cvm_parse import Status, combine, entries_of, parse_list, parse_status
from bot.panels._errors import Call, parsing
from bot.panels._http import PanelHttp
from bot.panels._ids import NUMBER, check_id
from bot.panels._manners import Manners
from bot.panels._settings import one_of
from bot.panels._tasks import task_group
from bot.panels._words import UnknownWords

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from yarl import URL

    from bot.panels._connections import Connections
    from bot.panels._settings import PanelSettings

_log = logging.getLogger(__name__)

AUTO, DOCUMENTED, SOURCE = "auto", "documented", "source"

# Each call costs the panel 50,000 rounds of hashing, and a connection to the node.
_IN_FLIGHT = 2
_POWER = frozenset({Capability.START, Capability.STOP, Capability.RESTART})
_LIST = {DOCUMENTED: "/api/client/vps/list", SOURCE: "/api/client/list"}
_STATUS = {DOCUMENTED: "/api/client/vps/{}/status", SOURCE: "/api/client/vps/{}"}
_MANNERS = Manners(
    read_error=read_error,
    decode=decode,
    fails_with_success=True,
    timeout=aiohttp.ClientTimeout(total=60, connect=10),
)


@dataclass(frozen=True, slots=True)
class _TokenPair:
    """The two tokens, sent as they are."""

    public: str = field(repr=False)
    private: str = field(repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.public, self.private)

    def headers(self, _method: str, _url: URL, _body: bytes) -> Mapping[str, str]:
        return {"API-Public-Token": self.public, "API-Private-Token": self.private}


class Cvm:
    """A `Panel`. Server ids are the panel's numbers; `auto` finds the dialect by trying."""

    kind = "cvm"

    def __init__(self, http: PanelHttp, *, dialect: str) -> None:
        self.panel_id = http.panel_id
        self._http = http
        self._dialects = (DOCUMENTED, SOURCE) if dialect == AUTO else (dialect,)
        """Those that may still be the right one."""
        self._share = asyncio.Semaphore(_IN_FLIGHT)
        self._background_share = asyncio.Semaphore(_IN_FLIGHT - 1)
        self._shared: SharedCalls[Server] = SharedCalls()
        self._unknown_words = UnknownWords(self.panel_id)

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What it can do, as far as its dialect is known."""
        return _POWER if DOCUMENTED in self._dialects else frozenset()

    @classmethod
    def open(cls, settings: PanelSettings, connections: Connections) -> Cvm:
        """Make one from its settings."""
        auth = _TokenPair(
            settings.credentials["public_token"], settings.credentials["private_token"]
        )
        http = PanelHttp(settings, connections, auth=auth, manners=_MANNERS)
        return cls(http, dialect=_dialect(settings.options))

    @staticmethod
    def check_options(options: Mapping[str, object]) -> None:
        """Raise `SettingsError` for values that cannot work."""
        _dialect(options)

    async def list_servers(self) -> Sequence[Server]:
        """Return all servers of the pair's user; one that cannot be read hides no other."""
        listed = await self._listed()
        async with task_group() as group:
            running = [group.create_task(self._observed(server)) for server in listed.values()]
        return [task.result() for task in running]

    async def get_server(self, server_id: str) -> Server:
        """Return one server; callers who ask at the same time share the answer."""
        check_id(self.panel_id, server_id, form=NUMBER)
        return await self._shared.get(server_id, partial(self._get_server, server_id))

    async def power(self, server_id: str, action: PowerAction) -> None:
        """Order it and wait until it is done."""
        if Capability(action) not in self.capabilities:
            raise UnsupportedAction(action, kind=self.kind)
        check_id(self.panel_id, server_id, form=NUMBER)
        path = f"/api/client/vps/{server_id}/{action}"
        call = Call("POST", path, action=action.value, server_id=server_id)
        try:
            await self._http.request(call)
        except NoRoute as error:
            if not error.is_certain:
                # It may have fallen over on the way.
                raise OutcomeUnknown(self.panel_id, action) from error
            if self._dialects == (DOCUMENTED,):
                raise error.otherwise from error
            raise UnsupportedAction(action, kind=self.kind) from error

    async def _listed(self) -> dict[str, Server]:
        data = await self._read(_LIST)
        with parsing(self.panel_id, "the list of servers"):
            servers = parse_list(data, self.panel_id, self._http.clock.now())
            left_out = len(entries_of(data)) - len(servers)
        self._unknown_words.note_nameless(left_out)
        return {server.ref.server_id: server for server in servers}

    async def _get_server(self, server_id: str) -> Server:
        # The status alone knows neither name nor limits.
        listed = await self._listed()
        if server_id not in listed:
            raise ServerNotFound(self.panel_id, server_id)
        return await self._observed(listed[server_id])

    async def _observed(self, server: Server) -> Server:
        """Return it with its state, or with what the failure to read that says of it."""
        server_id = server.ref.server_id
        try:
            data = await self._read(_STATUS, server_id)
            with parsing(self.panel_id, "the status of a server"):
                status = parse_status(data)
        except (PanelAuthFailed, PanelRateLimited):
            raise
        except PanelUnreachable as error:
            _log.debug("state of %s:%s: %s", self.panel_id, server_id, error)
            status = Status(ServerState.UNREACHABLE, {})
        except PanelError as error:
            _log.debug("state of %s:%s: %s", self.panel_id, server_id, error)
            status = Status(ServerState.UNKNOWN, {})
        self._unknown_words.note(status.unknown_word)
        return combine(server, status)

    async def _read(self, paths: Mapping[str, str], server_id: str | None = None) -> object:
        """Ask in each dialect that may be the right one; the first that has a route is."""
        missing: list[NoRoute] = []
        for dialect in self._dialects:
            call = Call("GET", paths[dialect].format(server_id), server_id=server_id)
            try:
                async with self._background_share if background() else nullcontext(), self._share:
                    data = await self._http.request(call)
            except NoRoute as error:
                missing.append(error)
            else:
                self._dialects = (dialect,)
                return data
        raise missing[0].otherwise from missing[0]


def _dialect(options: Mapping[str, object]) -> str:
    return one_of(options, "dialect", (AUTO, DOCUMENTED, SOURCE), default=AUTO)
