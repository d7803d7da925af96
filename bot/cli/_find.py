"""Which server of a panel a text means, and which servers a filter admits. Changes nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.domain.errors import AmbiguousServer, ServerNotFound, UnknownServer
from bot.domain.ports import SelectivePanel
from bot.domain.servers import ServerFilter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.ports import Panel
    from bot.domain.servers import Server

_ID = re.compile("[A-Za-z0-9_-]{1,64}")


async def find(panel: Panel, text: str) -> Server:
    """Return the server of that id, `panel:id`, exact name, or name but for its case.

    An id wins over a name, and is asked for first: a list may cost a request for each server.
    """
    server_id = text.removeprefix(f"{panel.panel_id}:")
    if _ID.fullmatch(server_id):
        try:
            return await panel.get_server(server_id)
        except ServerNotFound:
            pass  # it may be a name as well
    servers = await panel.list_servers()
    for found in (
        [server for server in servers if server.ref.server_id == server_id],
        [server for server in servers if server.name == text],
        [server for server in servers if server.name.casefold() == text.casefold()],
    ):
        if len(found) > 1:
            raise AmbiguousServer(text, tuple(found))
        if found:
            return await panel.get_server(found[0].ref.server_id)
    raise _unknown(text, servers)


async def select(panel: Panel, wanted: ServerFilter) -> list[Server]:
    """Return the servers that are wanted, whatever the panel makes of a filter."""
    if isinstance(panel, SelectivePanel):
        servers = await panel.select_servers(wanted)
    else:
        servers = await panel.list_servers()
    return [server for server in servers if wanted.admits(server)]


def _unknown(text: str, servers: Sequence[Server]) -> UnknownServer:
    error = UnknownServer(text)
    similar = list(filter(ServerFilter(search=text).admits, servers))
    if similar:
        named = ", ".join(f"{server.name} ({server.ref})" for server in similar)
        error.add_note(f"Similar: {named}")
    return error
