"""Owns one websocket: frames, compression, order of sending. Does not read what it carries."""

from __future__ import annotations

import asyncio
import json
import zlib
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

if TYPE_CHECKING:
    from collections.abc import Callable

_CLOSE_SECONDS = 1.0


class Connection:
    """Queues what is to be sent, so that events keep their order whoever causes them."""

    def __init__(self, request: web.Request) -> None:
        self._request = request
        self._socket = web.WebSocketResponse(timeout=_CLOSE_SECONDS)
        self._outbox: asyncio.Queue[dict[str, Any] | int] = asyncio.Queue()
        compressed = request.query.get("compress") == "zlib-stream"
        # One stream for the whole connection, flushed after every payload.
        self._stream = zlib.compressobj() if compressed else None
        self._closing = False
        self.left_with: int | None = None  # the code with which the bot has closed

    def send(self, payload: dict[str, Any]) -> None:
        """Send a payload after all earlier ones."""
        self._outbox.put_nowait(payload)

    def close(self, code: int) -> None:
        """Close after all that is still to be sent."""
        self._outbox.put_nowait(code)

    def abort(self) -> None:
        """Cut the connection without a word."""
        if self._request.transport is not None:
            self._request.transport.abort()

    async def run(
        self, greet: Callable[[], None], receive: Callable[[str], None], *, silence: float
    ) -> web.WebSocketResponse:
        """Serve until the connection ends; one that is silent for so long is timed out (4009)."""
        await self._socket.prepare(self._request)
        greet()
        async with asyncio.TaskGroup() as tasks:
            sender = tasks.create_task(self._send_all())
            try:
                await self._receive_all(receive, silence=silence)
            finally:
                if not self._closing:
                    sender.cancel()
        return self._socket

    async def _receive_all(self, receive: Callable[[str], None], *, silence: float) -> None:
        while True:
            try:
                frame = await self._socket.receive(timeout=silence)
            except TimeoutError:
                self._closing = True
                self.close(4009)
                return
            if frame.type is WSMsgType.TEXT:
                receive(frame.data)
            elif frame.type is WSMsgType.BINARY:
                receive(frame.data.decode("utf-8", "replace"))
            else:
                if frame.type is WSMsgType.CLOSE:
                    self.left_with = frame.data
                return

    async def _send_all(self) -> None:
        try:
            while True:
                item = await self._outbox.get()
                if isinstance(item, int):
                    self._closing = True
                    await self._socket.close(code=item)
                    return
                await self._send(json.dumps(item, separators=(",", ":")))
        except ConnectionError:
            return  # The other side is gone; the receiving side notices and ends the connection.

    async def _send(self, text: str) -> None:
        if self._stream is None:
            await self._socket.send_str(text)
            return
        data = self._stream.compress(text.encode())
        await self._socket.send_bytes(data + self._stream.flush(zlib.Z_SYNC_FLUSH))
