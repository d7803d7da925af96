"""Takes what a bot says to Discord about interactions, over a real connection, and keeps it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

APPLICATION = 900
_USER = {"id": "900", "username": "deckhand", "discriminator": "0", "avatar": None}
_EPHEMERAL = 1 << 6


@dataclass(frozen=True, slots=True)
class Said:
    """One request of the bot."""

    method: str
    path: str
    body: Any

    @property
    def message(self) -> dict[str, Any]:
        """The message in it; a callback carries it one level deeper."""
        message: dict[str, Any] = self.body.get("data") or {} if self.is_callback else self.body
        return message

    @property
    def is_callback(self) -> bool:
        """Whether it is the first answer to an interaction."""
        return self.path.endswith("/callback")

    @property
    def text(self) -> str:
        """The message's text."""
        return str(self.message["content"])

    @property
    def is_private(self) -> bool:
        """Whether only the asker sees it."""
        return bool(self.message.get("flags", 0) & _EPHEMERAL)


class Desk:
    """Answers as briefly as discord.py can bear."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        self.refusal: tuple[int, dict[str, Any]] | None = None
        """Status and body that every answer to an interaction gets, while it stands here."""
        self._heard = asyncio.Condition()

    def routes(self) -> list[web.RouteDef]:
        """Return what can be asked of it."""
        return [
            web.get("/users/@me", self._me),
            web.get("/oauth2/applications/@me", self._application),
            web.put("/applications/{application}/commands", self._commands),
            web.post("/interactions/{id}/{token}/callback", self._callback),
            web.post("/webhooks/{application}/{token}", self._message),
            web.patch("/webhooks/{application}/{token}/messages/@original", self._message),
        ]

    async def wait_said(self, count: int) -> list[Said]:
        """Wait until so much was said, and return all of it."""
        async with asyncio.timeout(5), self._heard:
            await self._heard.wait_for(lambda: len(self.said) >= count)
        return self.said

    async def _me(self, _: web.Request) -> web.Response:
        return _json(_USER)

    async def _application(self, _: web.Request) -> web.Response:
        application = {"id": str(APPLICATION), "name": "Deckhand", "icon": None, "description": ""}
        flags = {"bot_public": True, "bot_require_code_grant": False, "verify_key": ""}
        return _json(application | flags | {"owner": _USER})

    async def _commands(self, request: web.Request) -> web.Response:
        said = await self._hear(request)
        return self._refused() or _json(
            [
                {"id": str(number), "application_id": str(APPLICATION), "version": "1"} | command
                for number, command in enumerate(said.body, start=1)
            ]
        )

    async def _callback(self, request: web.Request) -> web.Response:
        said = await self._hear(request)
        answer = {"interaction": {"id": request.match_info["id"], "type": 2}}
        if said.body["type"] in (4, 7):
            answer["resource"] = {"type": said.body["type"], "message": _message()}
        return self._refused() or _json(answer)

    async def _message(self, request: web.Request) -> web.Response:
        await self._hear(request)
        return self._refused() or _json(_message())

    async def _hear(self, request: web.Request) -> Said:
        said = Said(request.method, request.path, json.loads(await request.read()))
        async with self._heard:
            self.said.append(said)
            self._heard.notify_all()
        return said

    def _refused(self) -> web.Response | None:
        return None if self.refusal is None else _json(self.refusal[1], status=self.refusal[0])


def _message() -> dict[str, Any]:
    return {"id": "77", "channel_id": "3", "type": 0, "content": "", "author": _USER} | {
        "attachments": [],
        "embeds": [],
        "components": [],
        "edited_timestamp": None,
        "timestamp": "2026-07-01T12:00:00+00:00",
        "pinned": False,
        "mention_everyone": False,
        "tts": False,
        "mentions": [],
        "mention_roles": [],
    }


def _json(body: object, *, status: int = 200) -> web.Response:
    # discord.py reads nothing as JSON that names a charset as well.
    data = json.dumps(body).encode()
    return web.Response(body=data, status=status, headers={"Content-Type": "application/json"})
