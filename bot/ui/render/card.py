"""The card of one server: what is known of it, in words, bars and times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.domain.access import Action
from bot.domain.audit import Outcome
from bot.ui.render import states
from bot.ui.render.errors import right, sentence
from bot.ui.render.text import ago, bar, code, duration, figure, plain, size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.domain.servers import Server
    from bot.services.status import Status
    from bot.ui.i18n import Words

_ADDRESSES = 3


def card(status: Status, t: Words) -> discord.ui.Container[discord.ui.LayoutView]:
    """Return the card without its buttons; what a panel does not offer is absent."""
    server = status.server
    box: discord.ui.Container[discord.ui.LayoutView] = discord.ui.Container(
        discord.ui.TextDisplay(_head(server, t)), accent_colour=states.colour(server.state)
    )
    usage = "\n".join(_usage(server, t))
    if usage:
        box.add_item(discord.ui.Separator())
        box.add_item(discord.ui.TextDisplay(usage))
    if status.error is not None:
        box.add_item(discord.ui.Separator())
        box.add_item(discord.ui.TextDisplay(f"📡 {sentence(status.error, t)}"))
    box.add_item(discord.ui.TextDisplay("-# " + " · ".join(_foot(status, t))))
    return box


def _head(server: Server, t: Words) -> str:
    lines = [f"### {states.symbol(server.state)} {plain(server.name)}"]
    state = f"**{states.word(server.state, t)}**"
    uptime = server.resources.uptime if server.resources else None
    if uptime is not None:
        since = ago(server.observed_at - uptime)
        state += " · " + t.gettext("since {time}").format(time=since)
    lines.append(state)
    lines += [code(address) for address in server.addresses[:_ADDRESSES]]
    if server.description and not server.description.isspace():
        lines.append(plain(server.description, 200))
    return "\n".join(lines)


def _usage(server: Server, t: Words) -> Iterator[str]:
    resources = server.resources
    if resources is None:
        return
    if resources.cpu_percent is not None:
        yield _meter(
            t.gettext("CPU"),
            resources.cpu_percent,
            server.limits.cpu_percent,
            lambda percent: f"{figure(percent)} %",
        )
    if resources.memory_bytes is not None:
        yield _meter(
            t.gettext("Memory"),
            resources.memory_bytes,
            resources.memory_limit_bytes,
            lambda count: size(int(count)),
        )
    if resources.disk_bytes is not None:
        yield _meter(
            t.gettext("Disk"),
            resources.disk_bytes,
            resources.disk_limit_bytes,
            lambda count: size(int(count)),
        )


def _foot(status: Status, t: Words) -> Iterator[str]:
    server = status.server
    uptime = server.resources.uptime if server.resources else None
    if uptime is not None:
        yield t.gettext("up {time}").format(time=duration(uptime))
    last = status.last_action
    if last is not None:
        yield t.gettext("last: {action} by {member} {time}").format(
            action=_deed(last.action, t), member=f"<@{last.user_id}>", time=ago(last.at)
        ) + ("" if last.outcome in (Outcome.DONE, Outcome.ACCEPTED) else " ⚠️")
    yield plain(" / ".join(filter(None, (status.panel_name, server.node))))
    yield t.gettext("seen {time}").format(time=ago(server.observed_at))


def _deed(action: str, t: Words) -> str:
    return t.gettext("command") if action == Action.COMMAND else right(action, t)


def _meter(name: str, used: float, limit: float | None, show: Callable[[float], str]) -> str:
    if limit is None or limit <= 0:
        return f"{name} {show(used)}"
    return f"{bar(used / limit)} {name} {show(used)} / {show(limit)}"
