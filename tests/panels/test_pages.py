"""A list is read to its end, whatever its pages say of their number."""

from __future__ import annotations

import pytest

from bot.domain.errors import PanelProtocolError
from bot.panels._errors import AnswerTooLarge
from bot.panels._pages import PAGE_SIZE, Page, each, in_parts, parse_page


async def read(*pages: list[str], claimed: int | None = None) -> tuple[list[str], int]:
    """Return what was found in those pages, and how many were asked for; "" cannot be read."""
    asked: list[int] = []

    async def ask(number: int) -> Page[str]:
        asked.append(number)
        entries = pages[number - 1] if number <= len(pages) else []
        return Page([entry for entry in entries if entry], len(entries), claimed)

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


async def test_a_page_that_cannot_be_read_hides_no_other() -> None:
    assert await read(["", ""], ["a", "b"], claimed=2) == (["a", "b"], 2)
    assert await read(["a", "b"], ["", ""], ["b", "c"], claimed=3) == (["a", "b", "c"], 3)
    assert await read(["a", "b"], ["", ""], ["c"]) == (["a", "b", "c"], 3)
    assert await read(["a"], [], ["b"], claimed=3) == (["a"], 2), "an empty page is the last"


@pytest.mark.parametrize("claimed", [None, 10**9])
async def test_pages_that_cannot_be_read_are_not_asked_for_forever(claimed: int | None) -> None:
    found, asked = await read(["a", "b"], *([["", ""]] * 99), claimed=claimed)
    assert found == ["a", "b"]
    assert asked == 11


@pytest.mark.parametrize(
    ("claim", "pages"), [(3, 3), ("3", 3), (3.0, 3), (0, None), (-1, None), ("many", None)]
)
def test_a_claim_is_read_also_from_a_text(claim: object, pages: int | None) -> None:
    data: object = {"data": [{}, None], "meta": {"pagination": {"total_pages": claim}}}
    assert parse_page(data) == Page([{}], 2, pages)


class Shelf:
    """A panel whose entries have a weight, and which can answer with no more than 1000."""

    def __init__(self, weights: list[int], *, claims: bool = True) -> None:
        self.weights = weights
        self.claims = claims
        self.asked: list[tuple[int, int]] = []

    async def ask(self, number: int, size: int) -> Page[str]:
        self.asked.append((number, size))
        chosen = range(len(self.weights))[(number - 1) * size : number * size]
        if sum(self.weights[index] for index in chosen) > 1000:
            raise AnswerTooLarge("main")
        pages = max(1, -(-len(self.weights) // size)) if self.claims else None
        return Page([str(index) for index in chosen], len(chosen), pages)

    async def read(self) -> list[str]:
        async def ask(number: int) -> Page[str]:
            return await in_parts(self.ask, number)

        return [entry async for entry, _ in each(ask, str)]


@pytest.mark.parametrize("claims", [True, False])
@pytest.mark.parametrize("total", [1, 99, 100, 101, 230, 300])
async def test_pages_that_are_too_large_are_read_in_parts(total: int, *, claims: bool) -> None:
    shelf = Shelf([30] * total, claims=claims)
    assert await shelf.read() == [str(index) for index in range(total)]


async def test_only_what_is_too_large_is_asked_for_in_small_parts() -> None:
    weights = [1] * 330
    weights[123:126] = [600] * 3
    shelf = Shelf(weights)
    assert await shelf.read() == [str(index) for index in range(330)]
    sizes = [size for _, size in shelf.asked]
    assert [sizes.count(size) for size in (PAGE_SIZE, 10, 1)] == [4, 10, 10]


async def test_an_entry_that_is_too_large_by_itself_is_not_left_out_silently() -> None:
    shelf = Shelf([1] * 50 + [1001] + [1] * 300)
    with pytest.raises(PanelProtocolError, match="1 MiB"):
        await shelf.read()
    assert len(shelf.asked) == 1 + 6 + 1
