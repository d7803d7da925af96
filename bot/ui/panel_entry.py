"""Adds a panel, changes it and gives it another key: forms, and what came of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import discord
from discord.ui import ActionRow, Button, DynamicItem

from bot.domain.audit import Change, Door
from bot.domain.errors import InvalidPanel, PanelError, UnknownPanel
from bot.domain.panels import PanelProblem
from bot.domain.trials import Check, Mark
from bot.domain.wishes import PanelWish
from bot.ui.actor import actor_from
from bot.ui.errors import guard
from bot.ui.i18n import private_words
from bot.ui.panel_forms import add_form, edit_form, key_form, wish_of
from bot.ui.panel_replies import begin, show
from bot.ui.panel_ticks import ChoiceButton, put_choice
from bot.ui.render.panels import problem
from bot.ui.render.text import label, plain
from bot.ui.render.trials import check_list

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from discord.ui import Item

    from bot.domain.panels import PanelForm, StoredPanel
    from bot.domain.trials import Result
    from bot.services.panel_setup import Tried
    from bot.ui.client import Client
    from bot.ui.i18n import Words

    _Given = Mapping[str, Sequence[str]]


async def ask_for_new(
    interaction: discord.Interaction[Client],
    kind: str,
    *,
    door: Door,
    typed: PanelWish | None = None,
) -> None:
    """Open the form of a new panel of a kind, for those who may add one."""
    setup = interaction.client.services.panel_setup
    await setup.admit(actor_from(interaction), Change.PANEL_ADDED, door=door)
    form = _form(interaction, kind)
    await interaction.response.send_modal(add_form(kind, form, typed, private_words(interaction)))


async def ask_for_edit(
    interaction: discord.Interaction[Client],
    text: str,
    *,
    door: Door,
    typed: PanelWish | None = None,
) -> None:
    """Open the form with what a panel is called and where it is, or what was typed for it."""
    panel = await _look(interaction, text, Change.PANEL_EDITED, door=door)
    t = private_words(interaction)
    form = edit_form(panel, _form(interaction, panel.kind), typed, t)
    await interaction.response.send_modal(form)


async def ask_for_key(
    interaction: discord.Interaction[Client],
    text: str,
    *,
    door: Door,
    address: str | None = None,
) -> None:
    """Open the form for another key, with another address if there is one."""
    panel = await _look(interaction, text, Change.PANEL_KEY, door=door)
    t = private_words(interaction)
    form = key_form(panel, _form(interaction, panel.kind), address, t)
    await interaction.response.send_modal(form)


async def add(interaction: discord.Interaction[Client], kind: str, given: _Given) -> None:
    """Try what was typed into the form of a new panel, and say how that went."""
    await begin(interaction)
    setup, wish = interaction.client.services.panel_setup, wish_of(given)
    _form(interaction, kind)
    t = private_words(interaction)
    try:
        tried = await setup.add(actor_from(interaction), kind, wish, door=Door.FORM)
    except InvalidPanel as error:
        await _show_again(interaction, problem(error, t), "add", kind, wish)
        return
    if tried.panel is None:
        title = t.gettext("### {panel} is not added yet").format(panel=plain(wish.name))
        await _show_again(interaction, f"{title}\n{_checks(tried, t)}", "add", kind, wish)
        return
    title = t.gettext("### {panel} is added").format(panel=plain(tried.panel.name))
    text = f"{title}\n{_checks(tried, t)}"
    try:
        selection = await setup.selection(
            actor_from(interaction), tried.panel.panel_id, door=Door.FORM
        )
    except PanelError:
        # It accepts the key, and has no time to list its servers now.
        await show(interaction, text, ActionRow(_choose(tried.panel, t)))
    else:
        await put_choice(interaction, selection, 0, above=text)


async def edit(
    interaction: discord.Interaction[Client], panel_id: str, shown: str, given: _Given
) -> None:
    """Take over what was typed into the form of a panel."""
    await begin(interaction)
    setup, wish = interaction.client.services.panel_setup, wish_of(given)
    t = private_words(interaction)
    try:
        tried = await setup.edit(
            actor_from(interaction), panel_id, wish, shown=shown, door=Door.FORM
        )
    except InvalidPanel as error:
        verb = "key" if error.problem is PanelProblem.KEY_WANTED else "edit"
        await _show_again(interaction, problem(error, t), verb, panel_id, wish)
        return
    await _show_changed(interaction, tried, "edit", panel_id, wish)


async def rotate(interaction: discord.Interaction[Client], panel_id: str, given: _Given) -> None:
    """Try the other key and take it over."""
    await begin(interaction)
    setup, wish = interaction.client.services.panel_setup, wish_of(given)
    tried = await setup.rotate(actor_from(interaction), panel_id, wish, door=Door.FORM)
    await _show_changed(interaction, tried, "key", panel_id, wish)


async def test(interaction: discord.Interaction[Client], text: str, *, door: Door) -> None:
    """Show the check list of a panel as it is."""
    await begin(interaction)
    setup, t = interaction.client.services.panel_setup, private_words(interaction)
    tried = await setup.test(actor_from(interaction), text, door=door)
    panel = tried.panel
    mend = ActionRow[Any]()
    if panel and tried.trial and any(_is_bad_key(result) for result in tried.trial.results):
        mend.add_item(PanelAgain("key", panel.panel_id, text=t.gettext("Give the key")))
    name = panel.name if panel else text
    await show(interaction, f"### {plain(name)}\n{_checks(tried, t)}", mend)


class PanelAgain(
    DynamicItem[Button[Any]],
    template=r"d1q:(?P<verb>add|edit|key):(?P<about>[a-z0-9_-]{1,32})",
):
    """Opens a form again, with what the message keeps of what was typed."""

    def __init__(self, verb: str, about: str, *, text: str = "") -> None:
        self.verb = verb
        self.about = about
        style = discord.ButtonStyle.primary
        super().__init__(Button(label=text, style=style, custom_id=f"d1q:{verb}:{about}"))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its custom_id."""
        return cls(match["verb"], match["about"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Open the form."""
        await guard(interaction, self._open(interaction))

    async def _open(self, interaction: discord.Interaction[Client]) -> None:
        typed = Typed.on_message(interaction.message)
        if self.verb == "add":
            await ask_for_new(interaction, self.about, door=Door.BUTTON, typed=typed)
        elif self.verb == "edit":
            await ask_for_edit(interaction, self.about, door=Door.BUTTON, typed=typed)
        else:
            address = typed.base_url or None
            await ask_for_key(interaction, self.about, door=Door.BUTTON, address=address)


class Typed(DynamicItem[Button[Any]], template=r"d1t:(?P<what>[nao]):(?P<text>.+)"):
    """Shows a part of what was typed, and keeps it in its custom_id; never a key."""

    def __init__(self, what: str, text: str) -> None:
        self.what = what
        self.text = text
        super().__init__(Button(label=label(text), custom_id=f"d1t:{what}:{text}", disabled=True))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its custom_id."""
        return cls(match["what"], match["text"])

    @classmethod
    def of(cls, wish: PanelWish) -> ActionRow[Any]:
        """Return what is kept of a wish; no address that may have a password in it."""
        address = "" if "@" in wish.base_url else wish.base_url
        chosen = [f"{name}={value}" for name, value in wish.options.items()]
        parts = (("n", wish.name), ("a", address), *(("o", text) for text in chosen))
        return ActionRow(*(cls(what, text) for what, text in parts if 0 < len(text) <= _KEPT))

    @classmethod
    def on_message(cls, message: discord.Message | None) -> PanelWish:
        """Return what a message keeps."""
        template = cls.__discord_ui_compiled_template__
        custom_ids = _custom_ids(message.components if message else ())
        found = [match for text in custom_ids if (match := template.fullmatch(text))]
        kept = {match["what"]: match["text"] for match in found}
        options = [match["text"].partition("=") for match in found if match["what"] == "o"]
        return PanelWish.of(
            name=kept.get("n", ""),
            base_url=kept.get("a", ""),
            options={name: value for name, _, value in options},
        )


_KEPT = 90
"""Characters of a part that fit into a custom_id."""


async def _look(
    interaction: discord.Interaction[Client], text: str, change: Change, *, door: Door
) -> StoredPanel:
    setup = interaction.client.services.panel_setup
    return await setup.look(actor_from(interaction), text, change, door=door)


def _form(interaction: discord.Interaction[Client], kind: str) -> PanelForm:
    form = interaction.client.services.panel_setup.forms.get(kind)
    if form is None:
        raise UnknownPanel(kind)
    return form


async def _show_again(
    interaction: discord.Interaction[Client], text: str, verb: str, about: str, wish: PanelWish
) -> None:
    t = private_words(interaction)
    again = t.gettext("Give the key") if verb == "key" else t.gettext("Try again")
    await show(interaction, text, Typed.of(wish), ActionRow(PanelAgain(verb, about, text=again)))


async def _show_changed(
    interaction: discord.Interaction[Client],
    tried: Tried,
    verb: str,
    panel_id: str,
    wish: PanelWish,
) -> None:
    t = private_words(interaction)
    if tried.panel is None:
        title = t.gettext("### Nothing was changed: it does not work so")
        await _show_again(interaction, f"{title}\n{_checks(tried, t)}", verb, panel_id, wish)
        return
    title = t.gettext("### {panel} is changed").format(panel=plain(tried.panel.name))
    await show(interaction, f"{title}\n{_checks(tried, t)}", ActionRow(_choose(tried.panel, t)))


def _choose(panel: StoredPanel, t: Words) -> ChoiceButton:
    return ChoiceButton("turn", panel.panel_id, 0, text=t.gettext("Choose servers"))


def _is_bad_key(result: Result) -> bool:
    return result.mark is Mark.BAD and result.check in (Check.KEY, Check.ADMIN_KEY)


def _checks(tried: Tried, t: Words) -> str:
    return check_list(tried.trial, t) if tried.trial else ""


def _custom_ids(components: Iterable[Any]) -> Iterator[str]:
    for component in components:
        yield getattr(component, "custom_id", None) or ""
        yield from _custom_ids(getattr(component, "children", ()))
