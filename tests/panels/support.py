"""What the tests of the panels share: time that runs by itself, and panels of a few lines."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections import deque
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from bot.domain.errors import PanelError
from bot.panels import PanelSettings
from bot.panels._http import PanelHttp
from bot.panels._manners import Bearer, Manners

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from bot.panels._connections import Connections
    from bot.panels._errors import Answer, Call

KEY = "ptlc_madeUpKeyThatMustNeverBeSeenAnywhere0123456"
FIXTURES = Path(__file__).parents[1] / "fixtures"
PATIENCE = 10
"""Seconds after which a test gives up waiting; none of them needs a tenth of it."""
IMPATIENT = aiohttp.ClientTimeout(total=0.5, connect=PATIENCE)
"""For a panel that does not answer at all, so that nobody waits for it long."""


def settings(**changes: object) -> PanelSettings:
    """Return the settings of a panel, good ones unless told otherwise."""
    values: dict[str, object] = {
        "panel_id": "main",
        "kind": "pterodactyl",
        "base_url": "https://panel.example.com",
        "credentials": {"key": KEY},
        "verify_tls": True,
        "options": {},
    }
    return PanelSettings(**(values | changes))  # type: ignore[arg-type] # wrong ones are tried too


def no_words(_panel_id: str, _call: Call, _answer: Answer) -> PanelError | None:
    """Read no error: the status says it all."""
    return None


def http_to(
    connections: Connections, base_url: str, *, key: str = KEY, manners: Manners | None = None
) -> PanelHttp:
    """Return the client of a panel whose errors have no form of their own."""
    return PanelHttp(
        settings(base_url=base_url),
        connections,
        auth=Bearer(key),
        manners=manners or Manners(read_error=no_words),
    )


async def fails(http: PanelHttp, call: Call) -> PanelError:
    """Return the error that the call ends with."""
    with pytest.raises(PanelError) as caught:
        await http.request(call)
    return caught.value


def example(name: str) -> Any:  # noqa: ANN401 - any JSON value
    """Read a fixture, by folder and name."""
    return json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Recorded:
    """An answer that a live panel once gave."""

    status: int
    headers: Mapping[str, str]
    body: object


def recorded(name: str) -> Recorded:
    """Read an answer of Pterodactyl 1.11."""
    content = example(f"pterodactyl/{name}")
    return Recorded(content["status"], content["headers"], content["body"])


class HastyClock:
    """Passes the time of a sleep at once, so that waiting costs a test nothing."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self._elapsed = 0.0

    def now(self) -> datetime:
        return datetime(2026, 7, 1, 12, tzinfo=UTC) + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        return self._elapsed

    def advance(self, seconds: float) -> None:
        self._elapsed += seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        end = self._elapsed + seconds
        await asyncio.sleep(0)
        self._elapsed = max(self._elapsed, end)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of a `Stub`."""

    status: int = 200
    body: str | bytes = "{}"
    headers: Mapping[str, str] = field(default_factory=dict)


class Stub:
    """Gives its replies one after the other, the last one for ever, and keeps the requests."""

    def __init__(self, *replies: Reply) -> None:
        self.requests: list[web.BaseRequest] = []
        self.bodies: list[bytes] = []
        self.peers: list[object] = []
        """The client's end of the connection of each request."""
        self._replies = deque(replies)
        self.url = ""

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.requests.append(request)
        self.bodies.append(await request.read())
        self.peers.append(request.transport and request.transport.get_extra_info("peername"))
        reply = self._replies.popleft() if len(self._replies) > 1 else self._replies[0]
        body = reply.body.encode() if isinstance(reply.body, str) else reply.body
        return web.Response(status=reply.status, body=body, headers=reply.headers)


@asynccontextmanager
async def serving(
    answer: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[str]:
    """Listen on loopback and yield the address."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    server = TestServer(app, host=host, port=port, handler_cancellation=True)
    await server.start_server(ssl=tls)
    try:
        yield str(server.make_url("/")).rstrip("/")
    finally:
        await server.close()


@asynccontextmanager
async def stub(*replies: Reply) -> AsyncIterator[Stub]:
    """A `Stub` that listens."""
    panel = Stub(*replies)
    async with serving(panel.answer) as panel.url:
        yield panel


class Cutter:
    """Answers GETs and keeps their connection; whatever follows on any is read, then cut."""

    def __init__(self) -> None:
        self.url = ""
        self.connections = 0
        self.requests: list[str] = []
        """Methods, in the order of arrival."""
        self.reused: list[str] = []
        """Methods of those that were not the first on their connection."""
        self.spares_gets = True

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await self._converse(reader, writer)
        finally:
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        is_first = True
        while head := await _head(reader):
            method = head.split(" ", 1)[0]
            self.requests.append(method)
            if not is_first:
                self.reused.append(method)
            if method != "GET" or not self.spares_gets:
                return
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            await writer.drain()
            is_first = False


@asynccontextmanager
async def cutter() -> AsyncIterator[Cutter]:
    """A `Cutter` that listens."""
    cuts = Cutter()
    server = await asyncio.start_server(cuts.serve, "127.0.0.1", 0)
    async with server:
        cuts.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield cuts


@asynccontextmanager
async def behind_tls(url: str, certificate: Path) -> AsyncIterator[str]:
    """Pass on to that address what comes in over TLS, until all have gone; yields the address."""
    there = URL(url)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        panel_reader, panel_writer = await asyncio.open_connection(there.host, there.port)
        async with asyncio.TaskGroup() as both:
            both.create_task(_pump(reader, panel_writer))
            both.create_task(_pump(panel_reader, writer))

    async with asyncio.TaskGroup() as group:
        server = await asyncio.start_server(
            lambda reader, writer: cast("None", group.create_task(pass_on(reader, writer))),
            "127.0.0.1",
            0,
            ssl=context,
        )
        async with server:
            yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def babbler() -> AsyncIterator[str]:
    """Answer every request with something that is no HTTP; yields the address."""

    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def _head(reader: asyncio.StreamReader) -> str:
    """Return the head of the next request, its body read too; nothing at the end."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
    except asyncio.IncompleteReadError:
        return ""
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        if name.lower() == "content-length":
            await reader.readexactly(int(value))
    return head
