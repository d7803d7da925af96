"""A write goes out once: it arrived, it did not, or nobody knows."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest
from aiohttp import web

from bot.domain.errors import (
    OutcomeUnknown,
    PanelError,
    PanelProtocolError,
    PanelRefused,
    PanelUnreachable,
)
from bot.panels._connections import Connections
from bot.panels._errors import Call
from tests.panels.support import (
    KEY,
    PATIENCE,
    HastyClock,
    Reply,
    babbler,
    cutter,
    http_to,
    serving,
    stub,
)

WRITES = ["POST", "PUT", "PATCH", "DELETE"]
# What Cloudflare says where it had no connection to the panel, or none that it trusts.
BEFORE_THE_PANEL = (521, 522, 523, 525, 526)
GET = Call("GET", "/")


def write(method: str = "POST") -> Call:
    return Call(method, "/power", body={"signal": "restart"}, action="restart")


@pytest.mark.parametrize("method", WRITES)
async def test_a_write_whose_connection_is_cut_is_sent_once_and_its_outcome_unknown(
    connections: Connections, clock: HastyClock, method: str
) -> None:
    async with cutter() as cuts:
        http = http_to(connections, cuts.url)
        await http.request(GET)
        with pytest.raises(OutcomeUnknown) as caught:
            await http.request(write(method))
    assert cuts.requests == ["GET", method]
    assert caught.value.action == "restart"
    assert caught.value.__cause__ is not None
    assert clock.slept == []


@pytest.mark.parametrize("method", WRITES)
async def test_a_write_never_goes_out_on_a_connection_that_was_kept(
    connections: Connections, method: str
) -> None:
    async with stub(Reply()) as panel:
        http = http_to(connections, panel.url)
        for call in (GET, write(method), write(method), GET):
            await http.request(call)
    read, first, second, last_read = panel.peers
    assert len({read, first, second}) == 3
    assert read is last_read, "reads do keep theirs"


async def test_a_write_without_an_answer_in_time_has_an_unknown_outcome(clock: HastyClock) -> None:
    arrived: list[bytes] = []

    async def hang(request: web.BaseRequest) -> web.StreamResponse:
        arrived.append(await request.read())
        await asyncio.Event().wait()
        raise AssertionError

    timeout = aiohttp.ClientTimeout(total=0.2, connect=PATIENCE)
    async with serving(hang) as url, Connections(clock, timeout=timeout) as connections:
        with pytest.raises(OutcomeUnknown):
            await http_to(connections, url).request(write())
    assert len(arrived) == 1


async def test_a_write_that_could_not_be_sent_has_changed_nothing(
    connections: Connections, clock: HastyClock
) -> None:
    async with stub(Reply()) as panel:
        closed = panel.url
    for url in (closed, "http://panel.invalid", closed.replace("http://", "https://")):
        with pytest.raises(PanelUnreachable):
            await http_to(connections, url).request(write())
    assert clock.slept == []


async def test_a_connection_that_is_never_made_has_changed_nothing(clock: HastyClock) -> None:
    async def mute(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    over = asyncio.Event()
    timeout = aiohttp.ClientTimeout(total=PATIENCE, connect=0.2)
    server = await asyncio.start_server(mute, "127.0.0.1", 0)
    async with server, Connections(clock, timeout=timeout) as connections:
        # TLS is never agreed on, so nothing is sent.
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(PanelUnreachable, match=r"no connection within 0\.2 s"):
            await http_to(connections, url).request(write())
        over.set()


async def test_half_an_answer_to_a_write_is_none(connections: Connections) -> None:
    async def begin(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_length = 100
        await response.prepare(request)
        await response.write(b"{")
        assert request.transport is not None
        request.transport.abort()
        return response

    async with serving(begin) as url:
        with pytest.raises(OutcomeUnknown):
            await http_to(connections, url).request(write())


async def test_a_write_answered_with_no_http_has_an_unknown_outcome(
    connections: Connections,
) -> None:
    async with babbler() as url:
        with pytest.raises(OutcomeUnknown) as caught:
            await http_to(connections, url).request(write())
    assert KEY not in repr(caught.value.__cause__)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply(302, "", {"Location": "https://panel.example.com/"}), PanelProtocolError),
        *((Reply(status, "<html>"), OutcomeUnknown) for status in (504, 520, 524)),
        *((Reply(status, "<html>"), PanelUnreachable) for status in (502, 503, *BEFORE_THE_PANEL)),
        (Reply(504, "x" * 2_000_000), OutcomeUnknown),
        (Reply(502, '{"errors": []}'), PanelRefused),
        (Reply(504, '{"errors": []}'), PanelRefused),
        (Reply(400, "x" * 2_000_000), PanelProtocolError),
        (Reply(200, "<html>"), OutcomeUnknown),
        (Reply(201, '{"id": 5, "na'), OutcomeUnknown),
        (Reply(200, json.dumps("x" * 5_000_000)), OutcomeUnknown),
    ],
)
async def test_a_write_is_not_repeated_whatever_the_answer(
    connections: Connections, reply: Reply, expected: type[PanelError]
) -> None:
    async with stub(reply) as panel:
        with pytest.raises(expected):
            await http_to(connections, panel.url).request(write())
    assert len(panel.requests) == 1
