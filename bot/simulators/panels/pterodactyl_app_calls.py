"""Owns the Application API's endpoints of servers. Lets nobody in and validates no single field."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.simulators.panels import pterodactyl_app_catalog as catalog
from bot.simulators.panels import pterodactyl_app_values as values
from bot.simulators.panels import pterodactyl_daemon as daemon
from bot.simulators.panels.pterodactyl_app_form import Form
from bot.simulators.panels.pterodactyl_app_lists import included, missing, page
from bot.simulators.panels.pterodactyl_app_places import Places
from bot.simulators.panels.pterodactyl_errors import Refusal, respond
from bot.simulators.panels.pterodactyl_gate import sends_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.simulators.panels.pterodactyl_accounts import Accounts, Key
    from bot.simulators.panels.pterodactyl_app_payloads import AppPayloads
    from bot.simulators.panels.pterodactyl_app_register import Register
    from bot.simulators.panels.pterodactyl_settings import Settings
    from bot.simulators.world import Node, Server, World

_FILTER = re.compile(r"filter\[(.+)\]")
_DETAILS_LABELS = {"user": "User ID", "name": "Server Name"}
_BUILD_LABELS = {
    "add_allocations": "allocations to add",
    "remove_allocations": "allocations to remove",
    "feature_limits.databases": "Database Limit",
    "feature_limits.allocations": "Allocation Limit",
    "feature_limits.backups": "Backup Limit",
}


class AppCalls:
    """One method per endpoint; whoever comes here has the right for it."""

    def __init__(
        self,
        world: World,
        accounts: Accounts,
        register: Register,
        payloads: AppPayloads,
        *,
        settings: Settings,
    ) -> None:
        self._world = world
        self._accounts = accounts
        self._register = register
        self._payloads = payloads
        self._settings = settings
        self._places = Places(world, register)

    def find(self, number: str) -> Server:
        """Find by the whole number that is the id here; an identifier is none."""
        for server in self._world.servers:
            if str(server.id) == number:
                return server
        raise missing()

    async def list_servers(self, request: web.Request, key: Key) -> web.Response:
        """GET /api/application/servers."""
        servers = list(self._world.servers)
        for name, text in request.query.items():
            if found := _FILTER.fullmatch(name):
                look = self._filter(found[1])
                servers = [each for each in servers if text.lower() in look(each).lower()]
        include = included(request)
        shown = [self._payloads.server(server, key, include=include) for server in servers]
        return page(shown, request)

    async def show(self, request: web.Request, key: Key, server: Server) -> web.Response:
        """GET /api/application/servers/{server}."""
        return respond(self._payloads.server(server, key, include=included(request)))

    async def show_external(self, request: web.Request, key: Key) -> web.Response:
        """GET /api/application/servers/external/{external}."""
        for server in self._world.servers:
            if server.external_id == request.match_info["external"]:
                return await self.show(request, key, server)
        raise missing()

    async def create(self, request: web.Request, key: Key) -> web.Response:
        """POST /api/application/servers; what the daemon does not take is not kept."""
        form = Form(await _body(request))
        identity = values.read_identity(form, self._world, server=None)
        owner = self._read_owner(form)
        runs = values.read_egg(form, image="docker_image")
        skip_scripts = form.flag("skip_scripts") or False
        oom_disabled = form.flag("oom_disabled")
        form.array("limits", required=True)
        limits = values.read_limits(form, below="limits.")
        features = values.read_features(form)
        find_place = self._places.read(form)
        form.check()
        allocation, *additional = find_place(limits)
        egg = catalog.EGGS[runs["egg"]]
        environment = values.read_environment(form, egg)
        await self._order(allocation.node)
        server = self._world.add_server(
            **identity,
            node=allocation.node,
            port=allocation.port,
            more_ports=tuple(each.port for each in additional),
        )
        server.installing = True
        self._accounts.own(owner, server)
        entry = self._register.entry(server)
        entry.egg, entry.image, entry.startup = egg, runs["image"], runs["startup"]
        entry.environment, entry.features = environment, features
        values.apply_limits(server, entry, limits)
        entry.skip_scripts = skip_scripts
        entry.oom_disabled = True if oom_disabled is None else oom_disabled
        return respond(self._payloads.server(server, key, include=included(request)), 201)

    async def update_details(self, request: web.Request, key: Key, server: Server) -> web.Response:
        """PATCH /api/application/servers/{server}/details."""
        form = Form(await _body(request), labels=_DETAILS_LABELS)
        identity = values.read_identity(form, self._world, server=server)
        owner = self._read_owner(form)
        form.check()
        for name, value in identity.items():
            setattr(server, name, value)
        self._accounts.own(owner, server)
        return self._changed(request, key, server)

    async def update_build(self, request: web.Request, key: Key, server: Server) -> web.Response:
        """PATCH /api/application/servers/{server}/build; the daemon may learn of it later."""
        form = Form(await _body(request), labels=_BUILD_LABELS)
        default = form.number("allocation")
        oom_disabled = form.flag("oom_disabled")
        below = "limits." if form.array("limits") else ""
        limits = values.read_limits(form, below=below)
        added, removed = form.numbers("add_allocations"), form.numbers("remove_allocations")
        features = values.read_features(form)
        form.check()
        server.port, *more = self._places.change(server, default, added=added, removed=removed)
        server.more_ports = tuple(more)
        entry = self._register.entry(server)
        values.apply_limits(server, entry, limits)
        entry.features = features
        if oom_disabled is not None:
            entry.oom_disabled = oom_disabled
        return self._changed(request, key, server)

    async def update_startup(self, request: web.Request, key: Key, server: Server) -> web.Response:
        """PATCH /api/application/servers/{server}/startup."""
        form = Form(await _body(request))
        runs = values.read_egg(form, image="image")
        skip_scripts = form.flag("skip_scripts", present=True)
        form.check()
        egg = catalog.EGGS[runs["egg"]]
        environment = values.read_environment(form, egg)
        entry = self._register.entry(server)
        entry.egg, entry.image, entry.startup = egg, runs["image"], runs["startup"]
        entry.environment, entry.skip_scripts = environment, skip_scripts or False
        return self._changed(request, key, server)

    async def suspend(self, _request: web.Request, _key: Key, server: Server) -> web.Response:
        """POST /api/application/servers/{server}/suspend; undone where the daemon fails."""
        return await self._toggle(server, suspended=True)

    async def unsuspend(self, _request: web.Request, _key: Key, server: Server) -> web.Response:
        """POST /api/application/servers/{server}/unsuspend."""
        return await self._toggle(server, suspended=False)

    async def reinstall(self, _request: web.Request, _key: Key, server: Server) -> web.Response:
        """POST /api/application/servers/{server}/reinstall."""
        await self._order(server.node)
        server.installing = True
        return web.Response(status=204)

    async def delete(self, request: web.Request, _key: Key, server: Server) -> web.Response:
        """DELETE /api/application/servers/{server}, or with /force, whatever the daemon says."""
        try:
            await self._order(server.node)
        except Refusal as refusal:
            # A daemon that does not know the server has nothing to delete.
            if refusal.status != 404 and not request.path.rstrip("/").endswith("/force"):
                raise
        self._world.remove_server(server)
        return web.Response(status=204)

    async def _toggle(self, server: Server, *, suspended: bool) -> web.Response:
        if server.suspended != suspended:
            if server.condition == "transferring":
                raise Refusal(
                    409,
                    "ConflictHttpException",
                    detail="Cannot toggle suspension status on a server"
                    " that is currently being transferred.",
                )
            await self._order(server.node)
            server.suspended = suspended
            self._register.touch(server)
        return web.Response(status=204)

    async def _order(self, node: Node) -> None:
        await daemon.order(node, self._settings.daemon_timeout_seconds)

    def _changed(self, request: web.Request, key: Key, server: Server) -> web.Response:
        self._register.touch(server)
        return respond(self._payloads.server(server, key, include=included(request)))

    def _filter(self, name: str) -> Callable[[Server], str]:
        filters: dict[str, Callable[[Server], str]] = {
            "uuid": lambda server: server.uuid,
            "uuidShort": lambda server: server.identifier,
            "name": lambda server: server.name,
            "description": lambda server: server.description,
            "image": lambda server: self._register.entry(server).image,
            "external_id": lambda server: server.external_id or "",
        }
        if name not in filters:
            raise Refusal(
                400,
                "InvalidFilterQuery",
                detail=f"Requested filter(s) `{name}` are not allowed."
                f" Allowed filter(s) are `{', '.join(filters)}`.",
            )
        return filters[name]

    def _read_owner(self, form: Form) -> Any:
        users = {user.id: user for user in self._accounts.users}
        number = form.number("user")
        form.exists("user", number, users)
        return users.get(number)


async def _body(request: web.Request) -> Any:
    if sends_json(request):
        return await request.json() if await request.read() else {}
    return dict(await request.post())
