"""What a panel wants to know to create or change a server. Knows no panel and no form."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class FieldType(StrEnum):
    """How a value is given and checked before the panel sees it."""

    TEXT = "text"
    NUMBER = "number"
    """A whole number."""
    FLAG = "flag"
    """True or false."""
    MAP = "map"
    """Names to texts, such as environment variables."""
    LIST = "list"
    """Several texts or numbers."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values that the panel would take."""

    value: str | int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One value that the panel asks for."""

    name: str
    """The panel's own name; a dot makes it nested: `limits.memory`."""
    label: str
    """Plain English, for people."""
    type: FieldType = FieldType.TEXT
    required: bool = False
    choices: tuple[Choice, ...] = ()
    """What the panel lists; empty where anything may be given."""
    value: object = None
    """What it is now, or what it is if nothing is given."""


def parsed(field: Field, text: str) -> object:
    """Return the value that a typed text means for a field; raises ValueError with a sentence."""
    text = text.strip()
    if field.type is FieldType.NUMBER:
        try:
            return int(text)
        except ValueError:
            raise ValueError("must be a whole number") from None
    if field.type is FieldType.FLAG:
        if text.casefold() not in _FLAGS:
            raise ValueError("must be yes or no")
        return _FLAGS[text.casefold()]
    if field.type is FieldType.LIST:
        return [_number_or_text(part.strip()) for part in text.split(",") if part.strip()]
    if field.type is FieldType.MAP:
        return _pairs(text)
    chosen = next((choice.value for choice in field.choices if str(choice.value) == text), None)
    return text if chosen is None else chosen


def nested(values: Mapping[str, object]) -> dict[str, object]:
    """Turn names with dots into nested objects: `limits.memory` into `{"limits": {"memory"}}`.

    Raises ValueError where one name is both a value and the place of others.
    """
    tree: dict[str, object] = {}
    for name, value in values.items():
        *places, last = name.split(".")
        branch = tree
        for place in places:
            branch = _branch(branch, place)
        if last in branch:
            raise ValueError(f"{last} is both a value and the place of others")
        branch[last] = value
    return tree


def _branch(tree: dict[str, object], place: str) -> dict[str, object]:
    match tree.setdefault(place, {}):
        case dict() as branch:
            return branch
        case _:
            raise ValueError(f"{place} is both a value and the place of others")


_FLAGS = {"yes": True, "true": True, "on": True, "1": True} | {
    "no": False,
    "false": False,
    "off": False,
    "0": False,
}


def _number_or_text(text: str) -> object:
    return int(text) if text.isdecimal() else text


def _pairs(text: str) -> dict[str, str]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if any("=" not in line for line in lines):
        raise ValueError("must be lines of NAME=value")
    return {
        name.strip(): value.strip() for name, _, value in (line.partition("=") for line in lines)
    }
