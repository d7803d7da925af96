"""The API of vps.org: list, details, power, and the making and unmaking of servers.

Keeps no state of servers and shows nothing. Endpoints, all below `/api/v1` with a bearer token,
and all with a slash at the end: without it Django redirects. `documented` is document 001,
`client` is how the vendor's own client `vps-mcp` 0.1.0 speaks to the same address:

                documented                                 client
    list        GET    /servers/?status=&location=         GET    /servers/?page=&page_size=
    details     GET    /servers/{id}/                      GET    /servers/{uuid}/
    create      POST   /servers/                           POST   /servers/
    replace     PUT    /servers/{id}/
    update      PATCH  /servers/{id}/
    resize                                                 POST   /servers/{uuid}/resize/ {"plan"}
    delete      DELETE /servers/{id}/                      DELETE /servers/{uuid}/
    power       POST   /servers/{id}/start|stop|reboot/    POST   /servers/{uuid}/power/ {"action"}
    catalog                                                GET    /plans/ /locations/
                                                           /operating-systems/ /ssh-keys/

Usage and bandwidth stand in the documented details only. An accepted power call answers with
the state on the way; how that ends is in the details.
"""

from __future__ import annotations

import itertools
import logging
from dataclasses import replace as changed
from functools import partial
from typing import TYPE_CHECKING

from bot.domain.errors import (
    OutcomeUnknown,
    PanelError,
    PanelForbidden,
    PanelProtocolError,
    PanelRefused,
    UnsupportedAction,
)
from bot.domain.servers import Capability, ServerFilter
from bot.domain.shared_calls import SharedCalls
from bot.panels._budget import Patience
from bot.panels._errors import AnswerTooLarge, Call, parsing
from bot.panels._http import PanelHttp
from bot.panels._ids import NAME, check_id
from bot.panels._manners import Bearer, Manners
from bot.panels._settings import one_of
from bot.panels._tasks import task_group
from bot.panels._values import refuse_unknown
from bot.panels._vpsorg_dialects import DIALECTS
from bot.panels._vpsorg_errors import decode, read_error
from bot.panels._vpsorg_fields import (
    DOCUMENTED_CREATE,
    Catalog,
    client_build,
    client_create,
    documented_update,
    names,
)
from bot.panels._vpsorg_parse import parse_page, parse_server, server_id_of
from bot.panels._words import UnknownWords

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.administration import Field
    from bot.domain.servers import PowerAction, Server
    from bot.panels._connections import Connections
    from bot.panels._settings import PanelSettings
    from bot.panels._vpsorg_dialects import Dialect
    from bot.panels._vpsorg_parse import Page

    Entries = list[Mapping[str, object]]

_log = logging.getLogger(__name__)

_API = "/api/v1"
_SERVERS = "/servers/"
_SMALL_PAGE = "10"
# No budget is documented, so we take little: one request a second in the long run.
_MANNERS = Manners(read_error=read_error, decode=decode, fails_with_success=True, rest=1.0)


class VpsOrg:
    """An `AdminPanel` and `SelectivePanel`. Server ids are numbers; uuids in `client`."""

    kind = "vpsorg"

    def __init__(self, http: PanelHttp, *, dialect: Dialect) -> None:
        self.panel_id = http.panel_id
        self.capabilities = dialect.capabilities
        self._http = http
        self._dialect = dialect
        self._shared: SharedCalls[Server] = SharedCalls()
        self._unknown_words = UnknownWords(self.panel_id)

    @classmethod
    def open(cls, settings: PanelSettings, connections: Connections) -> VpsOrg:
        """Make one from its settings; `base_url` may end with `/api/v1` or before it."""
        root = settings.base_url.rstrip("/").removesuffix(_API)
        auth = Bearer(settings.credentials["token"])
        http = PanelHttp(
            changed(settings, base_url=root + _API), connections, auth=auth, manners=_MANNERS
        )
        return cls(http, dialect=_dialect_of(settings.options))

    @staticmethod
    def check_options(options: Mapping[str, object]) -> None:
        """Raise `SettingsError` for a dialect that there is not."""
        _dialect_of(options)

    async def list_servers(self) -> Sequence[Server]:
        """Return the account's servers."""
        return await self.select_servers(ServerFilter())

    async def select_servers(self, wanted: ServerFilter) -> Sequence[Server]:
        """Return those in a state and place, where the dialect has a filter for it."""
        listed: dict[str, Server] = {}
        for entry in await self._entries(_SERVERS, self._dialect.params_of(wanted)):
            if server_id_of(entry, self._dialect.id_keys) is None:
                self._unknown_words.note_nameless(1)
                continue
            server = self._server(entry)
            listed.setdefault(server.ref.server_id, server)
        return list(listed.values())

    async def get_server(self, server_id: str) -> Server:
        """Return one server; callers who ask at the same time share the answer."""
        return await self._shared.get(server_id, partial(self._details, server_id))

    async def power(self, server_id: str, action: PowerAction) -> None:
        """Order it; refused with `PanelConflict` where it would have no effect."""
        path = self._path(server_id)
        order = self._dialect.orders.get(action)
        if order is None:
            raise UnsupportedAction(action.value, kind=self.kind)
        path, word = path + order.path, action.value
        await self._http.request(
            Call("POST", path, body=order.body, action=word, server_id=server_id)
        )

    async def fields(
        self, action: Capability, server_id: str | None, **_chosen: object
    ) -> Sequence[Field]:
        """Return what is asked for; the documented dialect has no lists to choose from."""
        self._require(action)
        if action is Capability.CREATE:
            if not self._dialect.has_catalog:
                return DOCUMENTED_CREATE
            return client_create(await self._catalog())
        server = await self.get_server(server_id or "")
        if action is Capability.BUILD:
            return client_build(server, Catalog(plans=await self._choices("/plans/")))
        return documented_update(server, replace=action is Capability.REPLACE)

    async def create(self, values: Mapping[str, object]) -> Server:
        """Order a new server, which costs money; it is installed for some minutes."""
        self._refuse_unknown(Capability.CREATE, values)
        data = await self._http.request(Call("POST", _SERVERS, body=values, action="create"))
        return self._server(data, action="create")

    async def update(
        self, server_id: str, values: Mapping[str, object], *, replace: bool
    ) -> Server:
        """PATCH the given fields, or PUT all three."""
        self._require(Capability.REPLACE if replace else Capability.UPDATE)
        self._refuse_unknown(Capability.UPDATE, values)
        method = "PUT" if replace else "PATCH"
        return await self._change(
            Call(method, self._path(server_id), body=values, action="update", server_id=server_id)
        )

    async def build(self, server_id: str, values: Mapping[str, object]) -> Server:
        """Move it to another plan."""
        self._require(Capability.BUILD)
        self._refuse_unknown(Capability.BUILD, values)
        path = f"{self._path(server_id)}resize/"
        return await self._change(
            Call("POST", path, body=values, action="build", server_id=server_id)
        )

    async def suspend(self, server_id: str) -> None:  # noqa: ARG002 - the port's
        """Only the vendor can."""
        raise UnsupportedAction(Capability.SUSPEND.value, kind=self.kind)

    async def unsuspend(self, server_id: str) -> None:  # noqa: ARG002 - the port's
        """Only the vendor can."""
        raise UnsupportedAction(Capability.SUSPEND.value, kind=self.kind)

    async def delete(self, server_id: str, *, force: bool) -> None:
        """Delete it for good; there is no force."""
        if force:
            raise UnsupportedAction(Capability.FORCE_DELETE.value, kind=self.kind)
        await self._http.request(
            Call("DELETE", self._path(server_id), action="delete", server_id=server_id)
        )

    async def _entries(self, path: str, params: Mapping[str, str]) -> Entries:
        """Return all entries of a list, asked for anew where its pages are too large to be read."""
        try:
            return await self._pages(path, params)
        except AnswerTooLarge:
            return await self._pages(path, {**params, "page_size": _SMALL_PAGE})

    async def _pages(self, path: str, params: Mapping[str, str]) -> Entries:
        # The address of the next page is believed, not followed.
        patience = Patience(self._http.clock)
        page = await self._page(path, params, patience)
        entries, seen = list(page.entries), page.size
        for number in itertools.count(2):
            if not page.has_next and seen >= page.total:
                break
            last = page
            try:
                page = await self._page(path, {**params, "page": str(number)}, patience)
            except AnswerTooLarge:
                raise
            except PanelProtocolError:
                if last.has_next:
                    raise
                # Only the count spoke of more: Django has no page after the last one.
                break
            # Every page is the same, or empty: the panel knows no pages, or has miscounted.
            if not page.size or page.entries == last.entries:
                break
            entries += page.entries
            seen += page.size
        return entries

    async def _page(self, path: str, params: Mapping[str, str], patience: Patience) -> Page:
        data = await self._http.request(Call("GET", path, params=params), patience=patience)
        with parsing(self.panel_id, f"the list {path}"):
            return parse_page(data)

    async def _details(self, server_id: str) -> Server:
        call = Call("GET", self._path(server_id), server_id=server_id)
        return self._server(await self._http.request(call))

    async def _change(self, call: Call) -> Server:
        """Write, and read anew: what a change answers is documented nowhere."""
        await self._http.request(call)
        try:
            return await self._details(call.server_id or "")
        except PanelError as error:
            raise OutcomeUnknown(self.panel_id, call.action) from error

    async def _catalog(self) -> Catalog:
        async with task_group() as group:
            plans, locations, systems, ssh_keys = (
                group.create_task(self._choices(path))
                for path in ("/plans/", "/locations/", "/operating-systems/", "/ssh-keys/")
            )
        return Catalog(
            plans=plans.result(),
            locations=locations.result(),
            systems=systems.result(),
            ssh_keys=ssh_keys.result(),
        )

    async def _choices(self, path: str) -> Entries:
        try:
            return await self._entries(path, self._dialect.list_params)
        except (PanelForbidden, PanelProtocolError, PanelRefused) as error:
            # The value can still be typed.
            _log.debug("panel %s: %s", self.panel_id, error)
            return []

    def _server(self, data: object, *, action: str = "") -> Server:
        with parsing(self.panel_id, "a server", action=action):
            found = parse_server(
                data, self.panel_id, self._http.clock.now(), id_keys=self._dialect.id_keys
            )
        self._unknown_words.note(found.unknown_word)
        return found.server

    def _path(self, server_id: str) -> str:
        return f"{_SERVERS}{check_id(self.panel_id, server_id, form=NAME)}/"

    def _refuse_unknown(self, action: Capability, values: Mapping[str, object]) -> None:
        known = names(action, has_catalog=self._dialect.has_catalog)
        refuse_unknown(self.panel_id, values, known=known)

    def _require(self, capability: Capability) -> None:
        if capability not in self.capabilities:
            raise UnsupportedAction(capability.value, kind=self.kind)


def _dialect_of(options: Mapping[str, object]) -> Dialect:
    return DIALECTS[one_of(options, "dialect", tuple(DIALECTS), default="documented")]
