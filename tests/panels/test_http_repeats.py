"""When a read is sent again, and when the panel is given up."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from aiohttp import web

from bot.domain.errors import (
    PanelUnreachable,
)
from bot.panels._connections import Connections
from bot.panels._errors import Call
from tests.panels.support import (
    PATIENCE,
    HastyClock,
    Reply,
    cutter,
    fails,
    http_to,
    serving,
    stub,
)

GET = Call("GET", "/api/client")
PAGE = "<html><body>Bad gateway</body></html>"


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_read_that_a_proxy_lost_is_sent_again(
    connections: Connections, clock: HastyClock, status: int
) -> None:
    async with stub(Reply(status, PAGE), Reply(status, PAGE), Reply(body='"at last"')) as panel:
        assert await http_to(connections, panel.url).request(GET) == "at last"
    assert len(panel.requests) == 3
    assert len(set(clock.slept)) == 2, "the pauses are not all alike"


async def test_a_read_is_sent_three_times_at_most(connections: Connections) -> None:
    async with stub(Reply(502, PAGE)) as panel:
        assert isinstance(await fails(http_to(connections, panel.url), GET), PanelUnreachable)
    assert len(panel.requests) == 3


@pytest.mark.parametrize("status", [500, 503, 504])
async def test_a_failure_that_the_panel_itself_tells_is_not_asked_for_again(
    connections: Connections, status: int
) -> None:
    async with stub(Reply(status, '{"error": "no"}')) as panel:
        await fails(http_to(connections, panel.url), GET)
    assert len(panel.requests) == 1


async def test_a_read_survives_a_connection_that_died_meanwhile(connections: Connections) -> None:
    async with cutter() as cuts:
        http = http_to(connections, cuts.url)
        await http.request(GET)
        cuts.spares_gets = False
        assert isinstance(await fails(http, GET), PanelUnreachable)
    # One good read, and one that was sent three times: by us, and not once more by aiohttp.
    assert cuts.requests == ["GET"] * 4
    assert cuts.reused[0] == "GET"


async def test_a_panel_that_does_not_answer_in_time_is_unreachable(clock: HastyClock) -> None:
    async def hang(_request: web.BaseRequest) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    timeout = aiohttp.ClientTimeout(total=0.2, connect=PATIENCE)
    async with serving(hang) as url, Connections(clock, timeout=timeout) as connections:
        error = await fails(http_to(connections, url), GET)
    assert isinstance(error, PanelUnreachable)
    assert "no answer within 0.2 s" in str(error)
    assert clock.slept == [], "patience is spent; it is not asked again"


async def test_a_closed_port_and_an_unknown_name_are_unreachable(
    connections: Connections, clock: HastyClock
) -> None:
    async with stub(Reply()) as panel:
        closed = panel.url
    for url in (closed, "http://panel.invalid"):
        error = await fails(http_to(connections, url), GET)
        assert isinstance(error, PanelUnreachable)
        assert error.__cause__ is not None
    assert len(clock.slept) == 4, "each was tried three times"
