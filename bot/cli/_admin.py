"""Creates, changes, suspends and deletes servers. Knows no kind of panel and no field of any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cli._failures import NotConfirmed
from bot.cli._find import find
from bot.cli._output import accepted, shown
from bot.domain.errors import UnsupportedAction
from bot.domain.ports import AdminPanel
from bot.domain.servers import Capability

if TYPE_CHECKING:
    import argparse

    from bot.domain.ports import Panel

VERBS = frozenset({"create", "update", "build", "suspend", "unsuspend", "delete"})


async def answer(panel: Panel, args: argparse.Namespace) -> str:
    """Carry out one of the verbs and return what is to be printed."""
    if args.verb == "delete" and not args.yes:
        raise NotConfirmed("delete is for good: add --yes if that is what you want")
    needed = _capability(args)
    if needed not in panel.capabilities or not isinstance(panel, AdminPanel):
        raise UnsupportedAction(_typed(args), kind=panel.kind)
    if args.verb == "create":
        return shown(await panel.create(args.values), in_json=args.json)
    server = await find(panel, args.server)
    server_id = server.ref.server_id
    if args.verb == "update":
        changed = await panel.update(server_id, args.values, replace=args.full)
        return shown(changed, in_json=args.json)
    if args.verb == "build":
        return shown(await panel.build(server_id, args.values), in_json=args.json)
    if args.verb == "suspend":
        await panel.suspend(server_id)
    elif args.verb == "unsuspend":
        await panel.unsuspend(server_id)
    else:
        await panel.delete(server_id, force=args.force)
    return accepted(server, args.verb, in_json=args.json)


def _capability(args: argparse.Namespace) -> Capability:
    if args.verb == "update" and args.full:
        return Capability.REPLACE
    if args.verb == "delete" and args.force:
        return Capability.FORCE_DELETE
    return Capability.SUSPEND if args.verb == "unsuspend" else Capability(args.verb)


def _typed(args: argparse.Namespace) -> str:
    options = [f"--{name}" for name in ("full", "force") if getattr(args, name, False)]
    return " ".join([args.verb, *options])
