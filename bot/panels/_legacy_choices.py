"""Asks a Pterodactyl before 0.7 what can be chosen for a server. Changes nothing.

Lists below `/api`, in 0.6 below `/api/admin`, each with a right of its own; without the right, or
where a version has no such list, there are no choices and the value can still be typed:

    GET /users · /locations · /nodes · /services    0.4 and 0.6: users and nodes in pages
    GET /services/{id}                              with its options; 0.6: `include=options`
    GET /nodes/allocations                          0.4 and 0.5: those of all nodes
    GET /nodes/{id}?include=allocations             0.6

A list is bare, or stands under the name of its table, in `data` or, included, in `included`.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bot.domain.administration import Choice
from bot.domain.errors import PanelForbidden, PanelProtocolError, PanelRefused
from bot.panels._errors import Call
from bot.panels._json import integer, mapping, mappings, text
from bot.panels._legacy_parse import addresses_of, id_of
from bot.panels._pages import Page, each

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from bot.domain.administration import Field
    from bot.panels._http import PanelHttp
    from bot.panels._legacy_dialect import Columns

    Entries = Sequence[Columns]
    Offered = dict[str, tuple[Choice, ...]]
    """Choices by the name of the field."""

_log = logging.getLogger(__name__)

_OWNERS = frozenset({"owner", "user_id", "owner_id"})
_LOCATIONS = frozenset({"location", "location_id"})
_NODES = frozenset({"node", "node_id"})
_SERVICES = frozenset({"service", "service_id"})
_ALLOCATIONS = frozenset({"allocation", "allocation_id", "default"})


class Choices:
    """The lists of one panel."""

    def __init__(self, http: PanelHttp, *, root: str, is_by_node: bool) -> None:
        self._http = http
        self._root = root
        self._is_by_node = is_by_node
        """Whether each node lists its own addresses."""

    async def filled(self, fields: Sequence[Field], columns: Columns) -> Sequence[Field]:
        """Return the fields with their choices; `columns` are those of the server to change."""
        names = {field.name for field in fields}
        offered: Offered = {}
        if names & _OWNERS:
            offered |= _owners(await self._listed("/users", "user"))
        if names & _LOCATIONS:
            offered |= _named(_LOCATIONS, await self._listed("/locations", "location"), "short")
        if names & _SERVICES:
            services = await self._listed("/services", "service")
            offered |= _named(_SERVICES, services, "name") | await self._options(services)
        if names & _ALLOCATIONS:
            offered |= await (self._addresses_of(columns) if columns else self._places())
        return [replace(field, choices=offered.get(field.name, ())) for field in fields]

    async def _places(self) -> Offered:
        """Return the nodes, and the addresses on them that are free."""
        nodes = await self._listed("/nodes", "node")
        return _named(_NODES, nodes, "name") | _free(await self._allocations(nodes), nodes)

    async def _addresses_of(self, columns: Columns) -> Offered:
        """Return the addresses that a server has, and those that it could have."""
        return _changes(await self._allocations([{"id": _node_of(columns)}]), columns)

    async def _options(self, services: Entries) -> Offered:
        found = [
            {**option, "name": f"{text(service.get('name'))}: {text(option.get('name'))}"}
            for service in services
            for option in await self._listed(
                f"/services/{integer(service.get('id'))}", "option", include="options"
            )
        ]
        return _named({"option", "option_id"}, found, "name")

    async def _allocations(self, nodes: Entries) -> Entries:
        if not self._is_by_node:
            return await self._listed("/nodes/allocations", "allocation")
        return [
            allocation
            for node in nodes
            for allocation in await self._listed(
                f"/nodes/{integer(node.get('id'))}", "allocation", include="allocations"
            )
        ]

    async def _listed(self, path: str, kind: str, **params: str) -> Entries:
        ask = partial(self._page, path, kind, params)
        try:
            return [entry async for _, entry in each(ask, id_of)]
        except (PanelForbidden, PanelProtocolError, PanelRefused) as error:
            _log.debug("panel %s: no choices from %s: %s", self._http.panel_id, path, error)
            return []

    async def _page(
        self, path: str, kind: str, params: Mapping[str, str], number: int
    ) -> Page[Columns]:
        query = {**params, "page": str(number)} if number > 1 else params
        data = await self._http.request(Call("GET", self._root + path, params=query))
        found = _entries(data, kind)
        pages = integer(
            mapping(mapping(mapping(data).get("meta")).get("pagination")).get("total_pages")
        )
        return Page([entry for entry in found if id_of(entry)], len(found), pages or 1)


def _entries(data: object, kind: str) -> Entries:
    """Return what stands there of that kind, attributes and id in one."""
    document = mapping(data)
    found = mappings(data) or mappings(document.get(f"{kind}s"))
    found = found or [
        entry for entry in mappings(document.get("included")) if entry.get("type") == kind
    ]
    return [
        {**entry, **mapping(entry.get("attributes"))}
        for entry in found or mappings(document.get("data"))
    ]


def _owners(users: Entries) -> Offered:
    """0.4 and 0.5 ask for the e-mail, 0.6 for the number."""
    emails = (text(user.get("email")) for user in users)
    by_number = _named({"user_id", "owner_id"}, users, "username")
    return {"owner": tuple(Choice(email, email) for email in emails if email), **by_number}


def _free(allocations: Entries, nodes: Entries) -> Offered:
    """Return what a new server may have."""
    names = {id_of(node): text(node.get("name")) for node in nodes}
    found = [
        {**entry, "name": f"{address} on {names[node]}" if names.get(node) else address}
        for entry in allocations
        if _holder(entry) is None and (address := _address(entry))
        for node in [str(_node_of(entry))]
    ]
    return _named({"allocation", "allocation_id"}, found, "name")


def _changes(allocations: Entries, columns: Columns) -> Offered:
    """Return what a server may take and give away, by number, and by ip:port before 0.6."""
    listed = [{**entry, "name": _address(entry)} for entry in allocations]
    own = [entry for entry in listed if str(_holder(entry)) == id_of(columns)]
    free = [
        entry for entry in listed if _holder(entry) is None and _node_of(entry) == _node_of(columns)
    ]
    default = columns.get("allocation_id", columns.get("allocation"))
    more = [entry for entry in own if integer(entry.get("id")) != integer(default)]
    return {
        **_named({"allocation_id"}, own, "name"),
        **_named({"add_allocations"}, free, "name"),
        **_named({"remove_allocations"}, more, "name"),
        "default": _by_address(own),
        "add_additional": _by_address(free),
        "remove_additional": _by_address(more),
    }


def _named(names: Collection[str], entries: Entries, label: str) -> Offered:
    """Return the entries by number, the same for each of these names."""
    choices = tuple(
        Choice(number, text(entry.get(label)) or text(entry.get("email")) or str(number))
        for entry in entries
        if (number := integer(entry.get("id"))) is not None
    )
    return dict.fromkeys(names, choices)


def _by_address(entries: Entries) -> tuple[Choice, ...]:
    # These fields take the address itself, not what it is called.
    addresses = (f"{text(entry.get('ip'))}:{integer(entry.get('port'))}" for entry in entries)
    return tuple(Choice(address, address) for address in addresses)


def _address(allocation: Columns) -> str:
    alias = allocation.get("ip_alias")
    return next(iter(addresses_of([{**allocation, "alias": alias}])), "")


def _holder(allocation: Columns) -> int | None:
    return integer(allocation.get("server_id", allocation.get("assigned_to")))


def _node_of(columns: Columns) -> int | None:
    return integer(columns.get("node_id", columns.get("node")))
