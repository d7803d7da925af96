"""How well a name answers to what somebody types. Pure text, no servers and no rights."""

from __future__ import annotations

from enum import IntEnum


class Match(IntEnum):
    """From best to worst."""

    PREFIX = 0
    WORD = 1
    INSIDE = 2
    LETTERS = 3
    NONE = 4


def match(name: str, typed: str) -> Match:
    """Say how `name` answers to `typed`; an empty text is a prefix of everything."""
    name, typed = name.casefold(), typed.casefold().strip()
    if name.startswith(typed):
        return Match.PREFIX
    if any(word.startswith(typed) for word in name.replace("-", " ").replace("_", " ").split()):
        return Match.WORD
    if typed in name:
        return Match.INSIDE
    return Match.LETTERS if _has_letters_in_order(name, typed) else Match.NONE


def _has_letters_in_order(name: str, typed: str) -> bool:
    letters = iter(name)
    return all(letter in letters for letter in typed)
