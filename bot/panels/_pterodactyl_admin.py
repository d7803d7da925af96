"""The Application API of Pterodactyl 1.x and Pelican: servers made, changed, suspended, deleted.

Knows no power, no usage and no rights of members. Endpoints, all below `/api/application` with
an application key of a root admin (or such an admin's client key), known from panel 1.11:

    GET    /servers?filter[uuid]=         every server; matches parts of a uuid
    POST   /servers                       201; with its node down 504, and nothing is made
    PATCH  /servers/{id}/details          clears what is not sent
    PATCH  /servers/{id}/startup          wants all fields
    PATCH  /servers/{id}/build            wants all limits; clears feature limits not sent
    POST   /servers/{id}/suspend          204, also where it is suspended; and /unsuspend
    DELETE /servers/{id}[/force]          204; without force a daemon's failure prevents it

Ids are whole numbers here, unlike the identifiers of the client API. `_pterodactyl_fields` says
which lists describe the values that these take.
"""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import TYPE_CHECKING

from bot.domain.errors import PanelError, ServerNotFound
from bot.domain.servers import Capability
from bot.panels._errors import Call, parsing
from bot.panels._http import PanelHttp
from bot.panels._manners import Bearer, Manners
from bot.panels._pages import Page, each, in_parts, parse_page
from bot.panels._pterodactyl_admin_parse import (
    BUILD,
    CREATE,
    DETAILS,
    STARTUP,
    Record,
    build_body,
    details_body,
    entries,
    is_called,
    only,
    parse_record,
    startup_body,
    to_record,
)
from bot.panels._pterodactyl_errors import read_admin_error
from bot.panels._values import refuse_unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.panels._connections import Connections
    from bot.panels._settings import PanelSettings

ADMIN_CAPABILITIES = frozenset(
    {
        Capability.CREATE,
        Capability.UPDATE,
        Capability.REPLACE,
        Capability.BUILD,
        Capability.SUSPEND,
        Capability.DELETE,
        Capability.FORCE_DELETE,
    }
)

_MANNERS = Manners(read_error=read_admin_error)


class PterodactylAdmin:
    """The admin calls of one panel. Servers are meant by the identifiers of the client API."""

    def __init__(self, http: PanelHttp) -> None:
        self.panel_id = http.panel_id
        self._http = http

    @classmethod
    def open(cls, settings: PanelSettings, connections: Connections) -> PterodactylAdmin | None:
        """Make one from the panel's settings; None where they have no application key."""
        key = settings.credentials.get("application_key")
        if key is None:
            return None
        # The panel counts this API by itself; with its own address it has its own budget.
        base_url = settings.base_url.rstrip("/") + "/api/application"
        own = dataclasses.replace(settings, base_url=base_url)
        return cls(PanelHttp(own, connections, auth=Bearer(key), manners=_MANNERS))

    async def find(self, server_id: str, *, include: str = "") -> Record:
        """Return the server of that identifier or uuid, whoever owns it."""
        params = {"filter[uuid]": server_id, **({"include": include} if include else {})}
        for attributes in await self.all("/servers", params):
            if is_called(attributes, server_id):
                with parsing(self.panel_id, "a server"):
                    return to_record(attributes)
        raise ServerNotFound(self.panel_id, server_id)

    async def all(
        self, path: str, params: Mapping[str, str] | None = None
    ) -> list[Mapping[str, object]]:
        """Return the attributes of every entry of a list, from all its pages."""

        async def ask(number: int, size: int) -> Page[Mapping[str, object]]:
            paged = {**(params or {}), "page": str(number), "per_page": str(size)}
            data = await self._http.request(Call("GET", path, params=paged))
            with parsing(self.panel_id, f"the list {path}"):
                page = parse_page(data)
            return Page(entries(data), page.size, page.pages)

        pages = each(partial(in_parts, ask), lambda entry: str(entry.get("id")))
        return [entry async for _, entry in pages]

    async def create(self, values: Mapping[str, object]) -> Record:
        """Create a server from these values."""
        refuse_unknown(self.panel_id, values, known=CREATE)
        # Wanted also where there is none.
        body = {"environment": {}, **values}
        return await self._write(Call("POST", "/servers", body=body, action="create"))

    async def update(
        self, server_id: str, values: Mapping[str, object], *, replace: bool
    ) -> Record:
        """Change details and startup, which are two calls; with `replace` send what is given."""
        refuse_unknown(self.panel_id, values, known=(*DETAILS, *STARTUP))
        record = await self.find(server_id)
        has_details = replace or not values.keys().isdisjoint(DETAILS)
        if has_details:
            body = only(values, DETAILS) if replace else details_body(record, values)
            record = await self._patch(record, "details", body, server_id=server_id)
        if not values.keys().isdisjoint(STARTUP):
            body = only(values, STARTUP) if replace else startup_body(record, values)
            try:
                record = await self._patch(record, "startup", body, server_id=server_id)
            except PanelError as error:
                if has_details:
                    error.changed, error.failed = _among(values, DETAILS), _among(values, STARTUP)
                raise
        return record

    async def build(self, server_id: str, values: Mapping[str, object]) -> Record:
        """Change limits and allocations; what is not given stays as it is."""
        refuse_unknown(self.panel_id, values, known=BUILD)
        record = await self.find(server_id)
        with parsing(self.panel_id, "the limits of a server"):
            body = build_body(record, values)
        return await self._patch(record, "build", body, server_id=server_id)

    async def suspend(self, server_id: str, *, undo: bool = False) -> None:
        """Suspend the server, or undo it; without effect where it is so already."""
        action = "unsuspend" if undo else "suspend"
        record = await self.find(server_id)
        path = f"/servers/{record.id}/{action}"
        await self._http.request(Call("POST", path, action=action, server_id=server_id))

    async def delete(self, server_id: str, *, force: bool) -> None:
        """Delete it; by force also where its node fails, which then keeps the files."""
        record = await self.find(server_id)
        path = f"/servers/{record.id}" + ("/force" if force else "")
        await self._http.request(Call("DELETE", path, action="delete", server_id=server_id))

    async def _patch(
        self, record: Record, part: str, body: Mapping[str, object], *, server_id: str
    ) -> Record:
        action = "build" if part == "build" else "update"
        path = f"/servers/{record.id}/{part}"
        return await self._write(Call("PATCH", path, body=body, action=action, server_id=server_id))

    async def _write(self, call: Call) -> Record:
        data = await self._http.request(call)
        with parsing(self.panel_id, "a changed server", action=call.action):
            return parse_record(data)


def _among(values: Mapping[str, object], names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(values.keys() & set(names)))
