"""Reads a list of Pterodactyl, of any generation, from its first page to its last. Knows no path.

A page has its entries in `data` and the number of pages in `meta.pagination.total_pages`.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from bot.panels._errors import AnswerTooLarge
from bot.panels._json import integer, mapping, mappings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

T = TypeVar("T")

PAGE_SIZE = 100
"""What Pterodactyl 1.x gives at most; newer ones refuse to give more."""
_PARTS = 10
_MOST_UNREAD = 10


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a list."""

    entries: Sequence[T]
    size: int
    """How many there are, those counted that cannot be read."""
    pages: int | None
    """How many pages the panel claims; None where it does not say."""


def parse_page(data: object) -> Page[Mapping[str, object]]:
    """Return a page with those of its entries that are objects."""
    document = mapping(data)
    listed = document.get("data")
    if not isinstance(listed, list):
        raise TypeError("data is no list")
    pages = integer(mapping(mapping(document.get("meta")).get("pagination")).get("total_pages"))
    return Page(mappings(listed), len(listed), pages if pages and pages > 0 else None)


async def in_parts(
    ask: Callable[[int, int], Awaitable[Page[T]]], number: int, size: int = PAGE_SIZE
) -> Page[T]:
    """Return the page of that number and size, put together from smaller ones if it must be.

    Raises `AnswerTooLarge` where a single entry is.
    """
    try:
        return await ask(number, size)
    except AnswerTooLarge:
        if size < _PARTS:
            raise
    entries: list[T] = []
    read = 0
    for part in range((number - 1) * _PARTS + 1, number * _PARTS + 1):
        page = await in_parts(ask, part, size // _PARTS)
        entries += page.entries
        read += page.size
        if page.pages is not None and part >= page.pages:
            break
    return Page(entries, read, None if page.pages is None else -(-page.pages // _PARTS))


async def each(
    ask: Callable[[int], Awaitable[Page[T]]], id_of: Callable[[T], str]
) -> AsyncIterator[tuple[str, T]]:
    """Yield every entry once, by its id; a page that cannot be read hides no other."""
    known: set[str] = set()
    first_size = unread = 0
    for number in itertools.count(1):
        page = await ask(number)
        first_size = first_size or page.size
        new = {id_of(entry): entry for entry in page.entries}
        for entry_id in known & new.keys():
            del new[entry_id]
        for listed in new.items():
            yield listed
        known |= new.keys()
        is_last = page.size < first_size if page.pages is None else number >= page.pages
        unread = 0 if page.entries else unread + 1
        # Nothing, or nothing but what is known: the panel has miscounted its pages, or knows none.
        is_past_the_end = not page.size or (page.entries and not new)
        if is_last or is_past_the_end or unread == _MOST_UNREAD:
            break
