"""Owns the endpoints of vps.org. Lets nobody in: whoever comes here has a good token."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.simulators.panels import vpsorg_forms as forms
from bot.simulators.panels import vpsorg_payloads as payloads
from bot.simulators.panels.vpsorg_catalog import LOCATIONS, PLANS, SYSTEMS
from bot.simulators.panels.vpsorg_errors import denied, respond
from bot.simulators.panels.vpsorg_machines import Vps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.simulators.panels.vpsorg_accounts import Account, Token
    from bot.simulators.world import World

_PAGE_SIZE = 20
_PAGE_SIZE_MOST = 100
_SIGNALS = {"start": "start", "stop": "stop", "restart": "restart", "hard_stop": "kill"}
_ON_THE_WAY = {"start": "starting", "stop": "stopping", "restart": "rebooting"}
_EDITABLE = {"name": forms.name, "hostname": forms.hostname, "backups_enabled": forms.flag}


class Calls:
    """One method per endpoint."""

    def __init__(self, world: World, *, is_documented: bool, provisioning_seconds: float) -> None:
        self.provisioning_seconds = provisioning_seconds
        self._world = world
        self._is_documented = is_documented

    async def list_servers(self, request: web.Request, token: Token) -> web.Response:
        """GET /servers/: the dialects differ in filters, pages and shape."""
        machines = token.account.machines
        if not self._is_documented:
            return _page(request, [payloads.flat(vps) for vps in machines])
        wanted = request.query
        shown = [
            payloads.documented(vps)
            for vps in machines
            if wanted.get("status") in (None, "", vps.status)
            and wanted.get("location") in (None, "", vps.location.code)
        ]
        return respond({"count": len(shown), "results": shown})

    async def show_server(self, request: web.Request, token: Token) -> web.Response:
        """GET /servers/{server}/."""
        return respond(self._details(self._find(request, token)))

    async def create(self, request: web.Request, token: Token) -> web.Response:
        """POST /servers/: 402 where the credit does not pay for a month."""
        account = token.account
        values = await forms.read(request)
        if self._is_documented:
            order = _documented_order(values, account)
        else:
            order = _client_order(values, account)
        if account.credit < order["plan"].price:
            raise denied(402, "Insufficient credit. Please add funds to your account.")
        account.credit -= order["plan"].price
        vps = self._provision(order)
        account.machines.append(vps)
        if self._is_documented:
            return respond(payloads.documented_new(vps), 201)
        return respond(payloads.nested(vps, password=secrets.token_urlsafe(12)), 201)

    async def replace(self, request: web.Request, token: Token) -> web.Response:
        """PUT /servers/{server}/: all three fields."""
        return await self._edit(request, token, required=tuple(_EDITABLE))

    async def update(self, request: web.Request, token: Token) -> web.Response:
        """PATCH /servers/{server}/: any of the three."""
        return await self._edit(request, token, required=())

    async def delete(self, request: web.Request, token: Token) -> web.Response:
        """DELETE /servers/{server}/: at once and for good."""
        vps = self._find(request, token)
        token.account.machines.remove(vps)
        self._world.remove_server(vps.server)
        return web.Response(status=204)

    async def start(self, request: web.Request, token: Token) -> web.Response:
        """POST /servers/{server}/start/."""
        return self._order(self._find(request, token), "start")

    async def stop(self, request: web.Request, token: Token) -> web.Response:
        """POST /servers/{server}/stop/."""
        return self._order(self._find(request, token), "stop")

    async def reboot(self, request: web.Request, token: Token) -> web.Response:
        """POST /servers/{server}/reboot/."""
        return self._order(self._find(request, token), "restart")

    async def power(self, request: web.Request, token: Token) -> web.Response:
        """POST /servers/{server}/power/."""
        vps = self._find(request, token)
        checks = {"action": forms.choice(*_SIGNALS)}
        values = forms.check(await forms.read(request), checks, required=("action",))
        return self._order(vps, _SIGNALS[values["action"]])

    async def resize(self, request: web.Request, token: Token) -> web.Response:
        """POST /servers/{server}/resize/."""
        vps = self._find(request, token)
        checks = {"plan": forms.one_of({plan.uuid: plan for plan in PLANS})}
        values = forms.check(await forms.read(request), checks, required=("plan",))
        vps.plan = values["plan"]
        vps.updated_at = self._world.clock()
        return respond({"detail": "Server resize started."})

    async def list_plans(self, request: web.Request, _token: Token) -> web.Response:
        """GET /plans/."""
        return _page(request, [payloads.plan(plan) for plan in PLANS])

    async def list_locations(self, request: web.Request, _token: Token) -> web.Response:
        """GET /locations/."""
        return _page(request, [payloads.location(location) for location in LOCATIONS])

    async def list_systems(self, request: web.Request, _token: Token) -> web.Response:
        """GET /operating-systems/."""
        return _page(request, [payloads.system(system) for system in SYSTEMS])

    async def list_ssh_keys(self, request: web.Request, token: Token) -> web.Response:
        """GET /ssh-keys/."""
        return _page(request, [payloads.ssh_key(key) for key in token.account.ssh_keys])

    async def show_me(self, _request: web.Request, token: Token) -> web.Response:
        """GET /account/me/: answers every good token."""
        return respond(payloads.me(token.account, token))

    def _find(self, request: web.Request, token: Token) -> Vps:
        wanted = request.match_info["server"]
        for vps in token.account.machines:
            if wanted == (str(vps.id) if self._is_documented else vps.uuid):
                return vps
        raise denied(404, "Not found.")

    def _details(self, vps: Vps) -> dict[str, Any]:
        return payloads.documented_details(vps) if self._is_documented else payloads.nested(vps)

    def _provision(self, order: dict[str, Any]) -> Vps:
        world = self._world
        node = world.nodes[0] if world.nodes else world.add_node("host-1")
        server = world.add_server(order.pop("name", None) or order["hostname"], node=node)
        server.installing = True
        now = world.clock()
        return Vps(
            server=server,
            created_at=now,
            updated_at=now,
            ready_at=now + self.provisioning_seconds,
            **order,
        )

    async def _edit(
        self, request: web.Request, token: Token, *, required: tuple[str, ...]
    ) -> web.Response:
        vps = self._find(request, token)
        values = forms.check(await forms.read(request), _EDITABLE, required=required)
        vps.server.name = values.get("name", vps.server.name)
        vps.hostname = values.get("hostname", vps.hostname)
        vps.backups_enabled = values.get("backups_enabled", vps.backups_enabled)
        vps.updated_at = self._world.clock()
        return respond(self._details(vps))

    def _order(self, vps: Vps, signal: str) -> web.Response:
        status = vps.status
        if status in ("suspended", "provisioning"):
            raise denied(400, f"Server is {status}.")
        if signal == "start" and status != "stopped":
            raise denied(400, "Server is already running.")
        # Only a running server is rebooted, which one on its way up or down is not.
        is_up = status == "active" if signal == "restart" else status != "stopped"
        if signal != "start" and not is_up:
            raise denied(400, "Server is not running.")
        if not vps.server.node.up:
            raise denied(503, "Service temporarily unavailable, try again later.")
        vps.order(signal)
        if not self._is_documented:
            return respond({"detail": "Power action sent."})
        answer = payloads.documented_order(vps, f"Server is {_ON_THE_WAY[signal]}")
        # The document shows the state on the way, before the world has moved.
        answer["server"]["status"] = _ON_THE_WAY[signal]
        return respond(answer)


def _documented_order(values: dict[str, Any], account: Account) -> dict[str, Any]:
    order = forms.check(
        values,
        {
            "name": forms.name,
            "plan_id": forms.one_of({plan.id: plan for plan in PLANS}),
            "os_id": forms.one_of({system.id: system for system in SYSTEMS}),
            "location": forms.choice(*(place.code for place in LOCATIONS if place.is_active)),
            "hostname": forms.hostname,
            "ssh_key_id": forms.one_of({key.id: key for key in account.ssh_keys}),
            "backups_enabled": forms.flag,
        },
        required=("name", "plan_id", "os_id", "location"),
    )
    return {
        "name": order["name"],
        "hostname": order.get("hostname", order["name"]),
        "plan": order["plan_id"],
        "system": order["os_id"],
        "location": next(place for place in LOCATIONS if place.code == order["location"]),
        "backups_enabled": order.get("backups_enabled", False),
    }


def _client_order(values: dict[str, Any], account: Account) -> dict[str, Any]:
    order = forms.check(
        values,
        {
            "hostname": forms.hostname,
            "location": forms.one_of({place.id: place for place in LOCATIONS if place.is_active}),
            "plan": forms.one_of({plan.uuid: plan for plan in PLANS}),
            "os_version": forms.one_of({system.uuid: system for system in SYSTEMS}),
            "ssh_keys": forms.several_of({key.uuid: key for key in account.ssh_keys}),
        },
        required=("hostname", "location", "plan", "os_version"),
    )
    return {
        "hostname": order["hostname"],
        "plan": order["plan"],
        "system": order["os_version"],
        "location": order["location"],
    }


def _page(request: web.Request, entries: Sequence[Any]) -> web.Response:
    """Return one page; one after the last does not exist."""
    size = min(_whole(request.query.get("page_size")) or _PAGE_SIZE, _PAGE_SIZE_MOST)
    number = _whole(request.query.get("page", "1"))
    last = max(1, -(-len(entries) // size))
    if not 1 <= number <= last:
        raise denied(404, "Invalid page.")
    return respond(
        {
            "count": len(entries),
            "next": _link(request, number + 1) if number < last else None,
            "previous": _link(request, number - 1) if number > 1 else None,
            "results": entries[(number - 1) * size : number * size],
        }
    )


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def _link(request: web.Request, number: int) -> str:
    return str(request.url.update_query(page=str(number)))
