"""Reads layouts as they are sent to Discord."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import discord

_TEXT = 10


def every_part(view: discord.ui.LayoutView) -> list[dict[str, Any]]:
    """Return all components of a view, the nested ones too: Discord counts each."""
    return [part for item in view.children for part in walk(item.to_component_dict())]


def text_of(box: discord.ui.Item[Any]) -> str:
    """Return all texts of a layout, one below the other."""
    parts = walk(box.to_component_dict())
    return "\n".join(part["content"] for part in parts if part["type"] == _TEXT)


def walk(part: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a component as it is sent, and all that are nested in it."""
    yield dict(part)
    for child in part.get("components", ()):
        yield from walk(child)
