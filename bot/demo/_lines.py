"""What typed lines mean: a command with its options, a form with its fields. Does nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.simulators.discord.command_rules import OptionType
from bot.simulators.discord.components import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Values = dict[str, str | list[str]]

# An apostrophe is no quote, and a quote that is never closed ends with the line.
_WORD = re.compile(r'(?:[^\s"]|"[^"]*"?)+')


class Mistake(Exception):
    """The line cannot be carried out; says why."""


def command(
    registered: Sequence[Mapping[str, Any]], line: str
) -> tuple[str, list[Mapping[str, Any]], Sequence[str]]:
    """Find what was typed among the registered commands: its name, its options, the rest."""
    words = [word.replace('"', "") for word in _WORD.findall(line)]
    name: list[str] = []
    level: Sequence[Mapping[str, Any]] = registered
    for word in words:
        found = next((each for each in level if each["name"] == word), None)
        if found is None:
            break
        name.append(word)
        level = found.get("options", [])
        if not level or level[0]["type"] > OptionType.GROUP:
            return " ".join(name), list(level), words[len(name) :]
    offered = ", ".join(each["name"] for each in level)
    raise Mistake(f"/{' '.join(name)} goes on with one of: {offered}")


def options(
    offered: Sequence[Mapping[str, Any]], given: Sequence[str], things: Mapping[str, object]
) -> dict[str, Any]:
    """Take words as `name:value`, or in the order of the options; `things` have a name each."""
    kinds = {option["name"]: OptionType(option["type"]) for option in offered}
    values: dict[str, str] = {}
    for word in given:
        name, colon, value = word.partition(":")
        if not colon or name not in kinds:
            free = [each for each in kinds if each not in values]
            if not free:
                raise Mistake(f"too much: {word}")
            name, value = free[0], word
        values[name] = value
    return {name: _value(name, value, kinds[name], things) for name, value in values.items()}


def labels(form: Mapping[str, Any]) -> list[str]:
    """Return what a form calls its fields."""
    return [part["label"] for part in form["components"] if "label" in part]


def how_to_answer(form: Mapping[str, Any]) -> str:
    """Return what can be typed to fill in a form."""
    asked = labels(form)
    fill = f"fill {asked[0]}=..." + (f" {asked[1]}=..." if len(asked) > 1 else "")
    return f"say ..., or {fill}" if len(_texts(form)) == 1 else fill


def said(form: Mapping[str, Any], text: str) -> Values:
    """Return what a form is sent whose only text is this one."""
    texts = _texts(form)
    if len(texts) != 1:
        raise Mistake(f"this form takes no single text; answer with: {how_to_answer(form)}")
    return filled(form, f"{texts[0]}={text}")


def filled(form: Mapping[str, Any], text: str) -> Values:
    """Return what a form is sent: what follows `Label=`, all else as it stands there."""
    labelled = _labelled(text, labels(form))
    if not labelled:
        raise Mistake(
            f"the form asks for {', '.join(labels(form))}; answer with: {how_to_answer(form)}"
        )
    given: Values = {}
    for part in form["components"]:
        field, typed = part.get("component", {}), labelled.get(part.get("label", ""))
        if "options" in field:
            given[field["custom_id"]] = _chosen(part["label"], field["options"], typed)
        elif typed is not None:
            given[field["custom_id"]] = typed
    return given


def _value(name: str, text: str, kind: OptionType, things: Mapping[str, object]) -> Any:
    readers: Mapping[OptionType, Callable[[str], Any]] = {
        OptionType.BOOLEAN: {"true": True, "false": False}.__getitem__,
        OptionType.INTEGER: int,
        OptionType.NUMBER: float,
        OptionType.USER: things.__getitem__,
        OptionType.CHANNEL: things.__getitem__,
        OptionType.ROLE: things.__getitem__,
        OptionType.MENTIONABLE: things.__getitem__,
    }
    try:
        return readers.get(kind, str)(text)
    except (ValueError, KeyError):
        raise Mistake(f"{name}: {text!r} is no {kind.name.lower()}") from None


def _texts(form: Mapping[str, Any]) -> list[str]:
    return [
        part["label"]
        for part in form["components"]
        if part.get("component", {}).get("type") == Kind.TEXT_INPUT
    ]


def _labelled(text: str, known: Sequence[str]) -> dict[str, str]:
    """Part `Label=value Other=value`; a label may have spaces, and a value all but a label."""
    names = "|".join(re.escape(label) for label in sorted(known, key=len, reverse=True))
    found = list(re.finditer(rf'(?:^|(?<=\s))"?({names})\s*=', text))
    if not found or found[0].start():
        return {}
    ends = [*(match.start() for match in found[1:]), len(text)]
    return {
        match[1]: text[match.end() : end].strip().strip('"')
        for match, end in zip(found, ends, strict=True)
    }


def _chosen(label: str, offered: Sequence[Mapping[str, Any]], typed: str | None) -> list[str]:
    if typed is None:
        return [option["value"] for option in offered if option.get("default")]
    chosen = [option["value"] for option in offered if option["label"] == typed]
    if not chosen:
        raise Mistake(f"{label} is one of: {', '.join(option['label'] for option in offered)}")
    return chosen
