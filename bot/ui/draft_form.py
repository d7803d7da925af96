"""One form (modal) of a draft: five of its fields, with menus where they have few choices."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import TYPE_CHECKING, Any

import discord
from discord.ui import Label, Modal, Select, TextInput

from bot.domain.administration import FieldType
from bot.ui.render.draft import is_secret
from bot.ui.render.labels import field_label
from bot.ui.render.text import label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.administration import Field
    from bot.services.drafts import Draft
    from bot.ui.i18n import Words

PER_FORM = 5
_MENU = 25
_LONGEST = 4000
_LIFETIME = 900


def draft_form(draft: Draft, number: int, t: Words) -> Modal:
    """Return a form; `forms.submitted` answers it from its custom_id."""
    title = draft.server.name if draft.server else draft.panel_name
    custom_id = f"d1m:{draft.id}:{number}"
    form = Modal(title=label(title, 45), custom_id=custom_id, timeout=_LIFETIME)
    for field in draft.fields[number * PER_FORM :][:PER_FORM]:
        form.add_item(
            Label(
                text=label(field_label(field, t), 45),
                description=_hint(field, t),
                component=_input(_custom_id(field, draft), field, draft, t),
            )
        )
    return form


def changes(draft: Draft, given: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the texts that a member changed in a form, by field name.

    What was left as it stood there is no change, even where it could not be shown as it is. A
    field that is no longer asked for since the form was opened is not looked at.
    """
    changed = {}
    for field in draft.fields:
        custom_id = _custom_id(field, draft)
        if custom_id in given:
            text = _text(field, given[custom_id])
            if text.strip() != _default(field, draft).strip():
                changed[field.name] = text
    return changed


def _custom_id(field: Field, draft: Draft) -> str:
    """The panel's own names may be longer than Discord takes."""
    return str(draft.numbers[field.name])


def _input(custom_id: str, field: Field, draft: Draft, t: Words) -> TextInput[Any] | Select[Any]:
    menu = _menu(field)
    if not menu:
        return _text_input(custom_id, field, draft, t)
    chosen = [pick for pick, (text, _) in menu.items() if text in _now(field, draft)]
    is_several = field.type is FieldType.LIST
    names = {"yes": t.gettext("yes"), "no": t.gettext("no")} if field.type is FieldType.FLAG else {}
    return Select(
        custom_id=custom_id,
        required=field.required,
        min_values=int(field.required),
        max_values=len(menu) if is_several else 1,
        options=[
            discord.SelectOption(
                label=label(names.get(text, name), 100),
                value=pick,
                default=pick in (chosen if is_several else chosen[:1]),
            )
            for pick, (text, name) in menu.items()
        ],
    )


def _text_input(custom_id: str, field: Field, draft: Draft, t: Words) -> TextInput[Any]:
    default = _default(field, draft)
    is_given = bool(draft.text(field)) and not default
    examples = ", ".join(f"{choice.value} = {choice.label}" for choice in field.choices[:_MENU])
    kept = t.gettext("Left empty, it stays as it is") if is_given else ""
    is_long = field.type is FieldType.MAP or "\n" in default
    return TextInput(
        custom_id=custom_id,
        default=default or None,
        placeholder=label(kept or examples, 100) if kept or examples else None,
        required=field.required and not is_given,
        style=discord.TextStyle.paragraph if is_long else discord.TextStyle.short,
    )


def _hint(field: Field, t: Words) -> str | None:
    if len(field.choices) > _MENU:
        several = t.gettext("Names or ids, separated by commas; there are {count}")
        one = t.gettext("Name or id; there are {count}")
        hint = several if field.type is FieldType.LIST else one
        return hint.format(count=len(field.choices))
    if _menu(field):
        return t.gettext("What else is asked for depends on this") if field.decides else None
    return {
        FieldType.NUMBER: t.gettext("A whole number"),
        FieldType.MAP: t.gettext("Lines of NAME=value"),
        FieldType.LIST: t.gettext("Several, separated by commas"),
    }.get(field.type)


def _menu(field: Field) -> dict[str, tuple[str, str]]:
    """Return text and name of what can be picked; nothing where it must be typed.

    What Discord calls them stays the same whatever else can be picked by the time it is sent.
    """
    if field.type is FieldType.FLAG:
        return {"yes": ("yes", "yes"), "no": ("no", "no")}
    if len(field.choices) > _MENU:
        return {}
    listed = [(str(choice.value), choice.label) for choice in reversed(field.choices)]
    return dict(reversed({_pick(text): (text, name) for text, name in listed}.items()))


def _pick(text: str) -> str:
    return hashlib.blake2b(text.encode(errors="replace"), digest_size=8).hexdigest()


def _text(field: Field, given: Sequence[str]) -> str:
    """Return the text that was typed, or that what was picked stands for."""
    menu = _menu(field)
    return ", ".join(menu[pick][0] for pick in given if pick in menu) if menu else "".join(given)


def _default(field: Field, draft: Draft) -> str:
    """Return what the form shows of a field at first."""
    if menu := _menu(field):
        now = _now(field, draft)
        return ", ".join(text for text, _ in menu.values() if text in now)
    text = draft.text(field)
    if is_secret(field, text):
        return ""
    shown = (c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(shown)[:_LONGEST]


def _now(field: Field, draft: Draft) -> list[str]:
    """Return the texts of a menu that count at the moment."""
    text = draft.text(field)
    return text.split(", ") if field.type is FieldType.LIST else [text]
