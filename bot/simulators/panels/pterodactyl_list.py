"""Owns the panel's list: which servers, which of them match, which page. Renders none of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from bot.simulators.panels.pterodactyl_errors import GENERIC, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.simulators.panels.pterodactyl_accounts import Accounts, User
    from bot.simulators.panels.pterodactyl_dialect import Dialect
    from bot.simulators.world import Server

    Query = Mapping[str, str]

_PER_PAGE = 50
_PER_PAGE_MOST = 100
_FILTER = re.compile(r"filter\[(.+)\]")
_ADDRESS = re.compile(r"((?:\d{1,3}\.){3}\d{1,3})?(?::(\d{1,5}))?")


def show(
    servers: Sequence[Server], query: Query, *, user: User, accounts: Accounts
) -> list[Server]:
    """Pick by `type`; who is no admin gets an empty list for the admin types, not an error."""
    kind = query.get("type")
    if kind == "admin-all":
        return [server for server in servers if user.admin]
    if kind == "admin":
        return [server for server in servers if user.admin and not accounts.has_share(user, server)]
    if kind == "owner":
        return [server for server in servers if accounts.owns(user, server)]
    return [server for server in servers if accounts.has_share(user, server)]


def match(servers: Sequence[Server], query: Query, *, dialect: Dialect) -> list[Server]:
    """Pick by every `filter[...]`; refuses names that this version does not know."""
    allowed = _filters(dialect)
    wanted = {found[1]: text for key, text in query.items() if (found := _FILTER.fullmatch(key))}
    unknown = ", ".join(name for name in wanted if name not in allowed)
    if unknown:
        raise Refusal(
            400,
            "InvalidFilterQuery",
            detail=f"Requested filter(s) `{unknown}` are not allowed."
            f" Allowed filter(s) are `{', '.join(allowed)}`.",
        )
    # The query library makes a list of a text with commas, which the smart search chokes on.
    if "," in wanted.get("*", ""):
        raise Refusal(500, "TypeError", detail=GENERIC)
    return [
        server
        for server in servers
        if all(
            any(allowed[name](server, part.lower()) for part in text.split(","))
            for name, text in wanted.items()
        )
    ]


def cut(servers: Sequence[Server], query: Query, *, url: str) -> tuple[list[Server], Any]:
    """Return one page and its `pagination`; a page past the end is empty."""
    per_page = min(_whole(query.get("per_page"), _PER_PAGE), _PER_PAGE_MOST)
    page = _whole(query.get("page"), 1)
    pages = max(1, -(-len(servers) // per_page))
    chosen = list(servers[(page - 1) * per_page : page * per_page])
    links = {}
    if page > 1:
        links["previous"] = _page_url(url, query, page - 1)
    if page < pages:
        links["next"] = _page_url(url, query, page + 1)
    return chosen, {
        "total": len(servers),
        "count": len(chosen),
        "per_page": per_page,
        "current_page": page,
        "total_pages": pages,
        "links": links,
    }


def _filters(dialect: Dialect) -> dict[str, Callable[[Server, str], bool]]:
    filters: dict[str, Callable[[Server, str], bool]] = {
        "uuid": lambda server, text: text in server.uuid,
        "name": lambda server, text: text in server.name.lower(),
        "description": lambda server, text: text in server.description.lower(),
        "external_id": lambda server, text: text in (server.external_id or "").lower(),
        "*": _smart,
    }
    if not dialect.since(1, 9):
        del filters["description"]
    if not dialect.since(1, 1):
        del filters["*"]
    return filters


def _smart(server: Server, text: str) -> bool:
    """Search addresses by `1.2.3.4`, `1.2.3.4:25565` or `:25565`, else identity and name."""
    address = _ADDRESS.fullmatch(text)
    if text and address:
        ip, port = address.groups()
        ports = (server.port, *server.more_ports)
        return ip in (None, server.node.ip) and any(
            str(number).startswith(port or "") for number in ports
        )
    return server.uuid.startswith(text) or server.external_id == text or text in server.name.lower()


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and int(text) > 0 else default


def _page_url(url: str, query: Query, page: int) -> str:
    """Keep what was asked for; the page comes last."""
    kept = {key: value for key, value in query.items() if key != "page"}
    return f"{url}?{urlencode(kept | {'page': page})}"
