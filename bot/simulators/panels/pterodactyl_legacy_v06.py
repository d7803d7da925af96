"""Owns the calls of 0.6, below `/api/admin` and `/api/user`. Lets nobody in."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.simulators.panels import pterodactyl_legacy_daemon as daemon
from bot.simulators.panels.pterodactyl_legacy_api import read
from bot.simulators.panels.pterodactyl_legacy_errors import UNHANDLED, Refusal, respond
from bot.simulators.panels.pterodactyl_legacy_forms import VARIABLES, Forms
from bot.simulators.panels.pterodactyl_legacy_payloads import Payloads, ports, process, status
from bot.simulators.panels.pterodactyl_legacy_records import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.simulators.panels.pterodactyl_legacy_records import Records
    from bot.simulators.world import Server

_PER_PAGE = 25
_NO_DAEMON = (
    "A TransferException was encountered while trying to contact the daemon, please ensure it is"
    " online and accessible. This error has been logged."
)
_ACTIONS = ("suspend", "unsuspend")


class AdminCalls:
    """One method per endpoint below `/api/admin/servers`."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._payloads = Payloads(records, dialect="0.6")
        self._forms = Forms(records, dialect="0.6")

    async def list_servers(self, request: web.Request) -> web.Response:
        """GET /: 25 a page; `include` has to be switched on by the operator."""
        servers = self._records.servers()
        asked = request.query.get("page", "1")
        page = int(asked) if asked.isdecimal() and int(asked) > 0 else 1
        pages = max(1, -(-len(servers) // _PER_PAGE))
        chosen = servers[(page - 1) * _PER_PAGE : page * _PER_PAGE]
        here = f"http://{request.headers['Host']}{request.path}?page="
        pagination = {
            "total": len(servers),
            "count": len(chosen),
            "per_page": _PER_PAGE,
            "current_page": page,
            "total_pages": pages,
        }
        links = {"self": f"{here}{page}", "first": f"{here}1", "last": f"{here}{pages}"}
        data = [self._payloads.resource(server) for server in chosen]
        return respond({"data": data, "meta": {"pagination": pagination}, "links": links})

    async def show_server(self, request: web.Request) -> web.Response:
        """GET /{id}."""
        server = self._find(request, Refusal(404, "No query results for model [Server]."))
        return self._shown(server, request)

    async def create_server(self, request: web.Request) -> web.Response:
        """POST /: answers with the server."""
        values = self._forms.cleaned(await read(request))
        self._forms.refuse_unless_creatable(values)
        node, port = self._forms.place(values)
        if not {"description", "startup", *VARIABLES} <= values.keys():
            raise _unhandled("add")
        with _transfer():
            await daemon.reach(node)
        world = self._records.world
        server = world.add_server(values["name"], node=node, port=port)
        server.description = values["description"]
        self._forms.apply_limits(server, values)
        owner = self._forms.owner(values["user_id"])
        if owner is None:
            raise _unhandled("add")
        record = Record(owner=owner, created_at=world.clock(), io=values["io"])
        self._records.add(server, record)
        return self._shown(server, request)

    async def edit_details(self, request: web.Request) -> web.Response:
        """PUT /{id}/details: all at once.

        What changes neither owner nor token is saved and not rendered.
        """
        server = self._find(request, _unhandled("modify"))
        values = self._forms.cleaned(await read(request))
        self._forms.refuse_unless_fitting(values)
        record = self._records.of(server)
        owner = self._forms.owner(values.get("owner_id")) or record.owner
        is_rendered = owner is not record.owner or bool(values.get("reset_token"))
        record.owner = owner
        server.name = values.get("name") or server.name
        server.description = values.get("description") or ""
        if not is_rendered:
            raise _unhandled("modify")
        return self._shown(server, request)

    async def edit_build(self, request: web.Request) -> web.Response:
        """PUT /{id}/build: takes no notice of `disk`."""
        server = self._find(request, _unhandled("modify the build settings for"))
        values = self._forms.cleaned(await read(request))
        self._forms.refuse_unless_fitting(values)
        with _transfer():
            await daemon.reach(server.node)
        has = list(ports(server))
        added = map(self._records.allocation, values.get("add_allocations") or ())
        has += [place[1] for place in added if place and self._records.is_free(*place)]
        for place in map(self._records.allocation, values.get("remove_allocations") or ()):
            if place and place[1] in has and place[1] != server.port:
                has.remove(place[1])
        default = self._records.allocation(values.get("allocation_id")) or (None, server.port)
        if default[1] not in has:
            raise Refusal(400, "The requested default connection is not allocated to this server.")
        server.port = default[1]
        server.more_ports = tuple(port for port in has if port != default[1])
        self._forms.apply_limits(server, values, but="disk")
        return self._shown(server, request)

    async def suspend(self, request: web.Request) -> web.Response:
        """PATCH /{id}/suspend: either way, by the action."""
        action = (await read(request)).get("action")
        if action not in _ACTIONS:
            raise Refusal(
                400,
                "The action provided was invalid. Action should be one of: suspend, unsuspend.",
            )
        server = self._find(request, _unhandled(action))
        with _transfer():
            await daemon.reach(server.node)
        if server.suspended != (action == "suspend"):
            server.suspended = action == "suspend"
        return web.Response(status=204)

    async def delete_server(self, request: web.Request) -> web.Response:
        """DELETE /{id}: by force with a parameter that is not empty."""
        server = self._find(request, _unhandled("delete"))
        values = {**request.query, **await read(request)}
        if not values.get("force_delete"):
            with _transfer():
                await daemon.reach(server.node)
        self._records.world.remove_server(server)
        return web.Response(status=204)

    def _find(self, request: web.Request, refusal: Refusal) -> Server:
        server = self._records.find(request.match_info["id"])
        if server is None or request.match_info["id"] != str(server.id):
            raise refusal
        return server

    def _shown(self, server: Server, request: web.Request) -> web.Response:
        document: dict[str, Any] = {"data": self._payloads.resource(server)}
        if "allocations" in request.query.get("include", "").split(","):
            document["included"] = self._payloads.included_allocations(server)
        return respond(document)


class UserCalls:
    """One method per endpoint below `/api/user`."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._payloads = Payloads(records, dialect="0.6")

    async def list_servers(self, _request: web.Request) -> web.Response:
        """GET /: all at once."""
        servers = self._records.servers()
        return respond({"data": [self._payloads.user_entry(server) for server in servers]})

    async def show_server(self, request: web.Request) -> web.Response:
        """GET /server/{uuid}: with stats it ends in 500 while the node does not answer."""
        server = self._find(request)
        include = request.query.get("include", "").split(",")
        included = []
        if "allocations" in include:
            included += self._payloads.included_allocations(server)
        if "stats" in include:
            included.append(await _stat(server))
        document: dict[str, Any] = {"data": self._payloads.user_view(server)}
        if included:
            document["included"] = included
        return respond(document)

    async def power(self, request: web.Request) -> web.Response:
        """POST /server/{uuid}/power."""
        server = self._find(request)
        action = (await read(request)).get("action")
        if await _order(server, "Power toggle endpoint"):
            server.power(str(action))
        return web.Response(status=204)

    async def command(self, request: web.Request) -> web.Response:
        """POST /server/{uuid}/command."""
        server = self._find(request)
        line = (await read(request)).get("command")
        if await _order(server, "Command sending") and not server.send(str(line)):
            raise Refusal(500, "Command sending responded with a non-200 error code (HTTP/412).")
        return web.Response(status=204)

    def _find(self, request: web.Request) -> Server:
        wanted = request.match_info["uuid"]
        server = self._records.find(wanted)
        if server is None or wanted == str(server.id):
            raise Refusal(404, "No query results for model [Server].")
        if server.suspended:
            raise Refusal(403, "Server is suspended and cannot be accessed.")
        if server.installing:
            raise Refusal(403, "Server has not finished its install process.")
        return server


async def _stat(server: Server) -> dict[str, Any]:
    try:
        await daemon.reach(server.node)
    except (daemon.Unreachable, daemon.Failed) as error:
        # An error has no id, and JSON:API takes nothing without one.
        raise Refusal(500, UNHANDLED) from error
    resources = process(server) if status(server) else {}
    attributes = {"status": status(server), "resources": resources}
    return {"type": "stat", "id": "1", "attributes": attributes}


async def _order(server: Server, what: str) -> bool:
    try:
        return await daemon.reach(server.node)
    except daemon.Unreachable as error:
        raise Refusal(500, UNHANDLED) from error
    except daemon.Failed as error:
        raise Refusal(
            500, f"{what} responded with a non-200 error code (HTTP/{error.status})."
        ) from error


@contextmanager
def _transfer() -> Iterator[None]:
    try:
        yield
    except (daemon.Unreachable, daemon.Failed) as error:
        raise Refusal(504, _NO_DAEMON) from error


def _unhandled(what: str) -> Refusal:
    sentence = f"An unhandled exception occured while attemping to {what} this server."
    return Refusal(500, f"{sentence} Please try again.")
