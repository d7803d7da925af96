"""Reads and writes the frames of a node's websocket. Pure: sends nothing, decides nothing.

A frame is JSON text, `{"event": str, "args": [str, ...]}`, `args` absent where there are none.
The node drops a frame whose arguments are no texts without a word. Stats and backups come as
JSON inside of a text. (Document 002; Wings 1.11.)
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain import live
from bot.domain.servers import Resources
from bot.panels._console_text import clean
from bot.panels._json import integer, mapping, milliseconds, number, text
from bot.panels._pterodactyl_parse import power_state

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

# Before Wings 1.6 the backup's uuid follows, after a colon.
_BACKUP = "backup completed"
_LONGEST_WORD = 100


@dataclass(frozen=True, slots=True)
class Frame:
    """What a node says; `argument` is the first one, "" where there is none."""

    event: str
    argument: str = ""


def encode(event: str, *args: str) -> str:
    """Return a frame to send."""
    return json.dumps({"event": event, "args": args})


def decode(data: str) -> Frame | None:
    """Return what came; None where it is no frame."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return None
    event = text(mapping(value).get("event"))
    if event is None:
        return None
    args = mapping(value).get("args")
    first = args[0] if isinstance(args, list) and args else None
    return Frame(event, text(first) or "")


def to_event(frame: Frame, at: datetime) -> live.Event | None:
    """Return what a frame tells of the server; None where that is nothing, or not known here."""
    if frame.event.startswith(_BACKUP):
        return _backup(frame, at)
    read = _READERS.get(frame.event)
    return read(frame.argument, at) if read else None


def _stats(document: str, at: datetime) -> live.Stats | None:
    stats = _object(document)
    if not stats:
        return None
    network = mapping(stats.get("network"))
    cpu = number(stats.get("cpu_absolute"))
    resources = Resources(
        cpu_percent=None if cpu is None else float(cpu),
        memory_bytes=integer(stats.get("memory_bytes")),
        # None while the server is off, and where it is not limited.
        memory_limit_bytes=integer(stats.get("memory_limit_bytes")) or None,
        disk_bytes=integer(stats.get("disk_bytes")),
        network_rx_bytes=integer(network.get("rx_bytes")),
        network_tx_bytes=integer(network.get("tx_bytes")),
        uptime=milliseconds(stats.get("uptime")),
    )
    return live.Stats(at, resources)


def _backup(frame: Frame, at: datetime) -> live.Backup:
    backup = _object(frame.argument)
    uuid = text(backup.get("uuid")) or frame.event.removeprefix(_BACKUP).lstrip(":")
    return live.Backup(
        at,
        id=clean(uuid)[:_LONGEST_WORD],
        successful=backup.get("is_successful") is True,
    )


def _object(document: str) -> Mapping[str, object]:
    try:
        return mapping(json.loads(document))
    except (ValueError, RecursionError):
        return {}


_READERS: Mapping[str, Callable[[str, datetime], live.Event | None]] = {
    "status": lambda word, at: live.State(at, power_state(word)),
    "stats": _stats,
    "console output": lambda line, at: live.Console(at, clean(line)),
    "install started": lambda _, at: live.Install(at, live.InstallPhase.STARTED),
    "install output": lambda line, at: live.Install(at, live.InstallPhase.OUTPUT, clean(line)),
    "install completed": lambda _, at: live.Install(at, live.InstallPhase.COMPLETED),
    "transfer status": lambda word, at: live.Transfer(at, status=clean(word)[:_LONGEST_WORD]),
    "transfer logs": lambda line, at: live.Transfer(at, line=clean(line)),
    "backup restore completed": lambda _, at: live.Restored(at),
    "daemon message": lambda line, at: live.Message(at, clean(line)),
    "daemon error": lambda line, at: live.Error(at, clean(line)),
    "throttled": lambda what, at: live.Error(at, f"the node took too much: {clean(what)}"),
}
