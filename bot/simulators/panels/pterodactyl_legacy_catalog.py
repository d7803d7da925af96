"""Owns what panels before 0.7 list for those who make servers: users, places, services.

Lets nobody in. Each generation has a form of its own: 0.4 has pages of users and nodes, 0.5 bare
lists of them; both name other lists by their table. 0.6 has documents of JSON:API.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.simulators.panels.pterodactyl_legacy_errors import Refusal, respond
from bot.simulators.panels.pterodactyl_legacy_records import LOCATION, OPTION, SERVICE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiohttp import web

    from bot.simulators.panels.pterodactyl_legacy_records import Records

    Row = dict[str, Any]

_PER_PAGE = 50
_SERVICE: Row = {"id": SERVICE, "name": "Minecraft", "file": "minecraft"}
_OPTION: Row = {"id": OPTION, "name": "Vanilla Minecraft", "tag": "vanilla"}


class Catalog:
    """One method per endpoint, all of them questions."""

    def __init__(self, records: Records, *, dialect: str) -> None:
        self._records = records
        self._dialect = dialect
        self._suffix = "_id" if dialect == "0.6" else ""

    async def users(self, request: web.Request) -> web.Response:
        """GET users."""
        rows = [{"id": user.id, "email": user.email} for user in self._records.users]
        if self._dialect == "0.6":
            rows = [
                {**row, "username": user.name}
                for row, user in zip(rows, self._records.users, strict=True)
            ]
        return self._paged(request, "user", rows)

    async def nodes(self, request: web.Request) -> web.Response:
        """GET nodes."""
        # 0.6 calls them users here.
        return self._paged(request, "user", self._nodes())

    async def node(self, request: web.Request) -> web.Response:
        """GET nodes/{id}, in 0.6 with its addresses on demand."""
        row = _find(self._nodes(), request.match_info["id"])
        document: Row = {"data": _resource("node", row)}
        if "allocations" in request.query.get("include", "").split(","):
            rows = [each for each in self._allocations() if each["node_id"] == row["id"]]
            document["included"] = [_resource("allocation", each) for each in rows]
        return respond(document)

    async def allocations(self, _request: web.Request) -> web.Response:
        """GET nodes/allocations: those of all nodes."""
        rows = self._allocations()
        if not rows:
            raise Refusal(404, "No allocations have been created.")
        return respond({"allocations": rows})

    async def locations(self, _request: web.Request) -> web.Response:
        """GET locations."""
        row = {"id": LOCATION, "short": "here", "long": "Where everything is"}
        return self._all("location", [row])

    async def services(self, _request: web.Request) -> web.Response:
        """GET services."""
        return self._all("service", [_SERVICE])

    async def service(self, request: web.Request) -> web.Response:
        """GET services/{id} with its options, in 0.6 on demand."""
        row = _find([_SERVICE], request.match_info["id"])
        if self._dialect != "0.6":
            return respond({"service": row, "options": [_OPTION]})
        document: Row = {"data": _resource("service", row)}
        if "options" in request.query.get("include", "").split(","):
            document["included"] = [_resource("option", {**_OPTION, "service_id": SERVICE})]
        return respond(document)

    def _nodes(self) -> list[Row]:
        return [
            {"id": number, "name": node.name, f"location{self._suffix}": LOCATION}
            for number, node in enumerate(self._records.nodes, start=1)
        ]

    def _allocations(self) -> list[Row]:
        is_new = self._dialect == "0.6"
        return [
            {
                "id": number,
                f"node{self._suffix}": self._records.node_id(node),
                "ip": node.ip,
                "ip_alias": server.alias if server else None,
                "port": port,
                "server_id" if is_new else "assigned_to": server.id if server else None,
            }
            for number, node, port, server in self._records.allocations()
        ]

    def _paged(self, request: web.Request, kind: str, rows: Sequence[Row]) -> web.Response:
        if self._dialect == "0.5":
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
        }
        data = [_resource(kind, row) if self._dialect == "0.6" else row for row in chosen]
        return respond({"data": data, "meta": {"pagination": pagination}})

    def _all(self, kind: str, rows: Sequence[Row]) -> web.Response:
        if self._dialect == "0.6":
            return respond({"data": [_resource(kind, row) for row in rows]})
        return respond({f"{kind}s": rows})


def _find(rows: Sequence[Row], wanted: str) -> Row:
    for row in rows:
        if str(row["id"]) == wanted:
            return row
    raise Refusal(404, "No query results for model.")


def _resource(kind: str, row: Row) -> Row:
    attributes = {name: value for name, value in row.items() if name != "id"}
    return {"type": kind, "id": str(row["id"]), "attributes": attributes}
