"""A page of the list holds what was asked for, and its filters live in a custom_id."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.servers import ServerState
from bot.ui.pager import OpenCard, TurnPage
from bot.ui.render.listing import PER_PAGE, TEXT_LIMIT, Filters, listing, page_of
from tests.fakes import make_server
from tests.ui.render.judge import PIECES, hostile_texts, threats, unseen
from tests.ui.render.languages import ENGLISH, EVERY
from tests.ui.render.layout import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.domain.servers import Server
    from bot.ui.i18n import Words

_LONGEST = Filters(
    state=max(ServerState, key=len),
    panel_id="p" * 32,
    location="服" * TEXT_LIMIT,
    search="|" * TEXT_LIMIT,
    page=99,
)
_TEXTS = ("label", "value", "description")


def _servers(count: int) -> list[Server]:
    return [make_server(f"Server {number:03}", f"id{number}") for number in range(count)]


def _some_filters(seed: int, count: int) -> Iterator[Filters]:
    dice = random.Random(seed)  # noqa: S311 - must be the same in every run
    typed = [piece[:TEXT_LIMIT] for piece in PIECES if piece and "\n" not in piece]
    typed += ["EU | Survival", "|", "||", "1|2", "服务器|二", "5", "x" * TEXT_LIMIT]
    for _ in range(count):
        yield Filters(
            state=dice.choice([None, *ServerState]),
            panel_id=dice.choice([None, "main", "p" * 32]),
            location=dice.choice([None, *typed]),
            search=dice.choice([None, *typed]),
            page=dice.randint(-1, 99),
        )


def test_filters_are_read_back_as_they_were() -> None:
    for filters in (_LONGEST, *_some_filters(seed=5, count=2000)):
        assert Filters.decode(filters.encode()) == filters


def test_filters_with_the_longest_values_fit_into_a_custom_id() -> None:
    assert len(TurnPage(">", _LONGEST.encode()).custom_id) <= 100


def test_texts_that_are_too_long_are_cut_rather_than_refused() -> None:
    filters = Filters(location="l" * 500, search="s" * 500)

    assert Filters.decode(filters.encode()) == Filters(
        location="l" * TEXT_LIMIT, search="s" * TEXT_LIMIT
    )


@pytest.mark.parametrize(
    "text", ["", "0", "0|||", "x|||0|", "0|melted||0|", "0|||x|", "d1p", "0||main"]
)
def test_what_was_never_written_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Filters.decode(text)


def test_without_filters_everything_passes() -> None:
    servers = _servers(3)

    assert Filters().select(servers) == servers


def test_each_filter_narrows_the_list() -> None:
    fits = replace(make_server("EU | Survival", "1"), node="fra-1", location="Frankfurt")
    others = [
        replace(fits, state=ServerState.OFFLINE),
        replace(fits, ref=replace(fits.ref, panel_id="backup")),
        replace(fits, node="nyc-1", location="New York"),
        replace(fits, name="Creative"),
    ]
    filters = Filters(
        state=ServerState.RUNNING, panel_id="main", location="frank", search="eu | sur"
    )

    assert filters.select([*others, fits]) == [fits]


def test_a_location_is_found_by_its_node_as_well() -> None:
    fits = replace(make_server(), node="fra-1")

    assert Filters(location=" FRA ").select([fits, make_server("Other", "2")]) == [fits]


@pytest.mark.parametrize(
    ("count", "wanted", "number", "pages", "shown"),
    [
        (0, 0, 0, 1, 0),
        (1, 0, 0, 1, 1),
        (PER_PAGE, 0, 0, 1, PER_PAGE),
        (PER_PAGE, 1, 0, 1, PER_PAGE),
        (PER_PAGE + 1, 0, 0, 2, PER_PAGE),
        (PER_PAGE + 1, 1, 1, 2, 1),
        (PER_PAGE + 1, 2, 1, 2, 1),
        (PER_PAGE + 1, -1, 0, 2, PER_PAGE),
        (3 * PER_PAGE, 10**9, 2, 3, PER_PAGE),
    ],
)
def test_a_page_is_cut_at_its_edges(
    count: int, wanted: int, number: int, pages: int, shown: int
) -> None:
    page = page_of(_servers(count), Filters(page=wanted))

    assert (page.number, page.pages, page.total, len(page.servers)) == (
        number,
        pages,
        count,
        shown,
    )


def test_the_pages_together_hold_every_server_once() -> None:
    servers = _servers(2 * PER_PAGE + 3)

    pages = [page_of(servers, Filters(page=number)).servers for number in range(3)]

    assert [server for page in pages for server in page] == servers


@pytest.mark.parametrize(
    ("count", "title"),
    [(1, "### 1 server"), (2, "### 2 servers"), (31, "### 31 servers · page 1 of 3")],
)
def test_the_title_counts_servers_and_pages(count: int, title: str) -> None:
    text = text_of(listing(page_of(_servers(count), Filters()), ENGLISH))

    assert text.splitlines()[0] == title


def test_a_line_shows_state_name_and_address() -> None:
    server = replace(
        make_server(state=ServerState.STARTING), addresses=("192.0.2.1:25565", "192.0.2.2:1")
    )

    text = text_of(listing(page_of([server], Filters()), ENGLISH))

    assert text.splitlines()[1] == "🟡 **Survival** · starting · `192.0.2.1:25565`"


@pytest.mark.parametrize("t", EVERY.values(), ids=EVERY)
def test_an_empty_list_says_how_to_see_more(t: Words) -> None:
    text = text_of(listing(page_of([], Filters()), t))

    assert "Manage Server" in text or "管理服务器" in text


@pytest.mark.parametrize("t", EVERY.values(), ids=EVERY)
@pytest.mark.parametrize("name", ["*" * 200, "n" * 200, "😀" * 200, "@" * 200, "://" * 70])
def test_discord_takes_the_fullest_page(name: str, t: Words) -> None:
    long = [
        replace(
            make_server(name, f"{number}" * 100, panel_id="p" * 32, state=ServerState.TRANSFERRING),
            addresses=("a" * 300,),
        )
        for number in range(PER_PAGE)
    ]
    page = page_of(long, Filters())

    menu: Any = OpenCard.of(page.servers, t).item.to_component_dict()

    assert len(text_of(listing(page, t))) <= 4000
    assert len({option["value"] for option in menu["options"]}) == PER_PAGE <= 25
    assert all(0 < len(option[key]) <= 100 for option in menu["options"] for key in _TEXTS)


@pytest.mark.parametrize("t", EVERY.values(), ids=EVERY)
def test_foreign_text_in_a_list_cannot_act(t: Words) -> None:
    for text in hostile_texts(seed=6, count=300):
        server = replace(make_server(text), addresses=(text,))
        shown = text_of(listing(page_of([server] * 2, Filters()), t))
        assert threats(shown) == [], text
        assert unseen(shown.replace("\n", "")) == [], text
        assert len(shown.splitlines()) == 3, text
