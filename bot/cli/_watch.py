"""`panel ... watch`: prints what happens on a server, a line for each event, while it happens."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from bot.cli._find import find
from bot.cli._output import iso, plain, resources, usage
from bot.domain import live
from bot.domain.errors import UnsupportedAction
from bot.domain.ports import LivePanel
from bot.domain.servers import Capability

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from bot.domain.ports import Panel

_NAMES: Mapping[type[live.Event], str] = {
    live.Connected: "connected",
    live.Disconnected: "disconnected",
    live.State: "state",
    live.Stats: "stats",
    live.Console: "console",
    live.Install: "install",
    live.Transfer: "transfer",
    live.Backup: "backup",
    live.Restored: "restored",
    live.Message: "message",
    live.Error: "error",
    live.Deleted: "deleted",
}


async def watch(panel: Panel, args: argparse.Namespace) -> None:
    """Print the events of so many seconds; raises what makes it of no use to go on."""
    if Capability.LIVE not in panel.capabilities or not isinstance(panel, LivePanel):
        raise UnsupportedAction(args.verb, kind=panel.kind)
    server = await find(panel, args.server)
    write = _json if args.json else _words
    try:
        async with asyncio.timeout(args.seconds) as limit:
            async with panel.watch(server.ref.server_id) as events:
                async for event in events:
                    print(write(event), flush=True)
    except TimeoutError:
        if not limit.expired():
            raise


def _json(event: live.Event) -> str:
    facts = asdict(event) | {"at": iso(event.at)}
    if isinstance(event, live.Stats):
        facts["resources"] = resources(event.resources)
    at = facts.pop("at")
    return json.dumps({"at": at, "event": _NAMES[type(event)], **facts})


def _words(event: live.Event) -> str:
    if isinstance(event, live.Stats):
        words = [usage(event.resources)]
    else:
        facts = {name: value for name, value in asdict(event).items() if name != "at" and value}
        words = [name if value is True else str(value) for name, value in facts.items()]
    return plain(" ".join([f"{event.at:%H:%M:%S}", _NAMES[type(event)], *words]))
