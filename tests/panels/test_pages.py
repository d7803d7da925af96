"""A list is read to its end, whatever its pages say of their number."""

from __future__ import annotations

import pytest

from bot.panels._pages import Page, each, parse_page


async def read(*pages: list[str], claimed: int | None = None) -> tuple[list[str], int]:
    """Return what was found in those pages, and how many were asked for."""
    asked: list[int] = []

    async def ask(number: int) -> Page[str]:
        asked.append(number)
        entries = pages[number - 1] if number <= len(pages) else []
        return Page(entries, len(entries), claimed)

    return [entry async for entry, _ in each(ask, str)], len(asked)


async def test_as_many_pages_are_read_as_the_panel_claims() -> None:
    assert await read(["a", "b"], ["c"], ["d", "e"], claimed=2) == (["a", "b", "c"], 2)


async def test_without_a_claim_the_page_that_is_not_full_is_the_last() -> None:
    assert await read(["a", "b"], ["c", "d"], ["e"]) == (["a", "b", "c", "d", "e"], 3)
    assert await read(["a"]) == (["a"], 2)
    assert await read([]) == ([], 1)


async def test_a_panel_that_repeats_a_page_is_not_asked_forever() -> None:
    assert await read(["a", "b"], ["a", "b"], ["a", "b"], claimed=99) == (["a", "b"], 2)
    assert await read(["a", "b"], ["b", "a"], ["c", "d"]) == (["a", "b"], 2)


@pytest.mark.parametrize(
    ("claim", "pages"), [(3, 3), ("3", 3), (3.0, 3), (0, None), (-1, None), ("many", None)]
)
def test_a_claim_is_read_also_from_a_text(claim: object, pages: int | None) -> None:
    data: object = {"data": [{}, None], "meta": {"pagination": {"total_pages": claim}}}
    assert parse_page(data) == Page([{}], 2, pages)
