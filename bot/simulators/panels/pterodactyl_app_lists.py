"""Owns the lists of the Application API that say what a server can be made of. Changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from bot.simulators.panels import pterodactyl_app_catalog as catalog
from bot.simulators.panels.pterodactyl_errors import Refusal, respond

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiohttp import web

    from bot.simulators.panels.pterodactyl_accounts import Accounts
    from bot.simulators.panels.pterodactyl_app_payloads import AppPayloads
    from bot.simulators.panels.pterodactyl_app_register import Register
    from bot.simulators.world import World

_PER_PAGE = 50


class AppLists:
    """One method per endpoint; whoever comes here has the right for it."""

    def __init__(
        self, world: World, accounts: Accounts, register: Register, payloads: AppPayloads
    ) -> None:
        self._world = world
        self._accounts = accounts
        self._register = register
        self._payloads = payloads

    async def users(self, request: web.Request) -> web.Response:
        """GET /api/application/users."""
        return page([self._payloads.user(user) for user in self._accounts.users], request)

    async def nodes(self, request: web.Request) -> web.Response:
        """GET /api/application/nodes."""
        return page([self._payloads.node(node) for node in self._world.nodes], request)

    async def locations(self, request: web.Request) -> web.Response:
        """GET /api/application/locations."""
        return page([self._payloads.location()], request)

    async def nests(self, request: web.Request) -> web.Response:
        """GET /api/application/nests."""
        return page([self._payloads.nest()], request)

    async def eggs(self, request: web.Request) -> web.Response:
        """GET /api/application/nests/{nest}/eggs: all at once, without pages."""
        _of_the_only_nest(request)
        shown = [self._egg(egg, request) for egg in catalog.EGGS.values()]
        return respond({"object": "list", "data": shown})

    async def egg(self, request: web.Request) -> web.Response:
        """GET /api/application/nests/{nest}/eggs/{egg}."""
        _of_the_only_nest(request)
        wanted = request.match_info["egg"]
        egg = catalog.EGGS.get(int(wanted) if wanted.isdecimal() else 0)
        if egg is None:
            raise missing()
        return respond(self._egg(egg, request))

    async def allocations(self, request: web.Request) -> web.Response:
        """GET /api/application/nodes/{node}/allocations."""
        wanted = request.match_info["node"]
        number = int(wanted) if wanted.isdecimal() else 0
        if not 0 < number <= len(self._world.nodes):
            raise missing()
        node = self._world.nodes[number - 1]
        here = [each for each in self._register.allocations() if each.node is node]
        return page([self._payloads.allocation(each) for each in here], request)

    def _egg(self, egg: catalog.Egg, request: web.Request) -> dict[str, Any]:
        return self._payloads.egg(egg, with_variables="variables" in included(request))


def page(shown: Sequence[dict[str, Any]], request: web.Request) -> web.Response:
    """Answer with one page; its size has no limit, and its links forget all but the page."""
    per_page = _whole(request.query.get("per_page"), _PER_PAGE)
    current = _whole(request.query.get("page"), 1)
    pages = max(1, -(-len(shown) // per_page))
    chosen = shown[(current - 1) * per_page : current * per_page]
    here = str(request.url.origin()) + request.path.rstrip("/")
    links = {}
    if current > 1:
        links["previous"] = f"{here}?{urlencode({'page': current - 1})}"
    if current < pages:
        links["next"] = f"{here}?{urlencode({'page': current + 1})}"
    pagination = {
        "total": len(shown),
        "count": len(chosen),
        "per_page": per_page,
        "current_page": current,
        "total_pages": pages,
        "links": links,
    }
    return respond({"object": "list", "data": list(chosen), "meta": {"pagination": pagination}})


def included(request: web.Request) -> list[str]:
    """Return what is to be included."""
    return request.query.get("include", "").split(",")


def missing() -> Refusal:
    """Refuse an id that there is not."""
    detail = "The requested resource could not be found on the server."
    return Refusal(404, "NotFoundHttpException", detail=detail)


def _of_the_only_nest(request: web.Request) -> None:
    if request.match_info["nest"] != "1":
        raise missing()


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and int(text) > 0 else default
