"""A page of the server list: which servers it holds and how their lines read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import discord

from bot.domain.servers import ServerState
from bot.services.ranking import Match, match
from bot.ui.render import states
from bot.ui.render.text import code, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.servers import Server
    from bot.ui.i18n import Words

PER_PAGE = 15
TEXT_LIMIT = 20
"""Of each text filter, so that a page's filters fit into a custom_id (100 characters)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What of the list is wanted; None is everything."""

    state: ServerState | None = None
    panel_id: str | None = None
    location: str | None = None
    search: str | None = None
    page: int = 0

    def at_page(self, page: int) -> Filters:
        """Return the same filters at another page."""
        return replace(self, page=page)

    def encode(self) -> str:
        """Return a short text that `decode` reads back: at most 94 characters up to page 99.

        The last two texts may hold anything, so that the length of the first parts them.
        """
        location, search = ((text or "")[:TEXT_LIMIT] for text in (self.location, self.search))
        head = (self.page, self.state or "", self.panel_id or "", len(location))
        return "|".join(map(str, head)) + f"|{location}{search}"

    @classmethod
    def decode(cls, text: str) -> Filters:
        """Read what `encode` wrote; raises ValueError for anything else."""
        page, state, panel_id, length, texts = text.split("|", 4)
        location, search = texts[: int(length)], texts[int(length) :]
        return cls(
            state=ServerState(state) if state else None,
            panel_id=panel_id or None,
            location=location or None,
            search=search or None,
            page=int(page),
        )

    def select(self, servers: Sequence[Server]) -> list[Server]:
        """Return the servers that pass, on all pages."""
        return [server for server in servers if self._passes(server)]

    def _passes(self, server: Server) -> bool:
        places = (server.location or "", server.node or "")
        place = (self.location or "").strip().casefold()
        return (
            (self.state is None or server.state is self.state)
            and (self.panel_id is None or server.ref.panel_id == self.panel_id)
            and any(place in each.casefold() for each in places)
            and (self.search is None or match(server.name, self.search) < Match.LETTERS)
        )


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a filtered list."""

    servers: tuple[Server, ...]
    number: int
    pages: int
    total: int


def page_of(servers: Sequence[Server], filters: Filters) -> Page:
    """Cut out the page; a page past the end is the last one."""
    passing = filters.select(servers)
    pages = max(1, -(-len(passing) // PER_PAGE))
    number = min(max(filters.page, 0), pages - 1)
    start = number * PER_PAGE
    return Page(tuple(passing[start : start + PER_PAGE]), number, pages, len(passing))


def listing(page: Page, t: Words) -> discord.ui.Container[discord.ui.LayoutView]:
    """Return the page's text, without its controls."""
    if not page.servers:
        text = t.gettext(
            "There is no server here that you may see, or none that fits your filters. "
            "Somebody with the Manage Server permission can give you rights."
        )
        return discord.ui.Container(discord.ui.TextDisplay(text))
    title = t.ngettext("{count} server", "{count} servers", page.total).format(count=page.total)
    if page.pages > 1:
        position = t.gettext("page {page} of {pages}")
        title += " · " + position.format(page=page.number + 1, pages=page.pages)
    lines = "\n".join(_line(server, t) for server in page.servers)
    return discord.ui.Container(
        discord.ui.TextDisplay(f"### {title}"), discord.ui.TextDisplay(lines)
    )


def _line(server: Server, t: Words) -> str:
    parts = [
        f"{states.symbol(server.state)} **{plain(server.name, 60)}**",
        states.word(server.state, t),
    ]
    if server.addresses:
        parts.append(code(server.addresses[0], 60))
    return " · ".join(parts)
