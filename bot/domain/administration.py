"""What a panel wants to know to create or change a server. Knows no panel and no form."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
