"""The pages of `/access list` and `/access preview`; what they show is in their custom_ids."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from discord.ui import ActionRow, Button, Container, DynamicItem, LayoutView, TextDisplay

from bot.domain.audit import Door
from bot.ui.actor import actor_from
from bot.ui.errors import guard
from bot.ui.i18n import private_words
from bot.ui.render import rules as render
from bot.ui.render.listing import Filters, listing, page_of

if TYPE_CHECKING:
    import re

    import discord
    from discord.ui import Item

    from bot.ui.client import Client

_PER_PAGE = 8
"""A rule takes at most 400 characters, a whole message 4,000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which page of which list; a role and a server limit what it holds."""

    is_preview: bool = False
    page: int = 0
    role_id: int | None = None
    server: str | None = None
    """As typed, or a key."""

    def at(self, page: int) -> Wanted:
        """Return another page of the same list."""
        return replace(self, page=max(page, 0))


async def show(interaction: discord.Interaction[Client], wanted: Wanted) -> None:
    """Answer with a page."""
    view = await _view(interaction, wanted, Door.COMMAND)
    await interaction.response.send_message(view=view, ephemeral=True)


class TurnAccess(
    DynamicItem[Button[Any]],
    template=r"d1a(?P<what>[lp]):(?P<page>[0-9]{1,4}):(?P<role>[0-9a-f]{0,16}):(?P<server>.{0,70})",
):
    """Goes to another page of the same list."""

    def __init__(self, wanted: Wanted, *, text: str = "", enabled: bool = True) -> None:
        self.wanted = wanted
        what = "p" if wanted.is_preview else "l"
        role = "" if wanted.role_id is None else f"{wanted.role_id:x}"
        custom_id = f"d1a{what}:{wanted.page}:{role}:{wanted.server or ''}"
        super().__init__(Button(label=text, custom_id=custom_id, disabled=not enabled))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its custom_id."""
        wanted = Wanted(
            is_preview=match["what"] == "p",
            page=int(match["page"]),
            role_id=int(match["role"], 16) if match["role"] else None,
            server=match["server"] or None,
        )
        return cls(wanted)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Turn the page."""
        await guard(interaction, self._turn(interaction))

    async def _turn(self, interaction: discord.Interaction[Client]) -> None:
        view = await _view(interaction, self.wanted, Door.BUTTON)
        await interaction.response.edit_message(view=view)


async def _view(interaction: discord.Interaction[Client], wanted: Wanted, door: Door) -> LayoutView:
    is_preview = wanted.is_preview and wanted.role_id is not None
    make = _preview if is_preview else _rules
    box, wanted, pages = await make(interaction, wanted, door)
    if pages > 1:
        before, after = wanted.at(wanted.page - 1), wanted.at(wanted.page + 1)
        box.add_item(
            ActionRow(
                TurnAccess(before, text="◀", enabled=wanted.page > 0),
                TurnAccess(after, text="▶", enabled=wanted.page < pages - 1),
            )
        )
    view = LayoutView(timeout=None)
    view.add_item(box)
    return view


async def _rules(
    interaction: discord.Interaction[Client], wanted: Wanted, door: Door
) -> tuple[Container[Any], Wanted, int]:
    rules, server = await interaction.client.services.rules.listed(
        actor_from(interaction), role_id=wanted.role_id, server=wanted.server, door=door
    )
    pages = max(1, -(-len(rules) // _PER_PAGE))
    page = min(wanted.page, pages - 1)
    shown = rules[page * _PER_PAGE :][:_PER_PAGE]
    t = private_words(interaction)
    text = render.listed(shown, len(rules), (page, pages), t)
    key = server.ref.key if server else None
    return Container(TextDisplay(text)), replace(wanted, page=page, server=key), pages


async def _preview(
    interaction: discord.Interaction[Client], wanted: Wanted, door: Door
) -> tuple[Container[Any], Wanted, int]:
    role_id = wanted.role_id or 0
    servers = await interaction.client.services.rules.preview(
        actor_from(interaction), role_id, door=door
    )
    t = private_words(interaction)
    page = page_of(servers, Filters(page=wanted.page))
    box: Container[Any] = Container(TextDisplay(render.previewed(role_id, interaction.guild_id, t)))
    for item in listing(page, t).children:
        box.add_item(item)
    return box, wanted.at(page.number), page.pages
