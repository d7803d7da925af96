"""How Pterodactyl 0.6 is asked and read. Sends nothing.

Endpoints, each throttled by itself to 60 a minute from one address; JSON:API documents:

    GET    /api/admin/servers?page=               25 a page
    GET    /api/admin/servers/{id}
    POST   /api/admin/servers                     answers with the server
    PUT    /api/admin/servers/{id}/details        owner_id, name, description, reset_token; 500
                                                  although saved, unless owner or token change
    PUT    /api/admin/servers/{id}/build          a `disk` is silently ignored
    PATCH  /api/admin/servers/{id}/suspend        `{"action": "suspend" or "unsuspend"}`; 204
    DELETE /api/admin/servers/{id}                204; with `force_delete` by force
    GET    /api/user/server/{uuid}?include=       allocations and stats; 500 while the node is down
    POST   /api/user/server/{uuid}/power          `{"action"}`; 204
    POST   /api/user/server/{uuid}/command        `{"command"}`; 204
"""

from __future__ import annotations

import re
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.domain.servers import Capability, PowerAction
from bot.panels._errors import Call
from bot.panels._json import mapping, mappings, text
from bot.panels._legacy_errors import read_v06_error
from bot.panels._legacy_fields import v06_fields
from bot.panels._legacy_parse import Place, Report, addresses_of, id_of, parse_status
from bot.panels._legacy_v05 import flat
from bot.panels._manners import Manners
from bot.panels._pages import Page, parse_page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.administration import Field
    from bot.panels._errors import Answer
    from bot.panels._legacy_dialect import Columns, Values

_SERVERS = "/api/admin/servers"
_ID = re.compile(r"((?<=/servers/)|(?<=/server/))[^/]+")


def _route(call: Call) -> str:
    """Name the route, which is the same for all servers."""
    return f"{call.method} {_ID.sub('', call.path)}"


class V06:
    """A `Dialect`."""

    name = "0.6"
    capabilities = frozenset(
        {
            *(Capability(action) for action in PowerAction),
            Capability.COMMAND,
            Capability.CREATE,
            Capability.UPDATE,
            Capability.REPLACE,
            Capability.BUILD,
            Capability.SUSPEND,
            Capability.DELETE,
            Capability.FORCE_DELETE,
        }
    )
    manners = Manners(read_error=read_v06_error, counts_by=_route, counts_addresses=True)
    states_at_once = 40
    root = "/api/admin"
    lists_allocations_by_node = True
    needed_to_create = frozenset({"description", "startup"})
    details: Mapping[str, object] = MappingProxyType({"name": "", "owner_id": 0, "description": ""})

    def list_page(self, page: int) -> Call:
        """Ask for one page."""
        return Call("GET", _SERVERS, params={"page": str(page)})

    def show(self, server_id: str) -> Call:
        """Ask for one server."""
        return Call("GET", f"{_SERVERS}/{server_id}", server_id=server_id)

    def status(self, server_id: str, uuid: str | None) -> Call | None:
        """Ask as a user, who alone is told the state."""
        if uuid is None:
            return None
        params = {"include": "allocations,stats"}
        return Call("GET", _user_path(uuid), params=params, server_id=server_id)

    def places(self) -> Call | None:
        """Ask nothing: the state comes with the place."""
        return None

    def power(self, server_id: str, uuid: str, *, action: PowerAction) -> Call:
        """Order it as a user."""
        path, body = f"{_user_path(uuid)}/power", {"action": action.value}
        return Call("POST", path, body=body, action=action.value, server_id=server_id)

    def create(self, values: Values) -> Call:
        """Create a server."""
        return Call("POST", _SERVERS, body=flat(values), action="create")

    def update(self, server_id: str, values: Values) -> Call:
        """Change name, owner and description."""
        path = f"{_SERVERS}/{server_id}/details"
        return Call("PUT", path, body=values, action="update", server_id=server_id)

    def build(self, server_id: str, values: Values) -> Call:
        """Change limits and addresses."""
        path = f"{_SERVERS}/{server_id}/build"
        return Call("PUT", path, body=values, action="build", server_id=server_id)

    def suspend(self, server_id: str, *, word: str) -> Call:
        """Do `suspend` or `unsuspend`."""
        path = f"{_SERVERS}/{server_id}/suspend"
        return Call("PATCH", path, body={"action": word}, action=word, server_id=server_id)

    def delete(self, server_id: str, *, force: bool) -> Call:
        """Delete a server."""
        params = {"force_delete": "1"} if force else None
        path = f"{_SERVERS}/{server_id}"
        return Call("DELETE", path, params=params, action="delete", server_id=server_id)

    def read_page(self, data: object) -> Page[Columns]:
        """Return the servers of a page."""
        page = parse_page(data)
        return Page([_columns(entry) for entry in page.entries], page.size, page.pages)

    def read_server(self, data: object) -> Columns:
        """Return the one server."""
        return _columns(mapping(mapping(data)["data"]))

    def read_status(self, data: object) -> Report:
        """Return the node's answer, and what else only users are told."""
        document = mapping(data)
        included = mappings(document.get("included"))
        stats = _of_type(included, "stat")
        report = parse_status(stats[0], mapping(stats[0].get("resources"))) if stats else None
        return replace(
            report or parse_status({}, {}),
            node=text(mapping(mapping(document.get("data")).get("attributes")).get("node")),
            addresses=addresses_of(_of_type(included, "allocation")),
        )

    def read_places(self, _data: object) -> Mapping[str, Place]:
        """Return nothing."""
        return {}

    def read_created(self, answer: Answer) -> str:
        """Return the id."""
        server_id = id_of(self.read_server(answer.data))
        if not server_id:
            raise KeyError("id")
        return server_id

    def fields(self, action: Capability, columns: Columns) -> Sequence[Field]:
        """Describe what an action asks for."""
        return v06_fields(action, columns)


def console_call(server_id: str, uuid: str, *, line: str) -> Call:
    """Write a line to the console of a server."""
    body = {"command": line}
    return Call(
        "POST", f"{_user_path(uuid)}/command", body=body, action="command", server_id=server_id
    )


def _columns(entry: Columns) -> Columns:
    """Return attributes and id in one; JSON:API keeps them apart."""
    return {**mapping(entry.get("attributes")), "id": entry.get("id")}


def _of_type(included: Sequence[Columns], kind: str) -> list[Columns]:
    return [mapping(entry.get("attributes")) for entry in included if entry.get("type") == kind]


def _user_path(uuid: str) -> str:
    return f"/api/user/server/{uuid}"
