"""Owns the admin calls of 0.4 and 0.5, below `/api/servers`. Lets nobody in."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.simulators.panels import pterodactyl_legacy_daemon as daemon
from bot.simulators.panels.pterodactyl_legacy_errors import Refusal, respond, unavailable
from bot.simulators.panels.pterodactyl_legacy_forms import INVALID, VARIABLES, Forms
from bot.simulators.panels.pterodactyl_legacy_payloads import Payloads, ports, process, status
from bot.simulators.panels.pterodactyl_legacy_records import Record

if TYPE_CHECKING:
    from bot.simulators.panels.pterodactyl_legacy_records import Records
    from bot.simulators.world import Server

_PER_PAGE = 50
_ADDRESS = re.compile(r"(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})")
_FIELDS = "There was an issue with the fields passed in the request."
_NO_DAEMON = "There was an error encountered while attempting to connect to the remote daemon."


class ApiCalls:
    """One method per endpoint."""

    def __init__(self, records: Records, *, dialect: str) -> None:
        self._records = records
        self._has_daemon = dialect == "0.5"
        self._payloads = Payloads(records, dialect=dialect)
        self._forms = Forms(records, dialect=dialect)
        self.build_works = dialect == "0.5"
        """From 0.5.4 on."""

    async def list_servers(self, request: web.Request) -> web.Response:
        """GET /servers: 0.4 in pages, 0.5 all."""
        rows = [self._payloads.columns(server) for server in self._records.servers()]
        if self._has_daemon:
            return respond(rows)
        asked = request.query.get("page", "1")
        page = int(asked) if asked.isdecimal() and int(asked) > 0 else 1
        chosen = rows[(page - 1) * _PER_PAGE : page * _PER_PAGE]
        pagination = {
            "total": len(rows),
            "count": len(chosen),
            "per_page": _PER_PAGE,
            "current_page": page,
            "total_pages": max(1, -(-len(rows) // _PER_PAGE)),
            "links": [],
        }
        return respond({"data": chosen, "meta": {"pagination": pagination}})

    async def show_server(self, request: web.Request) -> web.Response:
        """GET /servers/{id}, with `fields` and, from 0.5 on, `daemon`."""
        server = self._records.find(request.match_info["id"])
        if server is None or request.match_info["id"] != str(server.id):
            raise Refusal(404, "No server by that ID was found.")
        columns = self._payloads.columns(server)
        fields = [field for field in request.query.get("fields", "").split(",") if field]
        if not columns.keys() >= set(fields):
            raise Refusal(400, _FIELDS)
        shown = {name: columns[name] for name in fields or columns}
        if not self._has_daemon:
            return respond({"server": shown})
        if request.query.get("daemon") == "true":
            # Node and uuid are read from what was selected.
            if not shown.keys() >= {"node", "uuid"}:
                raise Refusal(400, _FIELDS)
            shown |= await self._daemon(server)
        return respond(shown)

    async def create_server(self, request: web.Request) -> web.Response:
        """POST /servers."""
        values = self._forms.cleaned(await read(request))
        self._forms.refuse_unless_creatable(values)
        node, port = self._forms.place(values)
        if any(name not in values for name in VARIABLES):
            raise Refusal(
                400, "There was an error while attempting to add this server to the system."
            )
        await self._reach(node_of=None, node=node)
        server = self._records.world.add_server(values["name"], node=node, port=port)
        server.id = values.get("custom_id", server.id) if self._has_daemon else server.id
        self._forms.apply_limits(server, values)
        owner = self._forms.owner(values["owner"])
        if owner is None:
            raise Refusal(422, INVALID)
        record = Record(owner=owner, created_at=self._records.world.clock())
        record.startup, record.io = values["startup"], values["io"]
        self._records.add(server, record)
        if self._has_daemon:
            return respond({"id": server.id})
        location = f"http://{request.headers['Host']}/api/servers/{server.id}"
        return web.Response(status=201, headers={"Location": location})

    async def configure(self, request: web.Request) -> web.Response:
        """PATCH /servers/{id}/config."""
        server = self._find(request, Refusal(422, "No query results for model [Server]."))
        values = await read(request)
        if not isinstance(values.get("owner", ""), str):
            raise Refusal(422, INVALID, fields={"owner": ["The owner must be an email address."]})
        self._forms.refuse_unless_fitting(values)
        record = self._records.of(server)
        if values.get("reset_token") is True or "owner" in values:
            await self._reach(node_of=server)
            record.token = f"{record.token[1:]}{record.token[0]}"
        record.owner = self._forms.owner(values.get("owner")) or record.owner
        server.name = values.get("name", server.name)
        return respond({"server": self._payloads.columns(server)})

    async def build(self, request: web.Request) -> web.Response:
        """PATCH /servers/{id}/build."""
        sentence = "Unable to update server on system due to an error."
        server = self._find(request, unavailable(sentence))
        if not self.build_works:
            raise unavailable(sentence)
        values = self._forms.cleaned(await read(request))
        self._forms.refuse_unless_fitting(values)
        await self._reach(node_of=server)
        self._apply_addresses(server, values)
        self._forms.apply_limits(server, values)
        return respond({"server": self._payloads.columns(server)})

    async def suspend(self, request: web.Request) -> web.Response:
        """POST /servers/{id}/suspend."""
        await self._suspend(request, suspended=True)
        return web.Response(status=204)

    async def unsuspend(self, request: web.Request) -> web.Response:
        """POST /servers/{id}/unsuspend."""
        await self._suspend(request, suspended=False)
        return web.Response(status=204)

    async def delete_server(self, request: web.Request) -> web.Response:
        """DELETE /servers/{id}[/force]: any other word than force is none."""
        sentence = "An error occured while attempting to delete this server."
        server = self._find(request, unavailable(sentence))
        by_force = request.match_info.get("force") == "force"
        if self._has_daemon:
            record = self._records.of(server)
            record.deleted_at, record.by_force = self._records.world.clock(), by_force
            return web.Response(status=204)
        if not by_force:
            await self._reach(node_of=server)
        self._records.world.remove_server(server)
        return web.Response(status=204)

    async def _suspend(self, request: web.Request, *, suspended: bool) -> None:
        word = "suspend" if suspended else "unsuspend"
        sentence = f"An error occured while attempting to {word} this server instance."
        server = self._find(request, unavailable(sentence))
        await self._reach(node_of=server)
        if server.suspended != suspended:
            server.suspended = suspended

    async def _daemon(self, server: Server) -> dict[str, Any]:
        try:
            is_data = await daemon.reach(server.node)
        except (daemon.Unreachable, daemon.Failed):
            return {"daemon": {"error": _NO_DAEMON}}
        if not is_data:
            raise Refusal(400, _FIELDS)
        found: dict[str, Any] = {
            "daemon": {
                "container": {"id": server.identifier, "image": "quay.io/pterodactyl/minecraft"},
                "service": {"type": "minecraft", "option": "vanilla"},
                "status": status(server),
                "query": {},
                "proc": process(server) if status(server) else {},
            }
        }
        return found

    def _apply_addresses(self, server: Server, values: dict[str, Any]) -> None:
        """Change addresses; a bad entry ends the work on its list without a word."""
        node, has = server.node, list(ports(server))
        for port in _ports(values.get("add_additional")):
            if not self._records.is_free(node, port):
                break
            has.append(port)
        for port in _ports(values.get("remove_additional")):
            if port in has and port != server.port:
                has.remove(port)
        default = next(iter(_ports([values.get("default", "")])), server.port)
        if default not in has:
            raise Refusal(422, "The requested default connection is not allocated to this server.")
        server.port = default
        server.more_ports = tuple(port for port in has if port != default)

    def _find(self, request: web.Request, refusal: Refusal) -> Server:
        server = self._records.find(request.match_info["id"])
        if server is None or request.match_info["id"] != str(server.id):
            raise refusal
        return server

    async def _reach(self, *, node_of: Server | None, node: Any = None) -> None:
        try:
            await daemon.reach(node_of.node if node_of else node)
        except (daemon.Unreachable, daemon.Failed) as error:
            raise Refusal(
                422, "There was an error while attempting to contact the daemon of this server."
            ) from error


async def read(request: web.Request) -> dict[str, Any]:
    """Read the body; what is no object has no fields."""
    try:
        values = json.loads(await request.read() or b"{}")
    except ValueError:
        return {}
    return values if isinstance(values, dict) else {}


def _ports(addresses: Any) -> list[int]:
    """Return the ports of `ip:port` texts, up to the first that is none."""
    found = []
    for address in addresses or ():
        match = _ADDRESS.fullmatch(str(address))
        if match is None:
            break
        found.append(int(match[2]))
    return found
