"""A page without a browser: one window that keeps what it is told, as the real one does."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, Self

import aiohttp

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 10.0


class Window:
    """One connection; `state` is the last whole state, kept up to date by what came since."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.state: dict[str, Any] = {}
        self.frames: list[dict[str, Any]] = []
        self._socket = socket
        self._asked = 0

    @classmethod
    async def open(cls, session: aiohttp.ClientSession, url: str, who: str) -> Self:
        """Open a window for a member, and wait for the whole state."""
        socket = await session.ws_connect(f"{url}socket?as={who}", origin=url.rstrip("/"))
        window = cls(socket)
        await window.until(lambda: window.state)
        return window

    def texts(self, channel: str = "general") -> list[str]:
        """What stands in a channel, from top to bottom."""
        return [entry["message"]["content"] for entry in self.entries(channel)]

    def entries(self, channel: str = "general") -> list[dict[str, Any]]:
        """The entries of a channel."""
        found: list[dict[str, Any]] = self._channel("name", channel)["entries"]
        return found

    def channel_id(self, name: str = "general") -> str:
        """The id of a channel."""
        return str(self._channel("name", name)["id"])

    def panel(self, number: int = 0) -> dict[str, Any]:
        """What is shown of a panel."""
        shown: dict[str, Any] = self.state["world"]["panels"][number]
        return shown

    async def ask(self, do: str, **more: object) -> dict[str, Any]:
        """Ask for something and wait for the result."""
        return await self.result(await self.send(do, **more))

    async def send(self, do: str, **more: object) -> int:
        """Ask for something and return the request's number."""
        self._asked += 1
        await self.send_raw(json.dumps({"request": self._asked, "do": do, **more}))
        return self._asked

    async def send_raw(self, text: str) -> None:
        """Send whatever it is."""
        await self._socket.send_str(text)

    async def result(self, number: int) -> dict[str, Any]:
        """Wait for the result of a request."""

        def found() -> list[dict[str, Any]]:
            return [f for f in self.frames if f["type"] == "result" and f["request"] == number]

        await self.until(found)
        [result] = found()
        return result

    async def until(self, condition: Callable[[], object]) -> None:
        """Read on until it holds."""
        async with asyncio.timeout(SECONDS):
            while not condition():
                frame = await self._socket.receive()
                assert frame.type == aiohttp.WSMsgType.TEXT, frame
                self._take(json.loads(frame.data))

    async def ended(self) -> int | None:
        """Read on until the connection is closed; returns its code."""
        async with asyncio.timeout(SECONDS):
            async for _ in self._socket:
                pass
        return self._socket.close_code

    async def close(self) -> None:
        """Close the window."""
        await self._socket.close()

    def _take(self, frame: dict[str, Any]) -> None:
        self.frames.append(frame)
        match frame["type"]:
            case "state":
                self.state = frame
            case "surroundings":
                known = {channel["id"]: channel for channel in self.state["channels"]}
                # A channel that is known comes without what stands in it.
                channels = [known.get(each["id"], {}) | each for each in frame["channels"]]
                self.state |= {**frame, "channels": channels, "type": "state"}
            case "entries":
                channel = self._channel("id", frame["channel"])
                known = {entry["id"]: entry for entry in channel["entries"]}
                known |= {entry["id"]: entry for entry in frame["entries"]}
                channel["entries"] = sorted(known.values(), key=lambda entry: int(entry["id"]))
            case "gone":
                channel = self._channel("id", frame["channel"])
                channel["entries"] = [e for e in channel["entries"] if e["id"] not in frame["ids"]]
            case "commands" | "world" as part:
                self.state[part] = frame[part]

    def _channel(self, key: str, value: str) -> dict[str, Any]:
        found: dict[str, Any] = next(
            channel for channel in self.state["channels"] if channel[key] == value
        )
        return found
