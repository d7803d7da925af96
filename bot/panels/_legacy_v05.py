"""How Pterodactyl 0.4 and 0.5 are asked and read. Sends nothing.

Endpoints below `/api` (document 003 is 0.4; 0.5 differs where it says so):

    GET    /servers?page=              0.4: pages of `{data, meta}`; 0.5: one list of all
    GET    /servers/{id}               0.4: `{server}`; 0.5: the server alone, and with
                                       `daemon=true` its state, and over https its daemon_token
    POST   /servers                    0.4: 201 with a Location; 0.5: `{id}`
    PATCH  /servers/{id}/config        owner, name, reset_token
    PATCH  /servers/{id}/build         before 0.5.4 it never works (503), so 0.4 has none
    POST   /servers/{id}/suspend       and unsuspend; 204
    DELETE /servers/{id}[/force]       204; 0.5 does it ten minutes later
    GET    /me                         0.5: the user's servers with node and address
    PUT    /me/server/{uuid}           0.5: `{"action"}`; 204
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.domain.servers import Capability, PowerAction
from bot.panels._errors import Call
from bot.panels._json import mapping, mappings, text
from bot.panels._legacy_errors import read_api_error
from bot.panels._legacy_fields import v04_fields, v05_fields
from bot.panels._legacy_parse import (
    Place,
    Report,
    addresses_of,
    id_of,
    is_number,
    parse_status,
)
from bot.panels._manners import Manners
from bot.panels._pages import Page, parse_page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.administration import Field
    from bot.panels._errors import Answer
    from bot.panels._legacy_dialect import Columns, Values

_LOCATION = re.compile(r"/servers/([0-9]{1,20})/?$")
_ADMIN = frozenset(
    {
        Capability.CREATE,
        Capability.UPDATE,
        Capability.SUSPEND,
        Capability.DELETE,
        Capability.FORCE_DELETE,
    }
)
_POWER = frozenset(Capability(action) for action in PowerAction)


class Api:
    """A `Dialect`: 0.4, or with `reaches_nodes` 0.5."""

    manners = Manners(read_error=read_api_error)
    states_at_once = None
    root = "/api"
    lists_allocations_by_node = False
    needed_to_create: frozenset[str] = frozenset()
    details: Mapping[str, object] = MappingProxyType({})

    def __init__(self, *, reaches_nodes: bool) -> None:
        self._reaches_nodes = reaches_nodes
        self.name = "0.5" if reaches_nodes else "0.4"
        more = _POWER | {Capability.BUILD} if reaches_nodes else frozenset()
        self.capabilities = _ADMIN | more

    def list_page(self, page: int) -> Call:
        """Ask for one page; 0.5 knows no pages and has all on the first."""
        return Call("GET", "/api/servers", params={"page": str(page)})

    def show(self, server_id: str) -> Call:
        """Ask for one server, its state included where the panel can."""
        params = {"daemon": "true"} if self._reaches_nodes else None
        return Call("GET", _path(server_id), params=params, server_id=server_id)

    def status(self, server_id: str, _uuid: str | None) -> Call | None:
        """Ask for the server by its number: 0.5 has the state there."""
        return self.show(server_id) if self._reaches_nodes and is_number(server_id) else None

    def places(self) -> Call | None:
        """Ask as a user, who alone is told."""
        return Call("GET", "/api/me") if self._reaches_nodes else None

    def power(self, server_id: str, uuid: str, *, action: PowerAction) -> Call:
        """Order it as a user."""
        body = {"action": action.value}
        path = f"/api/me/server/{uuid}"
        return Call("PUT", path, body=body, action=action.value, server_id=server_id)

    def create(self, values: Values) -> Call:
        """Create a server."""
        return Call("POST", "/api/servers", body=flat(values), action="create")

    def update(self, server_id: str, values: Values) -> Call:
        """Change name and owner."""
        path = f"{_path(server_id)}/config"
        return Call("PATCH", path, body=values, action="update", server_id=server_id)

    def build(self, server_id: str, values: Values) -> Call:
        """Change limits and addresses."""
        path = f"{_path(server_id)}/build"
        return Call("PATCH", path, body=values, action="build", server_id=server_id)

    def suspend(self, server_id: str, *, word: str) -> Call:
        """Do `suspend` or `unsuspend`."""
        return Call("POST", f"{_path(server_id)}/{word}", action=word, server_id=server_id)

    def delete(self, server_id: str, *, force: bool) -> Call:
        """Delete a server."""
        path = _path(server_id) + ("/force" if force else "")
        return Call("DELETE", path, action="delete", server_id=server_id)

    def read_page(self, data: object) -> Page[Columns]:
        """Return the servers of a page, or the bare list that 0.5 has instead."""
        if not self._reaches_nodes:
            return parse_page(data)
        if not isinstance(data, list):
            raise TypeError("no list")
        return Page(mappings(data), len(data), 1)

    def read_server(self, data: object) -> Columns:
        """Return the one server; writes wrap it in 0.5 as well."""
        found = mapping(data)
        return mapping(found["server"]) if "server" in found else found

    def read_status(self, data: object) -> Report:
        """Return the node's answer; what is absent is not known."""
        stats = mapping(self.read_server(data).get("daemon"))
        return parse_status(stats, mapping(stats.get("proc")))

    def read_places(self, data: object) -> Mapping[str, Place]:
        """Return node and address of each server."""
        # PHP writes a list with gaps as an object.
        entries = mappings(list(data.values()) if isinstance(data, dict) else data)
        return {text(entry.get("uuid")) or "": _place(entry) for entry in entries}

    def read_created(self, answer: Answer) -> str:
        """Return the id: from the body in 0.5, from the header in 0.4."""
        found = _LOCATION.search(answer.headers.get("Location", ""))
        server_id = id_of(mapping(answer.data)) or (found[1] if found else "")
        if not server_id:
            raise KeyError("id")
        return server_id

    def fields(self, action: Capability, columns: Columns) -> Sequence[Field]:
        """Describe what an action asks for."""
        return (v05_fields if self._reaches_nodes else v04_fields)(action, columns)


def flat(values: Values) -> Mapping[str, object]:
    """Return `{"env": {"A": 1}}` as `{"env_A": 1}`, which is how panels before 0.7 want it."""
    plain = {name: value for name, value in values.items() if name != "env"}
    return plain | {f"env_{name}": value for name, value in mapping(values.get("env")).items()}


def _place(entry: Mapping[str, object]) -> Place:
    ip = mapping(entry.get("ip"))
    address = {"ip": ip.get("set"), "alias": ip.get("alias"), "port": entry.get("port")}
    return Place(text(entry.get("node")), addresses_of([address]))


def _path(server_id: str) -> str:
    return f"/api/servers/{server_id}"
