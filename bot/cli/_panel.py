"""Drives one panel without Discord. Knows no rights: whoever has the configuration has the keys."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING

from bot.cli._failures import UnknownPanel
from bot.cli._output import as_json, card, plain, table
from bot.domain.commands import console_line
from bot.domain.errors import (
    AmbiguousServer,
    ServerNotFound,
    UnknownServer,
    UnsupportedAction,
)
from bot.domain.ports import CommandPanel
from bot.domain.servers import Capability, PowerAction
from bot.panels import PanelHub
from bot.services.clock import SystemClock
from bot.settings import panel_settings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from bot.config import Config
    from bot.domain.ports import Panel
    from bot.domain.servers import Server

_ID = re.compile("[A-Za-z0-9_-]{1,64}")


def execute(args: argparse.Namespace, config: Config) -> int:
    """Do what is asked of the panel and print the answer."""
    print(asyncio.run(_ask(args, config)))
    return 0


async def _ask(args: argparse.Namespace, config: Config) -> str:
    settings = panel_settings(config)
    if args.panel not in settings:
        raise UnknownPanel(args.panel, list(settings))
    async with PanelHub(clock=SystemClock()) as hub:
        return await answer(hub.open(settings[args.panel]), args)


async def answer(panel: Panel, args: argparse.Namespace) -> str:
    """Carry out one verb and return what is to be printed."""
    if args.verb == "list":
        servers = _selected(await panel.list_servers(), args.state, args.search)
        return json.dumps([as_json(server) for server in servers]) if args.json else table(servers)
    if args.verb == "show":
        server = await find(panel, args.server)
        return json.dumps(as_json(server)) if args.json else card(server)
    if args.verb == "power":
        server = await _power(panel, args.server, PowerAction(args.action))
        action = args.action
    else:
        server = await _command(panel, args.server, args.text)
        action = args.verb
    if args.json:
        return json.dumps({"ref": str(server.ref), "action": action, "accepted": True})
    return f"The panel accepted {action} for {plain(server.name)} ({server.ref})."


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


async def _power(panel: Panel, text: str, action: PowerAction) -> Server:
    if Capability(action) not in panel.capabilities:
        raise UnsupportedAction(action, kind=panel.kind)
    server = await find(panel, text)
    await panel.power(server.ref.server_id, action)
    return server


async def _command(panel: Panel, text: str, command: str) -> Server:
    if Capability.COMMAND not in panel.capabilities or not isinstance(panel, CommandPanel):
        raise UnsupportedAction(Capability.COMMAND, kind=panel.kind)
    line = console_line(command)
    server = await find(panel, text)
    await panel.send_command(server.ref.server_id, line)
    return server


def _selected(servers: Iterable[Server], state: str | None, search: str) -> list[Server]:
    wanted = search.casefold()
    return [
        server
        for server in servers
        if state in (None, server.state)
        and any(
            wanted in field.casefold()
            for field in (server.name, server.ref.server_id, *server.addresses)
        )
    ]


def _unknown(text: str, servers: Sequence[Server]) -> UnknownServer:
    error = UnknownServer(text)
    similar = _selected(servers, None, text)
    if similar:
        named = ", ".join(f"{server.name} ({server.ref})" for server in similar)
        error.add_note(f"Similar: {named}")
    return error
