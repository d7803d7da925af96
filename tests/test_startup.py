"""What stands where Discord should be, and how that is told."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import discord
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import config, startup
from bot.startup import StartupError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from aiohttp.typedefs import Handler


@pytest.fixture(autouse=True)
def _endpoint_restored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discord.http.Route, "BASE", discord.http.Route.BASE)


@asynccontextmanager
async def _answering(handler: Handler, folder: Path) -> AsyncIterator[config.Config]:
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handler)
    async with TestServer(application) as server:
        path = folder / "config.yaml"
        api_url = str(server.make_url("/api/v10"))
        path.write_text(f"discord: {{token: {{env: TOKEN}}, api_url: '{api_url}'}}\n", "utf-8")
        yield config.load(path, {"TOKEN": "a.made-up.token"})


async def test_a_page_instead_of_discord_is_told_in_a_sentence(tmp_path: Path) -> None:
    async def page(_: web.Request) -> web.Response:
        return web.Response(text="<h1>Welcome</h1>", content_type="text/html")

    async with _answering(page, tmp_path) as settings:
        with pytest.raises(StartupError, match=r"not Discord: look at discord\.api_url"):
            await startup.check_discord(settings)


async def test_silence_instead_of_discord_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(startup, "_ANSWER_SECONDS", 0.1)
    asked = asyncio.Event()

    async def nothing(_: web.Request) -> web.Response:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    async with _answering(nothing, tmp_path) as settings:
        with pytest.raises(StartupError, match="did not answer within"):
            await startup.check_discord(settings)
    assert asked.is_set()


async def test_a_refused_token_is_told_by_its_place(tmp_path: Path) -> None:
    async def refuse(_: web.Request) -> web.Response:
        return web.Response(
            status=401,
            body=b'{"message": "401: Unauthorized", "code": 0}',
            content_type="application/json",
        )

    async with _answering(refuse, tmp_path) as settings:
        with pytest.raises(StartupError, match=r"refuses the token: look at discord\.token"):
            await startup.check_discord(settings)
