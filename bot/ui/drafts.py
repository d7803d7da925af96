"""Fills in drafts: a private message that shows them, with buttons for their forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import discord
from discord.ui import ActionRow, Button, DynamicItem, LayoutView

from bot.domain.audit import Door
from bot.domain.errors import PanelInvalid
from bot.domain.servers import Capability
from bot.ui.actor import actor_from
from bot.ui.draft_form import PER_FORM, changes, draft_form
from bot.ui.errors import answering, guard, tell
from bot.ui.i18n import private_words
from bot.ui.render.draft import draft_box
from bot.ui.render.errors import sentence
from bot.ui.render.labels import field_label
from bot.ui.render.text import code, label, plain

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping, Sequence

    from discord.ui import Item

    from bot.domain.access import Action
    from bot.domain.servers import Server
    from bot.services.drafts import Draft
    from bot.ui.client import Client
    from bot.ui.i18n import Words

_FORMS = 4
"""To a page; with its fields the text stays within what Discord takes."""
_PER_PAGE = _FORMS * PER_FORM


async def create(interaction: discord.Interaction[Client], panel: str) -> None:
    """Answer with what a panel wants to know of a new server, once it has said so."""
    with answering():
        await interaction.response.defer(ephemeral=True, thinking=True)
    service, actor = interaction.client.services.administration, actor_from(interaction)
    await _show(interaction, await service.begin_create(actor, panel, door=Door.COMMAND))


async def change(interaction: discord.Interaction[Client], text: str, action: Action) -> None:
    """Answer with what can be changed of a server, once its panel has said so."""
    with answering():
        await interaction.response.defer(ephemeral=True, thinking=True)
    service, actor = interaction.client.services.administration, actor_from(interaction)
    await _show(interaction, await service.begin_change(actor, text, action, door=Door.COMMAND))


async def fill(
    interaction: discord.Interaction[Client],
    draft_id: str,
    form: int,
    given: Mapping[str, Sequence[str]],
) -> None:
    """Take a submitted form and show the draft as it is then, whatever its panel says."""
    draft, actor = _draft(interaction, draft_id), actor_from(interaction)
    with answering():
        await interaction.response.defer()
    service, texts = interaction.client.services.administration, changes(draft, given)
    try:
        await service.fill(actor, draft, texts, door=Door.FORM)
    finally:
        view = draft_view(draft, form // _FORMS, private_words(interaction))
        await interaction.edit_original_response(view=view)


def draft_view(draft: Draft, page: int, t: Words) -> LayoutView:
    """Return one page of the draft with its buttons; a page past the end is the last one."""
    pages = max(1, -(-len(draft.fields) // _PER_PAGE))
    page = min(max(page, 0), pages - 1)
    first = page * _PER_PAGE
    box = draft_box(draft, draft.fields[first : first + _PER_PAGE], t)
    forms = range(first, min(first + _PER_PAGE, len(draft.fields)), PER_FORM)
    if forms:
        box.add_item(ActionRow(*(_fill_in(draft, start // PER_FORM, t) for start in forms)))
    row: ActionRow[Any] = ActionRow()
    if pages > 1:
        row.add_item(TurnDraft(draft.id, page - 1, text="◀", enabled=page > 0))
        row.add_item(TurnDraft(draft.id, page + 1, text="▶", enabled=page < pages - 1))
    done = t.gettext("Create") if draft.action is Capability.CREATE else t.gettext("Save")
    row.add_item(Give(draft.id, text=done, enabled=draft.is_ready))
    box.add_item(row)
    view = LayoutView(timeout=None)
    view.add_item(box)
    return view


class FillIn(DynamicItem[Button[Any]], template=r"d1f:(?P<draft>[0-9a-f]+):(?P<form>\d+)"):
    """Opens the form with five of the fields."""

    def __init__(self, draft_id: str, form: int, *, text: str = "") -> None:
        self.draft_id = draft_id
        self.form = form
        super().__init__(Button(label=text, custom_id=f"d1f:{draft_id}:{form}"))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its custom_id."""
        return cls(match["draft"], int(match["form"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Open the form."""
        await guard(interaction, self._open(interaction))

    async def _open(self, interaction: discord.Interaction[Client]) -> None:
        draft = _draft(interaction, self.draft_id)
        form = draft_form(draft, self.form, private_words(interaction))
        await interaction.response.send_modal(form)


class TurnDraft(DynamicItem[Button[Any]], template=r"d1n:(?P<draft>[0-9a-f]+):(?P<page>-?\d+)"):
    """Goes to another page of the draft."""

    def __init__(self, draft_id: str, page: int, *, text: str = "", enabled: bool = True) -> None:
        self.draft_id = draft_id
        self.page = page
        custom_id = f"d1n:{draft_id}:{page}"
        super().__init__(Button(label=text, custom_id=custom_id, disabled=not enabled))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its custom_id."""
        return cls(match["draft"], int(match["page"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Turn the page."""
        await guard(interaction, self._turn(interaction))

    async def _turn(self, interaction: discord.Interaction[Client]) -> None:
        draft = _draft(interaction, self.draft_id)
        view = draft_view(draft, self.page, private_words(interaction))
        await interaction.response.edit_message(view=view)


class Give(DynamicItem[Button[Any]], template=r"d1g:(?P<draft>[0-9a-f]+)"):
    """Gives what was filled in to the panel."""

    def __init__(self, draft_id: str, *, text: str = "", enabled: bool = True) -> None:
        self.draft_id = draft_id
        style, custom_id = discord.ButtonStyle.success, f"d1g:{draft_id}"
        button = Button[Any](label=text, style=style, custom_id=custom_id, disabled=not enabled)
        super().__init__(button)

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its custom_id."""
        return cls(match["draft"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Ask the panel, and show what it says."""
        await guard(interaction, self._give(interaction))

    async def _give(self, interaction: discord.Interaction[Client]) -> None:
        draft = _draft(interaction, self.draft_id)
        with answering():
            await interaction.response.defer()
        view = await self._given(interaction, draft, private_words(interaction))
        await interaction.edit_original_response(view=view)

    async def _given(
        self, interaction: discord.Interaction[Client], draft: Draft, t: Words
    ) -> LayoutView:
        service, actor = interaction.client.services.administration, actor_from(interaction)
        await service.fill(actor, draft, {}, door=Door.FORM)
        # It is not ready where the message could not be edited after the last form.
        if draft.is_ready:
            try:
                return _done(draft, await service.give(actor, draft, door=Door.FORM), t)
            except PanelInvalid as error:
                # What the panel does not take the draft knows then, and shows; but nothing else.
                if error.changed:
                    await tell(interaction, sentence(error, t))
        return draft_view(draft, _page_of_first_problem(draft), t)


async def _show(interaction: discord.Interaction[Client], draft: Draft) -> None:
    view = draft_view(draft, 0, private_words(interaction))
    await interaction.edit_original_response(view=view)


def _draft(interaction: discord.Interaction[Client], draft_id: str) -> Draft:
    return interaction.client.services.administration.draft(actor_from(interaction), draft_id)


def _fill_in(draft: Draft, form: int, t: Words) -> FillIn:
    """Return the button of a form, called after its first and its last field."""
    fields = draft.fields[form * PER_FORM :][:PER_FORM]
    first, last = (label(field_label(each, t), 35) for each in (fields[0], fields[-1]))
    return FillIn(draft.id, form, text=first if len(fields) == 1 else f"{first} … {last}")


def _page_of_first_problem(draft: Draft) -> int:
    places = (place for place, field in enumerate(draft.fields) if draft.problems(field))
    return next(places, 0) // _PER_PAGE


def _done(draft: Draft, server: Server, t: Words) -> LayoutView:
    words = (
        t.gettext(
            "The panel has created **{server}** ({id}). Give rights to it before others see it."
        )
        if draft.action is Capability.CREATE
        else t.gettext("The panel has changed **{server}** ({id}).")
    )
    text = words.format(server=plain(server.name), id=code(server.ref.server_id))
    view = LayoutView(timeout=None)
    view.add_item(discord.ui.TextDisplay(text))
    return view
