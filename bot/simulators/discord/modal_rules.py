"""Owns what Discord demands of a modal, and of what a member fills in. Stores nothing.

Figures: Discord's modal reference: title 45, custom id 100, 1 to 5 components, text 4000, label 45.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.simulators.discord.component_rules import check_component, check_identity
from bot.simulators.discord.components import SELECTS, Kind, walk
from bot.simulators.discord.errors import Form, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.simulators.discord.errors import Path

_IN_LABEL = frozenset({Kind.TEXT_INPUT, *SELECTS})
_MAX_TEXT = 4000


def check_modal(data: Any) -> dict[str, Any]:
    """Return the data of a modal, or raise Discord's form error."""
    form = Form()
    path: Path = ("data",)
    if not isinstance(data, dict):
        form.required(path)
        form.close()
    form.known(path, data, {"title", "custom_id", "components"})
    form.text((*path, "title"), data.get("title"), 45, minimum=1)
    form.text((*path, "custom_id"), data.get("custom_id"), 100, minimum=1)
    below = (*path, "components")
    tree = form.items(below, data.get("components"), 5, minimum=1)
    for index, component in enumerate(tree):
        _check_part(form, (*below, index), component)
    check_identity(form, below, tree)
    form.close()
    return dict(data)


def filled(modal: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a client submits, or raise `RefusedError` where it would not let it through."""
    fields = {item["custom_id"]: item for item in walk(modal["components"]) if "custom_id" in item}
    unknown = set(values) - set(fields)
    if unknown:
        raise RefusedError(f"The form has no field {sorted(unknown)}; it has {sorted(fields)}")
    parts = [_filled_part(part, values) for part in modal["components"]]
    return {"custom_id": modal["custom_id"], "components": parts}


def _check_part(form: Form, path: Path, part: dict[str, Any]) -> None:
    match part.get("type"):
        case Kind.LABEL:
            form.known(path, part, {"type", "id", "label", "description", "component"})
            form.text((*path, "label"), part.get("label"), 45, minimum=1)
            form.text((*path, "description"), part.get("description"), 100)
            inner = part.get("component")
            below = (*path, "component")
            if not isinstance(inner, dict):
                form.required(below)
            elif inner.get("type") == Kind.TEXT_INPUT:
                _check_input(form, below, inner)
            else:
                check_component(form, below, inner, _IN_LABEL)
        case Kind.ROW:
            below = (*path, "components")
            inputs = form.items(below, part.get("components"), 1, minimum=1)
            for index, inner in enumerate(inputs):
                check_component(form, (*below, index), inner, {Kind.TEXT_INPUT})
                form.text((*below, index, "label"), inner.get("label"), 45, minimum=1)
                _check_input(form, (*below, index), inner)
        case _:
            check_component(form, path, part, {Kind.TEXT, Kind.LABEL, Kind.ROW})


def _check_input(form: Form, path: Path, field: dict[str, Any]) -> None:
    form.text((*path, "custom_id"), field.get("custom_id"), 100, minimum=1)
    form.text((*path, "placeholder"), field.get("placeholder"), 100)
    form.text((*path, "value"), field.get("value"), _MAX_TEXT)
    form.whole((*path, "min_length"), field.get("min_length"), _MAX_TEXT)
    form.whole((*path, "max_length"), field.get("max_length"), _MAX_TEXT, minimum=1)
    form.choice((*path, "style"), field.get("style"), (1, 2))


def _filled_part(part: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {"type": part["type"], "id": part["id"]}
    if "component" in part:
        body["component"] = _filled_field(part["component"], values)
    elif "components" in part:
        body["components"] = [_filled_field(field, values) for field in part["components"]]
    return body


def _filled_field(field: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    custom_id = field["custom_id"]
    body = {"type": field["type"], "id": field["id"], "custom_id": custom_id}
    required = field.get("required", True)
    if field["type"] != Kind.TEXT_INPUT:
        chosen = values.get(custom_id, [])
        offered = [option["value"] for option in field.get("options", ())]
        if (required and not chosen) or (offered and not set(chosen) <= set(offered)):
            raise RefusedError(f"{custom_id} does not offer {chosen}; it offers {offered}")
        if chosen and not field["min_values"] <= len(chosen) <= field["max_values"]:
            bounds = f"{field['min_values']} to {field['max_values']}"
            raise RefusedError(f"{custom_id} wants {bounds} values, not {len(chosen)}")
        return body | {"values": [str(value) for value in chosen]}
    text = values.get(custom_id, field.get("value") or "")
    shortest = field.get("min_length") or (1 if required else 0)
    longest = field.get("max_length") or _MAX_TEXT
    if (text or required) and not shortest <= len(text) <= longest:
        raise RefusedError(f"{custom_id} wants {shortest} to {longest} characters, not {len(text)}")
    return body | {"value": text}
