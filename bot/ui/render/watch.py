"""A server that somebody watches, as one look of it: state, usage, console, and how it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.domain.sights import Ending
from bot.ui.render import states
from bot.ui.render.console import console_block
from bot.ui.render.errors import sentence
from bot.ui.render.text import ago, figure, plain, size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.domain.servers import Resources
    from bot.domain.sights import Sight
    from bot.ui.i18n import Words

_CONSOLE = 3000
"""Characters; with all the rest it stays below the 4,000 that Discord takes."""
_WIDTH = 190


def watch_box(sight: Sight, t: Words) -> discord.ui.Container[discord.ui.LayoutView]:
    """Return one look, without the button that ends it."""
    server = sight.server
    head = f"### {states.symbol(server.state)} {plain(server.name)}"
    facts = [f"**{states.word(server.state, t)}**", *_usage(sight.resources, t)]
    box: discord.ui.Container[discord.ui.LayoutView] = discord.ui.Container(
        discord.ui.TextDisplay(f"{head}\n{' · '.join(facts)}"),
        accent_colour=states.colour(server.state),
    )
    if sight.lines:
        block = console_block(sight.lines, _CONSOLE, width=_WIDTH)
        box.add_item(discord.ui.TextDisplay(block))
    box.add_item(discord.ui.TextDisplay(f"-# {_foot(sight, t)}"))
    return box


def _usage(resources: Resources | None, t: Words) -> Iterator[str]:
    if resources is None:
        return
    if resources.cpu_percent is not None:
        yield t.gettext("CPU") + f" {figure(resources.cpu_percent)} %"
    if resources.memory_bytes is not None:
        yield t.gettext("Memory") + f" {size(resources.memory_bytes)}"


def _foot(sight: Sight, t: Words) -> str:
    if sight.ending is None:
        until = t.gettext("live, ends {time}").format(time=ago(sight.ends_at))
        connecting = t.gettext("connecting …")
        return until if sight.is_connected else f"{connecting} · {until}"
    if sight.error is not None:
        return sentence(sight.error, t)
    return {
        Ending.TIME: t.gettext("The time is over. `/server watch` goes on."),
        Ending.STOPPED: t.gettext("You stopped watching."),
        Ending.REPLACED: t.gettext("You are watching somewhere else now: one at a time."),
        Ending.CLOSING: t.gettext("I am being stopped, so this ends here. Try again in a minute."),
        Ending.DELETED: t.gettext("The server was deleted."),
        Ending.NOT_ALLOWED: t.gettext("You may not read this console any more."),
        Ending.FAILED: t.gettext("This ended unexpectedly."),
    }[sight.ending]
