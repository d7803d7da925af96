"""How callers of one key share what the panel allows: its figures, its 429s, its patience."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from bot.domain.errors import PanelRateLimited
from bot.panels._errors import Call
from bot.panels._manners import Manners
from tests.panels.support import (
    PATIENCE,
    HastyClock,
    Reply,
    fails,
    http_to,
    no_words,
    serving,
    stub,
)

if TYPE_CHECKING:
    from bot.panels._connections import Connections

GET = Call("GET", "/api/client")
POST = Call("POST", "/power", body={}, action="start")


def left(remaining: int, limit: int = 60) -> dict[str, str]:
    return {"X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": str(remaining)}


async def test_a_used_up_budget_is_waited_for(connections: Connections, clock: HastyClock) -> None:
    async with stub(Reply(headers=left(0)), Reply(headers=left(59))) as panel:
        http = http_to(connections, panel.url)
        await http.request(GET)
        clock.advance(45)
        await http.request(GET)
    assert clock.slept == [15]
    assert len(panel.requests) == 2


async def test_nobody_waits_longer_than_a_minute_in_all(
    connections: Connections, clock: HastyClock
) -> None:
    replies = [Reply(headers=left(0)), Reply(429, "{}", {"Retry-After": "50"}), Reply()]
    async with stub(*replies) as panel:
        http = http_to(connections, panel.url)
        await http.request(GET)
        clock.advance(30)
        with pytest.raises(PanelRateLimited) as caught:
            await http.request(GET)
    assert clock.slept == [30], "50 s more would have been 80 s"
    assert caught.value.retry_after == 50
    assert len(panel.requests) == 2


async def test_a_wait_that_cannot_end_in_time_is_not_begun(
    connections: Connections, clock: HastyClock
) -> None:
    async with stub(Reply(429, "{}", {"Retry-After": "90"})) as panel:
        http = http_to(connections, panel.url)
        for _ in range(2):
            with pytest.raises(PanelRateLimited) as caught:
                await http.request(GET)
            assert caught.value.retry_after == 90
    assert clock.slept == []
    assert len(panel.requests) == 1, "the second was not sent at all"


async def test_a_read_that_was_too_much_is_sent_again_when_the_panel_allows(
    connections: Connections, clock: HastyClock
) -> None:
    async with stub(Reply(429, "{}", {"Retry-After": "12"}), Reply(body='"at last"')) as panel:
        assert await http_to(connections, panel.url).request(GET) == "at last"
    assert clock.slept == [12]


async def test_too_much_without_a_word_on_when_is_left_alone_for_a_while(
    connections: Connections, clock: HastyClock
) -> None:
    async with stub(Reply(429, "{}")) as panel:
        with pytest.raises(PanelRateLimited) as caught:
            await http_to(connections, panel.url).request(GET)
    assert caught.value.retry_after is None
    assert len(panel.requests) == 3
    assert len(clock.slept) == 2
    assert all(2.5 <= pause <= 7.5 for pause in clock.slept)


async def test_a_write_that_was_too_much_is_not_sent_again(
    connections: Connections, clock: HastyClock
) -> None:
    async with stub(Reply(429, "{}", {"Retry-After": "12"})) as panel:
        with pytest.raises(PanelRateLimited) as caught:
            await http_to(connections, panel.url).request(POST)
    assert caught.value.retry_after == 12
    assert clock.slept == []
    assert len(panel.requests) == 1


async def test_panels_with_the_same_key_share_a_budget_and_others_do_not(
    connections: Connections, clock: HastyClock
) -> None:
    async with stub(Reply(headers=left(0)), Reply(headers=left(59))) as panel:
        await http_to(connections, panel.url).request(GET)
        await http_to(connections, panel.url, key="another").request(GET)
        assert clock.slept == []
        await http_to(connections, f"{panel.url}/").request(GET)
    assert clock.slept == [60]


async def test_ten_requests_of_a_key_are_in_flight_at_most(connections: Connections) -> None:
    full, leave = asyncio.Event(), asyncio.Event()
    present, most = 0, 0

    async def hold(_request: web.BaseRequest) -> web.StreamResponse:
        nonlocal present, most
        present += 1
        most = max(most, present)
        if present == 10:
            full.set()
        await leave.wait()
        present -= 1
        return web.json_response({})

    manners = Manners(read_error=no_words, counts_by=lambda call: call.method)
    async with serving(hold) as url, asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        http, same_key = http_to(connections, url, manners=manners), http_to(connections, url)
        for number in range(15):
            group.create_task(http.request(GET if number % 2 else POST))
            group.create_task(same_key.request(GET))
        await full.wait()
        leave.set()
    assert most == 10


async def test_a_count_that_is_used_up_holds_back_only_what_is_in_it(
    connections: Connections, clock: HastyClock
) -> None:
    manners = Manners(read_error=no_words, counts_by=lambda call: call.method)
    async with stub(Reply(headers=left(0)), Reply(headers=left(59))) as panel:
        http = http_to(connections, panel.url, manners=manners)
        await http.request(GET)
        await http.request(POST)
        await http.request(POST)
        assert clock.slept == []
        await http.request(GET)
    assert clock.slept == [60]


async def test_a_429_closes_the_count_that_it_is_about(
    connections: Connections, clock: HastyClock
) -> None:
    manners = Manners(read_error=no_words, counts_by=lambda call: call.method)
    async with stub(Reply(429, "{}", {"Retry-After": "90"}), Reply()) as panel:
        http = http_to(connections, panel.url, manners=manners)
        for _ in range(2):
            assert isinstance(await fails(http, GET), PanelRateLimited)
        await http.request(POST)
    assert len(panel.requests) == 2
    assert clock.slept == []


async def test_where_the_panel_counts_addresses_all_keys_share(
    connections: Connections, clock: HastyClock
) -> None:
    manners = Manners(read_error=no_words, counts_addresses=True)
    async with stub(Reply(headers=left(0)), Reply(headers=left(59))) as panel:
        await http_to(connections, panel.url, manners=manners).request(GET)
        await http_to(connections, panel.url, key="another", manners=manners).request(GET)
    assert clock.slept == [60]


async def test_figures_of_calls_with_a_limit_of_their_own_are_not_the_keys(
    clock: HastyClock, connections: Connections
) -> None:
    async with stub(Reply(headers=left(0))) as panel:
        http = http_to(connections, panel.url)
        await http.request(replace(GET, has_own_limit=True))
        await http.request(GET)
    assert clock.slept == []


async def test_what_is_left_is_known_by_panel_and_is_that_of_the_scarcest_key(
    connections: Connections,
) -> None:
    assert connections.left("main") is None
    async with stub(Reply(headers=left(41)), Reply(headers=left(7))) as panel:
        await http_to(connections, panel.url, key="first").request(GET)
        assert connections.left("main") == 41
        await http_to(connections, panel.url, key="second").request(GET)
    assert connections.left("main") == 7
    assert connections.left("other") is None
