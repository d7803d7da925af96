"""Owns what Discord demands of a tree of components, with and without the V2 flag. Stores nothing.

Figures: Discord's component reference. V1: 5 rows of 5 buttons or 1 select. V2: 40 components with
all nested ones, 4000 characters of text over all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.simulators.discord.components import LINK_STYLE, SELECTS, Kind, walk

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.simulators.discord.errors import Form, Path

MAX_COMPONENTS = 40
MAX_CHARACTERS = 4000
_MAX_ROWS = 5
_CONTENTS = frozenset(
    {Kind.ROW, Kind.SECTION, Kind.TEXT, Kind.GALLERY, Kind.FILE, Kind.SEPARATOR},
)
_IN_ROW = frozenset({Kind.BUTTON, *SELECTS})
_SELECT_KEYS = {"custom_id", "placeholder", "min_values", "max_values", "disabled", "required"}
_KEYS: dict[Kind, set[str]] = {
    Kind.ROW: {"components"},
    Kind.BUTTON: {"style", "label", "emoji", "custom_id", "sku_id", "url", "disabled"},
    Kind.STRING_SELECT: _SELECT_KEYS | {"options"},
    Kind.TEXT_INPUT: {
        *("custom_id", "style", "label", "value", "placeholder"),
        *("required", "min_length", "max_length"),
    },
    Kind.USER_SELECT: _SELECT_KEYS | {"default_values"},
    Kind.ROLE_SELECT: _SELECT_KEYS | {"default_values"},
    Kind.MENTIONABLE_SELECT: _SELECT_KEYS | {"default_values"},
    Kind.CHANNEL_SELECT: _SELECT_KEYS | {"default_values", "channel_types"},
    Kind.SECTION: {"components", "accessory"},
    Kind.TEXT: {"content"},
    Kind.THUMBNAIL: {"media", "description", "spoiler"},
    Kind.GALLERY: {"items"},
    Kind.FILE: {"file", "spoiler"},
    Kind.SEPARATOR: {"divider", "spacing"},
    Kind.CONTAINER: {"components", "accent_color", "spoiler"},
    Kind.LABEL: {"label", "description", "component"},
}


def check_components(
    form: Form, path: Path, components: Any, *, v2: bool, filenames: Collection[str]
) -> None:
    """Complain about everything that is wrong with the components of a message."""
    allowed = _CONTENTS | {Kind.CONTAINER} if v2 else frozenset({Kind.ROW})
    tree = form.items(path, components, MAX_COMPONENTS if v2 else _MAX_ROWS)
    for index, component in enumerate(tree):
        check_component(form, (*path, index), component, allowed, filenames=filenames)
    check_identity(form, path, tree)
    everything = list(walk(tree))
    if len(everything) > MAX_COMPONENTS:
        text = f"The total number of components cannot exceed {MAX_COMPONENTS}."
        form.refuse(path, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", text)
    if sum(len(str(item.get("content", ""))) for item in everything) > MAX_CHARACTERS:
        text = f"The total text of all components cannot exceed {MAX_CHARACTERS} characters."
        form.refuse(path, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", text)


def check_component(
    form: Form,
    path: Path,
    component: dict[str, Any],
    allowed: Collection[Kind],
    *,
    filenames: Collection[str] = (),
) -> None:
    """Complain about one component that may be of the allowed kinds, and about all inside it."""
    if not form.choice((*path, "type"), component.get("type"), allowed):
        return
    kind = Kind(component["type"])
    form.known(path, component, _KEYS[kind] | {"type", "id"})
    if kind == Kind.BUTTON:
        _button(form, path, component)
    elif kind in SELECTS:
        _select(form, path, component)
    elif kind in (Kind.ROW, Kind.SECTION, Kind.CONTAINER):
        _parent(form, path, component, filenames=filenames)
    else:
        _leaf(form, path, component, filenames=filenames)


def check_identity(form: Form, path: Path, tree: list[dict[str, Any]]) -> None:
    """Complain about custom ids and numbers that occur twice."""
    for key in ("custom_id", "id"):
        seen: set[Any] = set()
        for item in walk(tree):
            value = item.get(key)
            if not value or not isinstance(value, str | int):
                continue
            if value in seen:
                word = f"COMPONENT_{key.upper()}_DUPLICATED"
                form.refuse(path, word, f"Component {key} cannot be duplicated: {value}")
            seen.add(value)


def _parent(
    form: Form, path: Path, component: dict[str, Any], *, filenames: Collection[str]
) -> None:
    kind = Kind(component["type"])
    allowed, maximum = {
        Kind.ROW: (_IN_ROW, 5),
        Kind.SECTION: (frozenset({Kind.TEXT}), 3),
        Kind.CONTAINER: (_CONTENTS, MAX_COMPONENTS),
    }[kind]
    below = (*path, "components")
    inside = form.items(below, component.get("components"), maximum, minimum=1)
    for index, item in enumerate(inside):
        check_component(form, (*below, index), item, allowed, filenames=filenames)
    if kind == Kind.ROW and len(inside) > 1 and any(_is_select(item) for item in inside):
        text = "The specified component exceeds the maximum width"
        form.refuse(below, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", text)
    if kind == Kind.SECTION:
        _accessory(form, (*path, "accessory"), component.get("accessory"), filenames=filenames)


def _accessory(form: Form, path: Path, accessory: Any, *, filenames: Collection[str]) -> None:
    if not isinstance(accessory, dict):
        form.required(path)
        return
    check_component(
        form, path, accessory, frozenset({Kind.BUTTON, Kind.THUMBNAIL}), filenames=filenames
    )


def _button(form: Form, path: Path, button: dict[str, Any]) -> None:
    style = button.get("style")
    form.text((*path, "label"), button.get("label"), 80)
    form.object((*path, "emoji"), button.get("emoji"))
    form.choice((*path, "style"), style, range(1, LINK_STYLE + 1))
    if not button.get("label") and not button.get("emoji"):
        form.required((*path, "label"))
    if style == LINK_STYLE:
        form.text((*path, "url"), button.get("url"), 512, minimum=1)
    else:
        form.text((*path, "custom_id"), button.get("custom_id"), 100, minimum=1)
    if button.get("custom_id") and button.get("url"):
        text = "A custom id and url cannot both be specified"
        form.refuse(path, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", text)


def _select(form: Form, path: Path, select: dict[str, Any]) -> None:
    form.text((*path, "custom_id"), select.get("custom_id"), 100, minimum=1)
    form.text((*path, "placeholder"), select.get("placeholder"), 150)
    form.whole((*path, "min_values"), select.get("min_values"), 25)
    form.whole((*path, "max_values"), select.get("max_values"), 25, minimum=1)
    if select["type"] != Kind.STRING_SELECT:
        return
    below = (*path, "options")
    options = form.items(below, select.get("options"), 25, minimum=1)
    values = [option.get("value") for option in options]
    for index, option in enumerate(options):
        here = (*below, index)
        form.known(here, option, {"label", "value", "description", "emoji", "default"})
        form.text((*here, "label"), option.get("label"), 100, minimum=1)
        form.text((*here, "value"), option.get("value"), 100, minimum=1)
        form.text((*here, "description"), option.get("description"), 100)
        form.object((*here, "emoji"), option.get("emoji"))
        if option.get("value") in values[:index]:
            text = "The specified option value is already used"
            form.refuse((*here, "value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", text)
    most = select.get("max_values")
    if isinstance(most, int) and len(options) < most:
        text = "There are fewer options than may be chosen"
        form.refuse((*path, "max_values"), "BASE_TYPE_BAD_LENGTH", text)


def _leaf(form: Form, path: Path, component: dict[str, Any], *, filenames: Collection[str]) -> None:
    match component["type"]:
        case Kind.TEXT:
            content = component.get("content")
            form.text((*path, "content"), content, MAX_CHARACTERS, minimum=1)
        case Kind.THUMBNAIL:
            form.text((*path, "description"), component.get("description"), 1024)
            _media(form, (*path, "media"), component.get("media"), filenames=filenames)
        case Kind.FILE:
            _media(form, (*path, "file"), component.get("file"), filenames=filenames)
        case Kind.GALLERY:
            items = form.items((*path, "items"), component.get("items"), 10, minimum=1)
            for index, item in enumerate(items):
                here = (*path, "items", index, "media")
                _media(form, here, item.get("media"), filenames=filenames)


def _media(form: Form, path: Path, media: Any, *, filenames: Collection[str]) -> None:
    url = media.get("url") if isinstance(media, dict) else None
    form.text((*path, "url"), url, 2048, minimum=1)
    if isinstance(url, str) and url.startswith("attachment://"):
        if url.removeprefix("attachment://") not in filenames:
            text = "Referenced attachment was not found"
            form.refuse((*path, "url"), "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", text)
    elif isinstance(url, str) and not url.startswith(("http://", "https://")):
        text = "Scheme must be one of ('attachment', 'http', 'https')."
        form.refuse((*path, "url"), "URL_TYPE_INVALID_SCHEME", text)


def _is_select(item: dict[str, Any]) -> bool:
    return item.get("type") in SELECTS
