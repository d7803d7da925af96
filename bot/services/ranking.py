"""How well a name answers to what somebody types. Pure text, no servers and no rights."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.domain.servers import ServerRef


_LONGEST = 100
"""Nobody types more of a name, and what is typed becomes a pattern."""


class Match(IntEnum):
    """From best to worst."""

    PREFIX = 0
    WORD = 1
    INSIDE = 2
    LETTERS = 3
    NONE = 4


@dataclass(frozen=True, slots=True)
class Label:
    """A server's name and id, prepared for being searched."""

    ref: ServerRef
    text: str
    """The name as it is."""
    name: str
    """Without upper case, and without blanks at its ends."""
    words: str
    """The same, with a blank before each word."""
    id: str

    @classmethod
    def of(cls, name: str, ref: ServerRef) -> Label:
        """Prepare a name."""
        folded = name.strip().casefold()
        return cls(ref, name, folded, _words(folded), ref.server_id.casefold())

    def order(self) -> tuple[str, str]:
        """Sort by name, and servers of the same name by their id."""
        return self.name, self.id


def match(name: str, typed: str) -> Match:
    """Say how `name` answers to `typed`; an empty text is a prefix of everything."""
    name, typed = name.casefold(), typed.casefold().strip()
    if name.startswith(typed):
        return Match.PREFIX
    if f" {typed}" in _words(name):
        return Match.WORD
    if typed in name:
        return Match.INSIDE
    return Match.LETTERS if _letters(typed).match(name) else Match.NONE


def tiers(labels: Sequence[Label], typed: str) -> Iterator[list[Label]]:
    """Yield what answers to a text, from the best match to the worst; each includes the former.

    Ids are searched as well, but not for letters that stand in them by chance.
    """
    typed = typed[:_LONGEST].casefold().strip()
    yield [each for each in labels if each.name.startswith(typed) or each.id.startswith(typed)]
    word = f" {typed}"
    yield [each for each in labels if word in each.words]
    yield [each for each in labels if typed in each.name or typed in each.id]
    has_letters = _letters(typed).match
    yield [each for each in labels if has_letters(each.name) or typed in each.id]


def _words(name: str) -> str:
    return " " + " ".join(name.replace("-", " ").replace("_", " ").split())


def _letters(typed: str) -> re.Pattern[str]:
    """Match what has these letters in this order; there is but one way to read it."""
    escaped = map(re.escape, typed)
    return re.compile("".join(f"[^{letter}]*{letter}" for letter in escaped))
