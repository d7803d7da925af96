"""How servers are printed: exact JSON for scripts, plain text for people. Asks no panel.

All text that a panel gave is stripped of what could drive a terminal.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC
from typing import TYPE_CHECKING
from unicodedata import combining, east_asian_width

from bot.domain.servers import Resources, Traffic
from bot.ui.render.text import duration, figure, size

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.domain.servers import Server


def as_json(server: Server) -> dict[str, object]:
    """Return what `--json` prints of a server; what is not known is null."""
    return {
        "ref": str(server.ref),
        "id": server.ref.server_id,
        "name": server.name,
        "description": server.description,
        "state": server.state.value,
        "node": server.node,
        "location": server.location,
        "plan": server.plan,
        "os": server.os,
        "addresses": list(server.addresses),
        "limits": asdict(server.limits),
        "resources": server.resources and resources(server.resources),
        "traffic": server.traffic and asdict(server.traffic),
        "created_at": server.created_at and iso(server.created_at),
        "extra": dict(server.extra),
        "observed_at": iso(server.observed_at),
    }


def shown(server: Server, *, in_json: bool) -> str:
    """Return all that is known of a server, for scripts or for people."""
    return json.dumps(as_json(server)) if in_json else card(server)


def accepted(server: Server, action: str, *, in_json: bool) -> str:
    """Return that the panel said yes, which is not that it is done."""
    if in_json:
        return json.dumps({"ref": str(server.ref), "action": action, "accepted": True})
    return f"The panel accepted {action} for {plain(server.name)} ({server.ref})."


def table(servers: Sequence[Server]) -> str:
    """Return a line for each server, in columns."""
    head = ("STATE", "NAME", "ID", "CPU", "MEMORY", "DISK", "ADDRESS")
    rows = [head, *(_row(server) for server in servers)]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(_pad(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def card(server: Server) -> str:
    """Return all that is known of a server, a line for each fact."""
    facts: dict[str, object] = {
        "state": server.state.value,
        "address": ", ".join(server.addresses),
        **_usage(server),
        "description": server.description,
        "node": server.node,
        "location": server.location,
        "plan": server.plan,
        "os": server.os,
        "created": server.created_at and iso(server.created_at),
    }
    extra = {key.replace("_", " "): value for key, value in server.extra.items()}
    # The panel's own words never stand for the card's.
    facts |= {key: value for key, value in extra.items() if key not in {*facts, "observed"}}
    facts["observed"] = iso(server.observed_at)
    words = {key: _words(value) for key, value in facts.items()}
    known = {key: plain(text) for key, text in words.items() if text}
    width = max(map(len, known))
    lines = (f"  {plain(key):{width}}  {value}" for key, value in known.items())
    return "\n".join([f"{plain(server.name)} ({server.ref})", *lines])


def plain(text: str) -> str:
    """Return the text on one line and without control characters."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def resources(used: Resources) -> dict[str, object]:
    """Return what `--json` prints of usage."""
    facts = asdict(used)
    uptime = facts.pop("uptime")
    return {**facts, "uptime_seconds": None if uptime is None else uptime.total_seconds()}


def iso(moment: datetime) -> str:
    """Return a moment as `--json` prints it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def usage(used: Resources) -> str:
    """Return what a server uses in a few words."""
    facts = {
        "cpu": _percent(used.cpu_percent),
        "memory": _of(_size(used.memory_bytes), _size(used.memory_limit_bytes)),
        "disk": _of(_size(used.disk_bytes), _size(used.disk_limit_bytes)),
        "up for": duration(used.uptime) if used.uptime else "",
    }
    return ", ".join(f"{name} {fact}" for name, fact in facts.items() if fact)


def _row(server: Server) -> tuple[str, ...]:
    used = server.resources or Resources()
    return (
        server.state.value,
        plain(server.name),
        server.ref.server_id,
        _percent(used.cpu_percent) or "-",
        _size(used.memory_bytes) or "-",
        _size(used.disk_bytes) or "-",
        plain(next(iter(server.addresses), "-")),
    )


def _usage(server: Server) -> dict[str, str]:
    used, limits = server.resources or Resources(), server.limits
    traffic = server.traffic or Traffic()
    memory_limit = used.memory_limit_bytes or limits.memory_bytes
    disk_limit = used.disk_limit_bytes or limits.disk_bytes
    return {
        "up for": duration(used.uptime) if used.uptime else "",
        "cpu": _of(_percent(used.cpu_percent), _percent(limits.cpu_percent)),
        "memory": _of(_size(used.memory_bytes), _size(memory_limit)),
        "disk": _of(_size(used.disk_bytes), _size(disk_limit)),
        "received": _size(used.network_rx_bytes),
        "sent": _size(used.network_tx_bytes),
        "traffic": _of(_size(traffic.used_bytes), _size(traffic.limit_bytes)),
        "traffic in": _of(_size(traffic.in_used_bytes), _size(traffic.in_limit_bytes)),
        "traffic out": _of(_size(traffic.out_used_bytes), _size(traffic.out_limit_bytes)),
    }


def _words(value: object) -> str:
    """Return a value as text, empty where nothing is known."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        parts = {key: _words(part) for key, part in value.items()}
        return ", ".join(f"{key} {text}" for key, text in parts.items() if text)
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(_words, value)))
    return str(value)


def _of(used: str, limit: str) -> str:
    if used and limit:
        return f"{used} of {limit}"
    return used or (limit and f"at most {limit}")


def _percent(value: float | None) -> str:
    return "" if value is None else f"{figure(value)} %"


def _size(count: int | None) -> str:
    return "" if count is None else size(count)


def _pad(cell: str, width: int) -> str:
    return cell + " " * (width - _width(cell))


def _width(text: str) -> int:
    """Return how many columns a terminal uses: some signs are wide, some lie on others."""
    return sum(
        0 if combining(sign) else 2 if east_asian_width(sign) in "WF" else 1 for sign in text
    )
