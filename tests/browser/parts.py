"""Discord's components, as a bot sends them. Only what the tests of the page need."""

from __future__ import annotations

from typing import Any


def text(content: str) -> dict[str, Any]:
    """A text display."""
    return {"type": 10, "content": content}


def button(label: str, **facts: object) -> dict[str, Any]:
    """A button."""
    return {"type": 2, "style": 2, "label": label} | facts


def row(*inside: dict[str, Any]) -> dict[str, Any]:
    """A row of buttons, or of one menu."""
    return {"type": 1, "components": list(inside)}


def container(*inside: dict[str, Any], **facts: object) -> dict[str, Any]:
    """A box with a coloured edge."""
    return {"type": 17, "components": list(inside)} | facts


def media(url: str, **facts: object) -> dict[str, Any]:
    """An item of a gallery."""
    return {"media": {"url": url}} | facts


def command(name: str) -> dict[str, Any]:
    """A registered slash command without options."""
    facts = {"name": name, "description": "…", "default_member_permissions": None}
    return {"id": "5", "type": 1, **facts}
