"""Reads a list of Pterodactyl, of any generation, from its first page to its last. Knows no path.

A page has its entries in `data` and the number of pages in `meta.pagination.total_pages`.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from bot.panels._json import integer, mapping, mappings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

T = TypeVar("T")


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


async def each(
    ask: Callable[[int], Awaitable[Page[T]]], id_of: Callable[[T], str]
) -> AsyncIterator[tuple[str, T]]:
    """Yield every entry once, by its id, page by page."""
    known: set[str] = set()
    first_size = 0
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
        # A page without anything new: the panel has miscounted its pages, or knows none.
        if is_last or not new:
            break
