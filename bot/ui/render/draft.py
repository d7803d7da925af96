"""What is being filled in for a panel's admin side: each value, what is missing, what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.domain.administration import FieldType, Problem
from bot.domain.servers import Capability
from bot.ui.render.labels import field_label
from bot.ui.render.text import code, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.domain.administration import Field
    from bot.services.drafts import Draft
    from bot.ui.i18n import Words

_ROOM = 3900
"""Characters; Discord takes 4,000 in a message of components."""
_NAMED = 5
_SECRET_HINTS = ("pass", "secret", "token", "key")


def draft_box(
    draft: Draft, fields: Sequence[Field], t: Words
) -> discord.ui.Container[discord.ui.LayoutView]:
    """Return what is known of some of a draft's fields, without buttons."""
    lines = [_title(draft, t), *_general(draft, t), *(_line(each, draft, t) for each in fields)]
    return discord.ui.Container(discord.ui.TextDisplay("\n".join(_fitting(lines))))


def is_secret(field: Field, text: str) -> bool:
    """Whether a value looks like one that is not to be shown again."""
    if field.choices or field.type not in (FieldType.TEXT, FieldType.MAP):
        return False
    names = [field.name, field.label]
    if field.type is FieldType.MAP:
        names += [line.partition("=")[0] for line in text.splitlines()]
    return any(_hints_at_secret(name) for name in names)


def problem_text(problem: str, t: Words) -> str:
    """Return what is wrong with a value: our own words, or those of the panel as they are."""
    words: dict[str, str] = {
        Problem.NO_NUMBER: t.gettext("must be a whole number"),
        Problem.NO_FLAG: t.gettext("must be yes or no"),
        Problem.NO_PAIRS: t.gettext("must be lines of NAME=value"),
        Problem.NO_CHOICE: t.gettext("is none of the choices"),
        Problem.SEVERAL: t.gettext("is the name of several; type the id"),
    }
    return words.get(problem, problem)


def _title(draft: Draft, t: Words) -> str:
    words = {
        Capability.CREATE: t.gettext("New server on {panel}"),
        Capability.UPDATE: t.gettext("Change {server}"),
        Capability.BUILD: t.gettext("Limits of {server}"),
    }[draft.action]
    name = draft.server.name if draft.server else ""
    return "### " + words.format(panel=plain(draft.panel_name), server=plain(name))


def _general(draft: Draft, t: Words) -> Iterator[str]:
    """Yield what is about no single field."""
    for text in draft.rejected.get("", ())[:_NAMED]:
        yield f"⚠️ {plain(text, 150)}"
    if draft.missing:
        names = [f"**{plain(field_label(each, t), 40)}**" for each in draft.missing]
        more = " …" if len(names) > _NAMED else ""
        yield "❗ " + t.gettext("Still needed: {fields}").format(
            fields=", ".join(names[:_NAMED]) + more
        )
    elif draft.server is not None and not draft.texts:
        yield t.gettext("Nothing is changed yet: choose below what to change, then save.")


def _line(field: Field, draft: Draft, t: Words) -> str:
    problems = draft.problems(field)
    if problems:
        symbol = "⚠️"
    elif field in draft.missing:
        symbol = "❗"
    else:
        is_changed = field.name in draft.texts or (field.is_proposed and draft.server is not None)
        symbol = "▪️" if is_changed else "▫️"
    line = f"{symbol} {plain(field_label(field, t), 40)}"
    text = draft.text(field)
    if text:
        line += f": {code(_shown(field, text, t), 60)}"
    elif field.name in draft.texts:
        line += ": " + t.gettext("emptied")
    return line + "".join(f" · {plain(problem_text(each, t), 80)}" for each in problems[:2])


def _shown(field: Field, text: str, t: Words) -> str:
    if field.type is FieldType.FLAG:
        return {"yes": t.gettext("yes"), "no": t.gettext("no")}.get(text, text)
    if field.type is FieldType.MAP:
        pairs = [line.partition("=") for line in text.splitlines()]
        return ", ".join(f"{k}={'•••' if _hints_at_secret(k) else v}" for k, _, v in pairs)
    if is_secret(field, text):
        return "•••"
    labels = {str(choice.value): choice.label for choice in field.choices}
    parts = text.split(", ") if field.type is FieldType.LIST else [text]
    return ", ".join(labels.get(part, part) for part in parts)


def _hints_at_secret(name: str) -> bool:
    return any(hint in name.casefold() for hint in _SECRET_HINTS)


def _fitting(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines that fit into a message; only very long names leave any out."""
    room = _ROOM
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            yield "…"
            return
        yield line
