"""Owns the tree of components: its kinds, a walk through it, the form in which Discord keeps it.

Does not check it; that is `component_rules`.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.simulators.discord.message import Attachment


class Kind(IntEnum):
    """Discord's types of components."""

    ROW = 1
    BUTTON = 2
    STRING_SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    SECTION = 9
    TEXT = 10
    THUMBNAIL = 11
    GALLERY = 12
    FILE = 13
    SEPARATOR = 14
    CONTAINER = 17
    LABEL = 18


LINK_STYLE = 5
SELECTS = frozenset(
    {
        Kind.STRING_SELECT,
        Kind.USER_SELECT,
        Kind.ROLE_SELECT,
        Kind.MENTIONABLE_SELECT,
        Kind.CHANNEL_SELECT,
    },
)
_DEFAULTS: dict[Kind, dict[str, Any]] = {
    Kind.CONTAINER: {"accent_color": None, "spoiler": False},
    Kind.SEPARATOR: {"spacing": 1, "divider": True},
    Kind.THUMBNAIL: {"description": None, "spoiler": False},
    Kind.FILE: {"spoiler": False, "name": None, "size": None},
}
_SELECT_DEFAULTS = {"min_values": 1, "max_values": 1}
_GALLERY_ITEM_DEFAULTS = {"description": None, "spoiler": False}


def children(component: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what stands directly in a component, as it is read: text before its accessory."""
    inside = component.get("components")
    below = inside if isinstance(inside, list) else []
    for item in (*below, component.get("accessory"), component.get("component")):
        if isinstance(item, dict):
            yield item


def walk(components: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield every component at any depth, in the order of reading."""
    for component in components:
        yield component
        yield from walk(children(component))


def stored(
    components: Sequence[dict[str, Any]], attachments: Sequence[Attachment] = ()
) -> list[dict[str, Any]]:
    """Return the tree of a message as Discord gives it back.

    It is numbered, has defaults and no nulls; `required` is for menus in modals and is dropped.
    """
    tree = numbered(components, attachments)
    for item in walk(tree):
        item.pop("required", None)
    return tree


def numbered(
    components: Sequence[dict[str, Any]], attachments: Sequence[Attachment] = ()
) -> list[dict[str, Any]]:
    """Return the tree numbered, with defaults, without nulls."""
    taken = {item["id"] for item in walk(components) if item.get("id")}
    numbers = (number for number in range(1, 1000) if number not in taken)
    return [_stored(component, numbers, attachments) for component in components]


def _stored(
    component: dict[str, Any], numbers: Iterator[int], attachments: Sequence[Attachment]
) -> dict[str, Any]:
    kind = Kind(component["type"])
    kept: dict[str, Any] = {"type": int(kind), "id": component.get("id") or next(numbers)}
    kept |= _DEFAULTS.get(kind, _SELECT_DEFAULTS if kind in SELECTS else {})
    for key, value in component.items():
        if value is None or key in kept.keys() & {"type", "id"}:
            continue
        if key == "components":
            kept[key] = [_stored(item, numbers, attachments) for item in value]
        elif key in ("accessory", "component"):
            kept[key] = _stored(value, numbers, attachments)
        elif key in ("media", "file"):
            kept[key] = _media(value["url"], attachments)
        elif key == "items":
            kept[key] = [_gallery_item(item, attachments) for item in value]
        elif key == "emoji":
            kept[key] = _without_nulls(value)
        elif key == "options":
            kept[key] = [_option(item) for item in value]
        elif key == "default_values":
            kept[key] = [item | {"id": str(item["id"])} for item in value]
        else:
            kept[key] = value
    return kept


def _gallery_item(item: dict[str, Any], attachments: Sequence[Attachment]) -> dict[str, Any]:
    kept = _GALLERY_ITEM_DEFAULTS | _without_nulls(item)
    return kept | {"media": _media(item["media"]["url"], attachments)}


def _option(option: dict[str, Any]) -> dict[str, Any]:
    kept = _without_nulls(option)
    if "emoji" in kept:
        kept["emoji"] = _without_nulls(kept["emoji"])
    return kept


def _media(url: str, attachments: Sequence[Attachment]) -> dict[str, Any]:
    for attachment in attachments:
        if url == f"attachment://{attachment.filename}":
            return {
                "id": str(attachment.id),
                "url": attachment.url,
                "proxy_url": attachment.url,
                "content_type": attachment.content_type,
                "attachment_id": str(attachment.id),
            }
    return {"id": "0", "url": url, "proxy_url": url, "content_type": None}


def _without_nulls(value: dict[str, Any]) -> dict[str, Any]:
    return {key: item for key, item in value.items() if item is not None}
