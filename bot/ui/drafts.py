"""Fills in drafts: a private message with buttons, and forms of five fields each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import discord
from discord.ui import ActionRow, Button, DynamicItem, Label, LayoutView, Modal, Select, TextInput

from bot.domain.administration import FieldType
from bot.domain.audit import Door
from bot.domain.errors import PanelInvalid
from bot.domain.servers import Capability
from bot.ui.actor import actor_from
from bot.ui.errors import answering, guard
from bot.ui.i18n import private_words
from bot.ui.render.draft import draft_text, shown_value
from bot.ui.render.text import code, label, plain

if TYPE_CHECKING:
    import re
    from collections.abc import Awaitable, Mapping

    from discord.ui import Item

    from bot.domain.administration import Field
    from bot.domain.servers import Server
    from bot.services.drafts import Draft
    from bot.ui.client import Client
    from bot.ui.i18n import Words

_PER_FORM = 5
_PER_ROW = 5
_MENU = 25
_LIFETIME = 900


async def show_draft(interaction: discord.Interaction[Client], draft: Awaitable[Draft]) -> None:
    """Answer with what the panel asks for, once it has said so."""
    with answering():
        await interaction.response.defer(ephemeral=True, thinking=True)
    view = draft_view(await draft, private_words(interaction))
    await interaction.edit_original_response(view=view)


async def fill(
    interaction: discord.Interaction[Client], draft_id: str, texts: Mapping[str, str]
) -> None:
    """Take a submitted form and show the draft as it is then."""
    services = interaction.client.services
    draft = services.administration.draft(actor_from(interaction), draft_id)
    draft.fill(texts)
    await interaction.response.edit_message(view=draft_view(draft, private_words(interaction)))


def draft_view(draft: Draft, t: Words) -> LayoutView:
    """Return the draft with its buttons."""
    view = LayoutView(timeout=None)
    box = draft_text(draft, t)
    pages = range(-(-len(draft.fields) // _PER_FORM))
    for start in range(0, len(pages), _PER_ROW):
        row: ActionRow[Any] = ActionRow()
        for page in pages[start : start + _PER_ROW]:
            first = draft.fields[page * _PER_FORM].label
            row.add_item(FillIn(draft.id, page, text=label(first, 30) + " …"))
        box.add_item(row)
    done = t.gettext("Create") if draft.action is Capability.CREATE else t.gettext("Save")
    is_ready = not draft.missing and bool(draft.values)
    box.add_item(ActionRow(Give(draft.id, text=done, disabled=not is_ready)))
    view.add_item(box)
    return view


class FillIn(DynamicItem[Button[Any]], template=r"d1f:(?P<draft>[0-9a-f]+):(?P<page>\d+)"):
    """Opens the form with five of the fields."""

    def __init__(self, draft_id: str, page: int, *, text: str = "") -> None:
        self.draft_id = draft_id
        self.page = page
        super().__init__(Button(label=text, custom_id=f"d1f:{draft_id}:{page}"))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its custom_id."""
        return cls(match["draft"], int(match["page"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Open the form."""
        await guard(interaction, self._open(interaction))

    async def _open(self, interaction: discord.Interaction[Client]) -> None:
        services = interaction.client.services
        draft = services.administration.draft(actor_from(interaction), self.draft_id)
        await interaction.response.send_modal(_form(draft, self.page, private_words(interaction)))


class Give(DynamicItem[Button[Any]], template=r"d1g:(?P<draft>[0-9a-f]+)"):
    """Gives what was filled in to the panel."""

    def __init__(self, draft_id: str, *, text: str = "", disabled: bool = False) -> None:
        self.draft_id = draft_id
        style = discord.ButtonStyle.success
        super().__init__(
            Button(label=text, style=style, custom_id=f"d1g:{draft_id}", disabled=disabled)
        )

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
        service, actor = interaction.client.services.administration, actor_from(interaction)
        draft = service.draft(actor, self.draft_id)
        with answering():
            await interaction.response.defer()
        words = private_words(interaction)
        try:
            server = await service.give(actor, draft, door=Door.FORM)
        except PanelInvalid:
            await interaction.edit_original_response(view=draft_view(draft, words))
            return
        await interaction.edit_original_response(view=_done(draft, server, words))


def _form(draft: Draft, page: int, t: Words) -> Modal:
    """Return one form; `forms.submitted` answers it from its custom_id."""
    title = draft.server.name if draft.server else draft.panel_name
    form = Modal(title=label(title, 45), custom_id=f"d1m:{draft.id}", timeout=_LIFETIME)
    for field in draft.fields[page * _PER_FORM :][:_PER_FORM]:
        form.add_item(
            Label(
                text=label(field.label, 45),
                description=_hint(field, t),
                component=_input(field, draft),
            )
        )
    return form


def _input(field: Field, draft: Draft) -> TextInput[Any] | Select[Any]:
    value = shown_value(draft.values.get(field.name, field.value))
    if 0 < len(field.choices) <= _MENU:
        return Select(
            custom_id=field.name,
            required=field.required,
            options=[
                discord.SelectOption(
                    label=label(choice.label, 100),
                    value=str(choice.value),
                    default=str(choice.value) == value,
                )
                for choice in field.choices
            ],
        )
    is_long = field.type is FieldType.MAP or "\n" in value
    return TextInput(
        custom_id=field.name,
        default=value[:4000] or None,
        required=field.required,
        style=discord.TextStyle.paragraph if is_long else discord.TextStyle.short,
    )


def _hint(field: Field, t: Words) -> str | None:
    return {
        FieldType.TEXT: None,
        FieldType.NUMBER: t.gettext("A whole number"),
        FieldType.FLAG: t.gettext("yes or no"),
        FieldType.MAP: t.gettext("Lines of NAME=value"),
        FieldType.LIST: t.gettext("Several, separated by commas"),
    }[field.type]


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
