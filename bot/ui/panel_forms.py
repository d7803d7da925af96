"""The forms about a panel: a new one, an edit, another key. Keys are typed here and nowhere else.

What they are about is in their custom_id, so they outlive a restart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord.ui import Label, Modal, Select, TextInput

from bot.domain.wishes import LONGEST_ADDRESS, LONGEST_NAME, PanelWish, stamp
from bot.ui.render.text import label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.panels import KeyField, OptionField, PanelForm, StoredPanel
    from bot.ui.i18n import Words

    _Given = Mapping[str, Sequence[str]]

_NAME, _ADDRESS, _KEY, _OPTION = "name", "address", "key.", "option."
_LIFETIME = 900
_LONGEST_KEY = 500
_LONGEST_OPTION = 200


def add_form(kind: str, form: PanelForm, typed: PanelWish | None, t: Words) -> Modal:
    """Return the form of a new panel, with what was typed before, but never a key."""
    modal = Modal(
        title=label(t.gettext(form.title), 45), custom_id=f"d1y:add:{kind}", timeout=_LIFETIME
    )
    modal.add_item(_name(typed.name if typed else "", t))
    modal.add_item(_address(typed.base_url if typed else "", form, t))
    for key in form.keys:
        modal.add_item(_key(key, t))
    for option in form.choices:
        modal.add_item(_choice(option, typed.options.get(option.name) if typed else None, t))
    return modal


def edit_form(panel: StoredPanel, form: PanelForm, typed: PanelWish | None, t: Words) -> Modal:
    """Return the form with what a panel is called, where it is, and its options."""
    custom_id = f"d1y:edit:{panel.panel_id}:{stamp(panel)}"
    modal = Modal(title=label(panel.name, 45), custom_id=custom_id, timeout=_LIFETIME)
    now = typed or PanelWish.of(
        name=panel.name,
        base_url=panel.base_url,
        options={name: str(value) for name, value in panel.options.items()},
    )
    modal.add_item(_name(now.name, t))
    modal.add_item(_address(now.base_url, form, t))
    for option in form.options:
        text = now.options.get(option.name)
        modal.add_item(_choice(option, text, t) if option.choices else _text(option, text, t))
    return modal


def key_form(panel: StoredPanel, form: PanelForm, address: str | None, t: Words) -> Modal:
    """Return the form for all keys of a panel anew, and the address that they are for."""
    custom_id = f"d1y:key:{panel.panel_id}"
    modal = Modal(title=label(panel.name, 45), custom_id=custom_id, timeout=_LIFETIME)
    modal.add_item(_address(address or panel.base_url, form, t))
    for key in form.keys:
        modal.add_item(_key(key, t))
    return modal


def wish_of(given: _Given) -> PanelWish:
    """Return what was typed into any of the forms."""
    typed = {name: "".join(texts) for name, texts in given.items()}
    return PanelWish.of(
        name=typed.get(_NAME, ""),
        base_url=typed.get(_ADDRESS, ""),
        credentials=_below(_KEY, typed),
        options=_below(_OPTION, typed),
    )


def _below(prefix: str, typed: Mapping[str, str]) -> dict[str, str]:
    return {
        name.removeprefix(prefix): text for name, text in typed.items() if name.startswith(prefix)
    }


def _name(text: str, t: Words) -> Label[Any]:
    field: TextInput[Any] = TextInput(
        custom_id=_NAME, default=text[:LONGEST_NAME] or None, max_length=LONGEST_NAME
    )
    hint = label(t.gettext("What people here shall call it"), 100)
    return Label(text=label(t.gettext("Name"), 45), description=hint, component=field)


def _address(text: str, form: PanelForm, t: Words) -> Label[Any]:
    field: TextInput[Any] = TextInput(
        custom_id=_ADDRESS,
        default=text[:LONGEST_ADDRESS] or None,
        placeholder=form.address,
        max_length=LONGEST_ADDRESS,
    )
    hint = label(t.gettext("As your browser shows it, up to the name of the host"), 100)
    return Label(
        text=label(t.gettext("Address of the panel"), 45), description=hint, component=field
    )


def _key(key: KeyField, t: Words) -> Label[Any]:
    field: TextInput[Any] = TextInput(
        custom_id=_KEY + key.name, required=key.is_required, max_length=_LONGEST_KEY
    )
    hint = label(t.gettext(key.hint), 100)
    return Label(text=label(t.gettext(key.label), 45), description=hint, component=field)


def _choice(option: OptionField, now: str | None, t: Words) -> Label[Any]:
    values = [value for value, _ in option.choices]
    chosen = now if now in values else values[0]
    menu: Select[Any] = Select(
        custom_id=_OPTION + option.name,
        options=[
            discord.SelectOption(
                label=label(t.gettext(name), 100), value=value, default=value == chosen
            )
            for value, name in option.choices
        ],
    )
    return Label(
        text=label(t.gettext(option.label), 45), description=_hint(option, t), component=menu
    )


def _text(option: OptionField, now: str | None, t: Words) -> Label[Any]:
    field: TextInput[Any] = TextInput(
        custom_id=_OPTION + option.name,
        default=now and now[:_LONGEST_OPTION],
        required=False,
        max_length=_LONGEST_OPTION,
    )
    return Label(
        text=label(t.gettext(option.label), 45), description=_hint(option, t), component=field
    )


def _hint(option: OptionField, t: Words) -> str | None:
    return label(t.gettext(option.hint), 100) if option.hint else None
