"""What a panel wants to know to create or change a server. Knows no panel and no form."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
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


class Problem(StrEnum):
    """Why a typed text is no value of a field; plain English, for people."""

    NO_NUMBER = "must be a whole number"
    NO_FLAG = "must be yes or no"
    NO_PAIRS = "must be lines of NAME=value"
    NO_CHOICE = "is none of the choices"
    SEVERAL = "is the name of several; type the id"


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
    value: object = field(default=None, repr=False)
    """What it is now, or what a new server is to have if nothing else is given."""
    is_proposed: bool = False
    """The value is not there yet, and is given to the panel unless another one is typed."""
    decides: bool = False
    """What is chosen here decides which other fields there are, or what they offer."""


def parsed(field: Field, text: str) -> object:
    """Return the value that a typed text means; raises ValueError with a `Problem`.

    A choice may be typed by its value or by its label.
    """
    text = text.strip()
    match field.type:
        case FieldType.FLAG:
            return _flag(text)
        case FieldType.MAP:
            return _pairs(text)
        case FieldType.LIST:
            parts = [part.strip() for part in re.split(r"[,\n]", text)]
            return [_item(field, part) for part in parts if part]
        case FieldType.NUMBER:
            return _number(field, text)
        case FieldType.TEXT:
            chosen = _chosen(field, text)
            return text if chosen is None else chosen


def is_offered(field: Field, text: str) -> bool:
    """Whether a text means one of the field's choices."""
    return any(text in (str(each.value), each.label) for each in field.choices)


def typed(value: object) -> str:
    """Return the text that means a value: the reverse of `parsed`."""
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


def nested(values: Mapping[str, object]) -> dict[str, object]:
    """Turn names with dots into nested objects: `limits.memory` into `{"limits": {"memory"}}`.

    Of two values for one name the later counts. Raises ValueError where one name is both a value
    and the place of others.
    """
    tree: dict[str, object] = {}
    for name, value in values.items():
        *places, last = name.split(".")
        branch = tree
        for place in places:
            branch[place] = branch = _branch(branch, place)
        branch[last] = value
    return tree


_FLAGS = {"yes": True, "true": True, "on": True, "1": True} | {
    "no": False,
    "false": False,
    "off": False,
    "0": False,
}


def _flag(text: str) -> bool:
    if text.casefold() not in _FLAGS:
        raise ValueError(Problem.NO_FLAG)
    return _FLAGS[text.casefold()]


def _pairs(text: str) -> dict[str, str]:
    lines = [line.partition("=") for line in text.splitlines() if line.strip()]
    if not all(sign and name.strip() for name, sign, _ in lines):
        raise ValueError(Problem.NO_PAIRS)
    return {name.strip(): value.strip() for name, _, value in lines}


def _item(field: Field, text: str) -> str | int:
    chosen = _chosen(field, text)
    if chosen is not None:
        return chosen
    return int(text) if text.isdecimal() else text


def _number(field: Field, text: str) -> str | int:
    chosen = _chosen(field, text)
    if chosen is not None:
        return chosen
    try:
        return int(text)
    except ValueError:
        raise ValueError(Problem.NO_CHOICE if field.choices else Problem.NO_NUMBER) from None


def _chosen(field: Field, text: str) -> str | int | None:
    """Return the choice that a text means, None where it is none of them."""
    for choice in field.choices:
        if str(choice.value) == text:
            return choice.value
    name = text.casefold()
    found = {choice.value for choice in field.choices if choice.label.strip().casefold() == name}
    if len(found) > 1:
        raise ValueError(Problem.SEVERAL)
    return next(iter(found), None)


def _branch(tree: Mapping[str, object], place: str) -> dict[str, object]:
    """Return a copy of what is at that place: the values given are not changed."""
    branch = tree.get(place, {})
    if not isinstance(branch, dict):
        raise ValueError(f"{place!r} has both a value and values below it")  # noqa: TRY004 - not of a wrong type, but given twice
    return dict(branch)
