"""What is being filled in for a panel's admin side: each value, what is missing, what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.domain.servers import Capability
from bot.ui.render.text import code, plain

if TYPE_CHECKING:
    from bot.domain.administration import Field
    from bot.services.drafts import Draft
    from bot.ui.i18n import Words

_SHOWN = 45
"""Fields; with their lines cut as below they stay within Discord's 4,000 characters."""
_SECRET_HINTS = ("password", "secret", "token", "key")


def draft_text(draft: Draft, t: Words) -> discord.ui.Container[discord.ui.LayoutView]:
    """Return the text of a draft, without its buttons."""
    lines = [_title(draft, t), *(f"⚠️ {plain(text, 150)}" for text in draft.problems.get("", ()))]
    lines += [_line(each, draft) for each in draft.fields[:_SHOWN]]
    if draft.missing:
        lines.append("-# " + t.gettext("❗ must be filled in"))
    return discord.ui.Container(discord.ui.TextDisplay("\n".join(lines)))


def shown_value(value: object) -> str:
    """Return a value as it would be typed."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case dict():
            return "\n".join(f"{name}={each}" for name, each in value.items())
        case list() | tuple():
            return ", ".join(str(each) for each in value)
        case _:
            return str(value)


def _title(draft: Draft, t: Words) -> str:
    words = {
        Capability.CREATE: t.gettext("New server on {panel}"),
        Capability.UPDATE: t.gettext("Change {server}"),
        Capability.BUILD: t.gettext("Limits of {server}"),
    }[draft.action]
    name = draft.server.name if draft.server else ""
    return "### " + words.format(panel=plain(draft.panel_name), server=plain(name))


def _line(field: Field, draft: Draft) -> str:
    value = draft.values.get(field.name, field.value)
    problems = draft.problems.get(field.name, ())
    if problems:
        symbol = "⚠️"
    elif field in draft.missing:
        symbol = "❗"
    else:
        symbol = "▪️" if field.name in draft.values else "▫️"
    text = f"{symbol} {plain(field.label, 40)}"
    if value is not None:
        text += f": {_masked(field, value)}"
    return text + "".join(f" — {plain(problem, 60)}" for problem in problems[:1])


def _masked(field: Field, value: object) -> str:
    """Values that look like secrets are not shown again."""
    if any(hint in field.name.casefold() for hint in _SECRET_HINTS):
        return "•••"
    label = next((choice.label for choice in field.choices if choice.value == value), None)
    return code(label or shown_value(value).replace("\n", ", "), 40)
