"""Owns one connection of the page: pushes what is new, answers requests, changes who it is for.

Refuses to carry anything out by itself; `verbs` does.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType

from bot.simulators.discord import RefusedError
from bot.simulators.web import verbs
from bot.simulators.web.asked import Asked, BadRequestError
from bot.simulators.web.feed import Feed
from bot.simulators.web.verbs import FailedError

if TYPE_CHECKING:
    from aiohttp import web

    from bot.simulators.discord.entities import Member
    from bot.simulators.web.view import Scene

_MOST_ON_THEIR_WAY = 32
_LOOK_SECONDS = 0.25
"""The world moves with time alone: nobody tells when a server has started."""
_REASONS: dict[type[Exception], str] = {
    BadRequestError: "bad",
    RefusedError: "refused",
    FailedError: "failed",
}


class Window:
    """A websocket with a member behind it."""

    def __init__(self, scene: Scene, member: Member, socket: web.WebSocketResponse) -> None:
        self._scene = scene
        self._feed = Feed(scene, member)
        self._socket = socket
        self._on_their_way = 0

    async def run(self) -> None:
        """Serve it until it is closed."""
        async with asyncio.TaskGroup() as group:
            pushing = group.create_task(self._push())
            async for frame in self._socket:
                if frame.type != WSMsgType.TEXT:
                    await self._send({"type": "error", "error": "Only text is understood."})
                    continue
                try:
                    asked = Asked.read(frame.data)
                except BadRequestError as error:
                    await self._send({"type": "error", "error": str(error)})
                    continue
                group.create_task(self._answer(asked))
            pushing.cancel()

    async def _push(self) -> None:
        while True:
            change = self._scene.discord.next_change
            frames = [json.dumps(frame) for frame in self._feed.news()]
            for frame in frames:
                await self._send_text(frame)
            await self._until(change)

    async def _until(self, change: asyncio.Event) -> None:
        """Wait for a change, or until the world is to be looked at."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_SECONDS):
                await change.wait()

    async def _answer(self, asked: Asked) -> None:
        result: dict[str, Any] = {"type": "result", "request": asked.number}
        self._on_their_way += 1
        try:
            result |= {"ok": True, **await self._carry_out(asked)}
        except (BadRequestError, RefusedError, FailedError) as error:
            result |= {"ok": False, "reason": _REASONS[type(error)], "error": str(error)}
        finally:
            self._on_their_way -= 1
            # What was done may be to be seen in every window.
            self._scene.discord.tick()
        await self._send(result)

    async def _carry_out(self, asked: Asked) -> dict[str, Any]:
        if self._on_their_way > _MOST_ON_THEIR_WAY:
            raise BadRequestError(f"More than {_MOST_ON_THEIR_WAY} requests are on their way.")
        if asked.verb == "become":
            self._become(asked)
            return {}
        return await verbs.carry_out(self._scene, self._feed, asked)

    def _become(self, asked: Asked) -> None:
        member = self._scene.members.get(asked.text("member"))
        if member is None:
            raise RefusedError(f"There are only {', '.join(self._scene.members)}")
        self._feed = Feed(self._scene, member)

    async def _send(self, frame: dict[str, Any]) -> None:
        await self._send_text(json.dumps(frame))

    async def _send_text(self, text: str) -> None:
        # Whoever has gone needs no answer; the reading side notices as well and ends it.
        with suppress(ConnectionError):
            await self._socket.send_str(text)
