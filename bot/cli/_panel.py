"""Drives one panel without Discord. Knows no rights: whoever has the configuration has the keys."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from bot.cli import _admin, _watch
from bot.cli._failures import UnknownPanel
from bot.cli._find import find, select
from bot.cli._output import accepted, as_json, shown, table
from bot.domain.commands import console_line
from bot.domain.errors import UnsupportedAction
from bot.domain.ports import CommandPanel
from bot.domain.servers import Capability, PowerAction, ServerFilter, ServerState
from bot.panels import PANELS, PanelHub
from bot.services.clock import SystemClock
from bot.settings import panel_settings

if TYPE_CHECKING:
    import argparse

    from bot.config import Config
    from bot.domain.ports import Panel
    from bot.domain.servers import Server


def execute(args: argparse.Namespace, config: Config) -> int:
    """Do what is asked of the panel and print the answer."""
    asyncio.run(_ask(args, config))
    return 0


async def _ask(args: argparse.Namespace, config: Config) -> None:
    settings = panel_settings(config)
    if args.panel not in settings:
        raise UnknownPanel(args.panel, list(settings))
    async with PanelHub(clock=SystemClock()) as hub:
        panel = hub.open(settings[args.panel])
        try:
            if args.verb == "watch":
                await _watch.watch(panel, args)
            else:
                print(await answer(panel, args))
        except UnsupportedAction as error:
            if "dialect" in PANELS[panel.kind].options:
                spoken = settings[args.panel].options.get("dialect", "not set")
                error.add_note(f"Its options.dialect is {spoken}")
            raise


async def answer(panel: Panel, args: argparse.Namespace) -> str:
    """Carry out one verb and return what is to be printed."""
    if args.verb == "list":
        state = args.state and ServerState(args.state)
        wanted = ServerFilter(state=state, location=args.location, search=args.search)
        servers = await select(panel, wanted)
        return json.dumps([as_json(server) for server in servers]) if args.json else table(servers)
    if args.verb == "show":
        server = await find(panel, args.server)
        return shown(server, in_json=args.json)
    if args.verb in _admin.VERBS:
        return await _admin.answer(panel, args)
    if args.verb == "power":
        server = await _power(panel, args.server, PowerAction(args.action))
        action = args.action
    else:
        server = await _command(panel, args.server, args.text)
        action = args.verb
    return accepted(server, action, in_json=args.json)


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
