"""The page over HTTP: what it serves, to whom, and what a browser may do with it."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import aiohttp
import pytest

from bot.simulators.web import DemoPage

if TYPE_CHECKING:
    from bot.simulators.discord import DiscordStandIn
    from bot.simulators.discord.entities import Channel, Guild, Member
    from tests.simulators.discord.bots import RawBot
    from tests.simulators.web.conftest import Open

PNG = b"\x89PNG\r\n\x1a\n"


async def test_it_serves_the_page_and_its_files_and_nothing_else(
    page: DemoPage, session: aiohttp.ClientSession
) -> None:
    for path, status in [
        ("", 200),
        ("static/index.html", 200),
        ("static/", 403),
        ("static/nothing.js", 404),
        ("static/..%2fpage.py", 404),
        ("static/%2e%2e/page.py", 404),
        ("nothing", 404),
        ("attachments/1/2/x.png", 404),
        ("attachments/../page.py", 404),
    ]:
        async with session.get(page.url + path) as answer:
            assert (path, answer.status) == (path, status)
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Security-Policy"].startswith("default-src 'self';")
    async with session.post(page.url) as answer:
        assert answer.status == 405


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("127.0.0.1:{}", None, 200),
        ("localhost:{}", None, 200),
        ("127.0.0.1:{}", "http://127.0.0.1:{}", 200),
        ("localhost:{}", "http://localhost:{}", 200),
        ("evil.example:{}", None, 403),
        ("127.0.0.1", None, 403),
        ("127.0.0.1:1", None, 403),
        ("", None, 403),
        ("localhost:{}", "http://127.0.0.1:{}", 403),
        ("127.0.0.1:{}", "https://127.0.0.1:{}", 403),
        ("127.0.0.1:{}", "http://evil.example", 403),
        ("127.0.0.1:{}", "null", 403),
    ],
)
async def test_it_answers_to_its_own_names_and_its_own_page_only(
    page: DemoPage, session: aiohttp.ClientSession, host: str, origin: str | None, status: int
) -> None:
    port = page.url.rstrip("/").rpartition(":")[2]
    headers = {"Host": host.format(port)}
    if origin is not None:
        headers["Origin"] = origin.format(port)
    for path in ("", "socket"):
        async with session.get(page.url + path, headers=headers) as answer:
            # Without the words of a websocket the way in ends after the guard.
            reached = {"": 200, "socket": 400 if origin else 403}[path]
            assert answer.status == (reached if status == 200 else 403)


@pytest.mark.parametrize("origin", [None, "http://evil.example", "null"])
async def test_no_other_page_gets_a_websocket(
    page: DemoPage, session: aiohttp.ClientSession, origin: str | None
) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await session.ws_connect(f"{page.url}socket?as=owner", origin=origin)

    assert refused.value.status == 403


async def test_nobody_can_be_who_is_not_there(
    page: DemoPage, session: aiohttp.ClientSession
) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await session.ws_connect(f"{page.url}socket?as=nobody", origin=page.url.rstrip("/"))

    assert refused.value.status == 404


async def test_it_listens_on_loopback_alone(page: DemoPage) -> None:
    port = int(page.url.rstrip("/").rpartition(":")[2])
    # All of 127.0.0.0/8 leads to this machine; only who listens on every address hears this.
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port)).close()


async def test_a_port_in_use_is_refused_and_two_pages_take_two(
    standin: DiscordStandIn, guild: Guild, members: dict[str, Member], page: DemoPage
) -> None:
    port = int(page.url.rstrip("/").rpartition(":")[2])
    other = DemoPage(standin, guild, members=members)
    with pytest.raises(OSError, match="in use"):
        await other.start(port)

    async with other:
        assert other.url != page.url


async def test_files_of_messages_come_from_the_page_itself(
    page: DemoPage,
    session: aiohttp.ClientSession,
    bot: RawBot,
    channel: Channel,
    open_window: Open,
) -> None:
    form = aiohttp.FormData()
    form.add_field("files[0]", PNG, filename="a b.png", content_type="image/png")
    form.add_field("files[1]", b"<script>", filename="x.svg", content_type="image/svg+xml")
    assert (await bot.call_raw("POST", f"/channels/{channel.id}/messages", form)).status == 200
    window = await open_window("guest")

    image, script = window.entries()[-1]["message"]["attachments"]

    assert image["url"].startswith("/attachments/")
    async with session.get(page.url + image["url"][1:]) as answer:
        assert (await answer.read(), answer.content_type) == (PNG, "image/png")
    async with session.get(page.url + script["url"][1:]) as answer:
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == "attachment"
