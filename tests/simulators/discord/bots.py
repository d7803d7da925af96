"""Two bots for the stand-in, one without a library and one with discord.py, and a clock."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import discord
from discord.ext import commands

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Mapping

    import aiohttp

    from bot.simulators.discord import DiscordStandIn
    from bot.simulators.discord.interaction import Interaction

TOKEN = "MTA.a-made-up-token.x"
SECONDS = 10.0


class Clock:
    """Time that a test can push forward."""

    def __init__(self, read: Callable[[], float] = time.time) -> None:
        self.ahead = 0.0
        self._read = read

    def __call__(self) -> float:
        return self._read() + self.ahead


@dataclass(frozen=True)
class Answer:
    """An answer of the REST API."""

    status: int
    body: Any
    headers: dict[str, str] = field(repr=False)

    @property
    def code(self) -> int:
        """Discord's error code."""
        return int(self.body["code"])

    @property
    def complaints(self) -> dict[str, str]:
        """The texts of a form error, by path."""
        return dict(_flat(self.body["errors"]))


class RawBot:
    """A bot without a library: it says exactly what the test tells it to say."""

    def __init__(self, standin: DiscordStandIn, session: aiohttp.ClientSession) -> None:
        self.standin = standin
        self.events: list[dict[str, Any]] = []
        self._session = session
        self._socket: aiohttp.ClientWebSocketResponse | None = None

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str = TOKEN,
        params: Mapping[str, str] | None = None,
    ) -> Answer:
        """Make a request with a body of JSON."""
        raw = None if body is None else json.dumps(body).encode()
        return await self.call_raw(method, path, raw, token=token, params=params)

    async def call_raw(
        self,
        method: str,
        path: str,
        raw: aiohttp.FormData | bytes | None,
        *,
        token: str = TOKEN,
        params: Mapping[str, str] | None = None,
    ) -> Answer:
        """Make a request with any body."""
        headers = {"Authorization": f"Bot {token}"}
        url = self.standin.api_url + path
        async with self._session.request(
            method, url, headers=headers, data=raw, params=params
        ) as answer:
            content = await answer.read()
            body = json.loads(content) if content else None
            return Answer(answer.status, body, dict(answer.headers))

    async def connect(self) -> None:
        """Open a session and stay ready to see events."""
        self._socket = await self._session.ws_connect(self.standin.gateway_url)
        await self.next_payload()
        await self.send(2, {"token": TOKEN, "intents": 1, "properties": {}})
        await self.event("READY")

    async def disconnect(self) -> None:
        """End the session, if there is one."""
        if self._socket is not None:
            await self._socket.close()

    async def send(self, op: int, body: object) -> None:
        """Send a gateway payload."""
        assert self._socket is not None
        await self._socket.send_json({"op": op, "d": body})

    async def next_payload(self) -> dict[str, Any]:
        """Return the next gateway payload."""
        assert self._socket is not None
        payload: dict[str, Any] = await self._socket.receive_json(timeout=SECONDS)
        return payload

    async def event(self, name: str) -> dict[str, Any]:
        """Return the body of the next event of this name."""
        while True:
            payload = await self.next_payload()
            if payload["t"] == name:
                body: dict[str, Any] = payload["d"]
                return body

    async def callback(self, asked: dict[str, Any], kind: object, data: object = None) -> Answer:
        """Answer an interaction."""
        path = f"/interactions/{asked['id']}/{asked['token']}/callback?with_response=1"
        return await self.call(
            "POST", path, {"type": kind} | ({} if data is None else {"data": data})
        )

    def webhook(self, asked: dict[str, Any], message: str = "") -> str:
        """Return the path of an interaction's webhook, or of one of its messages."""
        path = f"/webhooks/{asked['application_id']}/{asked['token']}"
        return f"{path}/messages/{message}" if message else path

    @asynccontextmanager
    async def acting(
        self, verb: Coroutine[Any, Any, Any]
    ) -> AsyncIterator[tuple[dict[str, Any], asyncio.Task[Any]]]:
        """Let a member act, and hand over what reaches the bot and the running verb."""
        async with asyncio.TaskGroup() as tasks:
            doing = tasks.create_task(verb)
            yield await self.event("INTERACTION_CREATE"), doing

    async def answer(
        self, verb: Coroutine[Any, Any, Interaction], kind: int, data: object = None
    ) -> Interaction:
        """Let a member act, answer it, and return the interaction."""
        async with self.acting(verb) as (asked, doing):
            answer = await self.callback(asked, kind, data)
            assert answer.status == 200, answer
        interaction: Interaction = doing.result()
        return interaction


class LibraryBot(commands.AutoShardedBot):
    """The real library, as the bot uses it."""

    def __init__(
        self, intents: discord.Intents | None = None, *, shard_count: int | None = None
    ) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=intents or discord.Intents(guilds=True),
            max_messages=None,
            guild_ready_timeout=0.01,
            chunk_guilds_at_startup=False,
            shard_count=shard_count,
        )
        self.ready = asyncio.Event()
        self.resumed = asyncio.Event()

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do not wait: nobody else identifies here."""

    async def on_ready(self) -> None:
        self.ready.set()

    async def on_shard_resumed(self, shard_id: int) -> None:
        self.resumed.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run until the block ends; what ends the bot before fails the test."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.start(TOKEN))
            try:
                async with asyncio.timeout(SECONDS):
                    await self.ready.wait()
                yield
            finally:
                await self.close()


def _flat(node: dict[str, Any], path: str = "") -> list[tuple[str, str]]:
    if "_errors" in node:
        return [(path, " ".join(error["message"] for error in node["_errors"]))]
    below = [_flat(item, f"{path}.{key}" if path else key) for key, item in node.items()]
    return [pair for pairs in below for pair in pairs]
