"""What nobody waits for takes its share of what a panel allows, and people have all the rest."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from bot.domain.errors import PanelRateLimited
from bot.domain.haste import Background, in_background
from bot.panels._budget import Patience
from bot.panels._errors import Call
from bot.panels._manners import Manners
from tests.panels.support import PATIENCE, HastyClock, Reply, http_to, no_words, serving, stub

if TYPE_CHECKING:
    from bot.panels._connections import Connections

GET = Call("GET", "/api/client")


class Counting:
    """A panel that allows so many requests in each minute, and says so."""

    def __init__(self, clock: HastyClock, limit: int) -> None:
        self.times: list[float] = []
        self._clock = clock
        self._limit = limit
        self._began = self._used = 0.0

    async def answer(self, _request: web.BaseRequest) -> web.StreamResponse:
        now = self._clock.monotonic()
        if not self.times or now >= self._began + 60:
            self._began, self._used = now, 0.0
        self._used += 1
        self.times.append(now)
        if self._used > self._limit:
            return web.json_response({}, status=429)
        left = str(int(self._limit - self._used))
        headers = {"X-RateLimit-Limit": str(self._limit), "X-RateLimit-Remaining": left}
        return web.json_response({}, headers=headers)


async def test_the_background_takes_its_share_and_people_the_rest(
    connections: Connections, clock: HastyClock
) -> None:
    panel = Counting(clock, 50)
    async with serving(panel.answer) as url:
        http = http_to(connections, url)
        with in_background(Background(clock, share=0.4)):
            for _ in range(20):
                await http.request(GET)
        assert clock.slept == []
        for _ in range(30):
            await http.request(GET)
        assert clock.slept == [], "people wait for nothing"
        with in_background(Background(clock, share=0.4)):
            await http.request(GET)
    assert clock.slept == [60]


async def test_what_people_have_used_is_not_left_to_the_background(
    connections: Connections, clock: HastyClock
) -> None:
    panel = Counting(clock, 50)
    async with serving(panel.answer) as url:
        http = http_to(connections, url)
        for _ in range(20):
            await http.request(GET)
        with in_background(Background(clock, share=0.4)):
            await http.request(GET)
    assert clock.slept == [60]


async def test_the_background_waits_as_long_as_it_must(
    connections: Connections, clock: HastyClock
) -> None:
    panel = Counting(clock, 50)
    async with serving(panel.answer) as url:
        http = http_to(connections, url)
        with in_background(Background(clock, share=0.4)):
            patience = Patience(clock)
            for _ in range(100):
                await http.request(GET, patience=patience)
    assert clock.slept == [60] * 4


async def test_retry_after_is_obeyed_however_long_it_is(
    connections: Connections, clock: HastyClock
) -> None:
    async with stub(Reply(429, "{}", {"Retry-After": "200"}), Reply(body='"at last"')) as panel:
        http = http_to(connections, panel.url)
        with in_background(Background(clock)):
            assert await http.request(GET) == "at last"
    assert clock.slept == [200]
    assert len(panel.requests) == 2


async def test_a_call_without_patience_has_none_in_the_background_either(
    connections: Connections, clock: HastyClock
) -> None:
    panel = Counting(clock, 50)
    async with serving(panel.answer) as url:
        http = http_to(connections, url)
        with in_background(Background(clock, share=0.1)):
            for _ in range(5):
                await http.request(GET)
            with pytest.raises(PanelRateLimited):
                await http.request(GET, patience=Patience(clock, 0))
    assert clock.slept == []


async def test_of_a_panel_without_figures_the_background_takes_a_part_of_a_burst(
    connections: Connections, clock: HastyClock
) -> None:
    async with stub(Reply()) as panel:
        http = http_to(connections, panel.url, manners=Manners(read_error=no_words, rest=1.0))
        with in_background(Background(clock, share=0.4)):
            for _ in range(4):
                await http.request(GET)
        assert clock.slept == []
        for _ in range(5):
            await http.request(GET)
        assert clock.slept == []
        with in_background(Background(clock, share=0.4)):
            await http.request(GET)
    assert clock.slept


async def test_two_places_are_always_left_to_people(connections: Connections) -> None:
    full, leave, loud = asyncio.Event(), asyncio.Event(), asyncio.Event()
    present = 0

    async def hold(request: web.BaseRequest) -> web.StreamResponse:
        nonlocal present
        if request.path == "/loud":
            loud.set()
            return web.json_response({})
        present += 1
        if present == 8:
            full.set()
        await leave.wait()
        present -= 1
        return web.json_response({})

    async with serving(hold) as url, asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        http = http_to(connections, url)
        with in_background(Background(connections.clock)):
            for _ in range(20):
                group.create_task(http.request(GET))
        await full.wait()
        await http.request(Call("GET", "/loud"))
        assert loud.is_set()
        assert present == 8
        leave.set()
