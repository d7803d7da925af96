"""Owns the table of REST routes and what happens around each: faults, token, limits, the record."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from aiohttp import BodyPartReader, web

from bot.simulators.discord import application_routes as application
from bot.simulators.discord import channel_routes as channels
from bot.simulators.discord import interaction_routes as interactions
from bot.simulators.discord import thread_routes as threads
from bot.simulators.discord.buckets import EDITS, POSTS, WEBHOOK, Limit
from bot.simulators.discord.compose import Upload
from bot.simulators.discord.errors import ApiError, plain, refusal
from bot.simulators.discord.exchange import Call, Exchange, Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.simulators.discord.faults import Faults
    from bot.simulators.discord.state import State

PREFIX = "/api/v10"
REQUEST_BYTES = 25 * 1024 * 1024
_SECRET_HEADERS = frozenset({"authorization", "cookie"})
_VIA = {"Via": "1.1 google"}  # Discord's answers all come through this proxy.
_FILE_PART = re.compile(r"files\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table. Interaction routes need no token and count for no global limit."""

    method: str
    template: str
    handler: Callable[[State, Call], Reply]
    limit: Limit | None = None
    by: str = ""
    public: bool = False

    @property
    def name(self) -> str:
        """Method and template."""
        return f"{self.method} {self.template}"


_COMMANDS = "/applications/{application_id}/commands"
_GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"
_MESSAGES = "/channels/{channel_id}/messages"
_MESSAGE = "/channels/{channel_id}/messages/{message_id}"
_CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
_WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"
_ORIGINAL = f"{_WEBHOOK}/messages/@original"
_RESPONSE = f"{_WEBHOOK}/messages/{{message_id}}"
_answer = partial(Route, limit=WEBHOOK, by="webhook_token", public=True)

ROUTES: tuple[Route, ...] = (
    Route("GET", "/gateway/bot", application.gateway_bot),
    Route("GET", "/users/@me", application.current_user),
    Route("GET", "/oauth2/applications/@me", application.current_application),
    Route("GET", _COMMANDS, application.get_commands),
    Route("PUT", _COMMANDS, application.put_commands),
    Route("GET", _GUILD_COMMANDS, application.get_commands),
    Route("PUT", _GUILD_COMMANDS, application.put_commands),
    Route("GET", "/guilds/{guild_id}", application.get_guild),
    Route("GET", "/guilds/{guild_id}/members/{user_id}", application.get_member),
    Route("GET", "/channels/{channel_id}", channels.get_channel),
    Route("PATCH", "/channels/{channel_id}", threads.edit_channel),
    Route("POST", "/channels/{channel_id}/threads", threads.create_post, POSTS, "channel_id"),
    Route("GET", _MESSAGES, channels.list_messages),
    Route("POST", _MESSAGES, channels.create_message, POSTS, "channel_id"),
    Route("GET", _MESSAGE, channels.get_message),
    Route("PATCH", _MESSAGE, channels.edit_message, EDITS, "channel_id"),
    Route("DELETE", _MESSAGE, channels.delete_message),
    Route("POST", _CALLBACK, interactions.callback, public=True),
    _answer("POST", _WEBHOOK, interactions.create_followup),
    _answer("GET", _ORIGINAL, interactions.get_response),
    _answer("PATCH", _ORIGINAL, interactions.edit_response),
    _answer("DELETE", _ORIGINAL, interactions.delete_response),
    _answer("GET", _RESPONSE, interactions.get_response),
    _answer("PATCH", _RESPONSE, interactions.edit_response),
    _answer("DELETE", _RESPONSE, interactions.delete_response),
)


class Rest:
    """Serves the table."""

    def __init__(self, state: State, faults: Faults, record: Callable[[Exchange], None]) -> None:
        self._state = state
        self._faults = faults
        self._record = record

    def add_to(self, app: web.Application) -> None:
        """Register all routes; whatever else is asked for is a recorded 404."""
        for route in ROUTES:
            app.router.add_route(route.method, PREFIX + route.template, partial(self._serve, route))
        app.router.add_route("*", "/{path:.*}", partial(self._serve, None))

    async def _serve(self, route: Route | None, request: web.Request) -> web.StreamResponse:
        headers = dict(_VIA)
        body: Any = None
        try:
            body, uploads = await _read(request)
            call = Call(request.match_info, request.query, body, uploads)
            reply = await self._handle(route, request, call, headers)
            status, answer = reply.status, reply.body
        except ApiError as error:
            status, answer = error.status, error.body
            headers |= error.headers
        # Libraries decide by exactly this type whether to read JSON; a charset would confuse them.
        if answer is not None:
            headers["Content-Type"] = "application/json"
        self._record(
            Exchange(
                method=request.method,
                path=request.path,
                route=route.template if route else "",
                query=dict(request.query),
                request_headers=_shown(request.headers),
                request_body=body,
                status=status,
                response_headers=headers,
                response_body=answer,
            )
        )
        self._state.pulse.beat()
        data = None if answer is None else json.dumps(answer).encode()
        return web.Response(status=status, body=data, headers=headers)

    async def _handle(
        self, route: Route | None, request: web.Request, call: Call, headers: dict[str, str]
    ) -> Reply:
        if route is None:
            raise plain(404, "Not Found")
        await self._faults.before(route.name)
        if not route.public:
            if request.headers.get("Authorization") != f"Bot {self._state.token}":
                raise plain(401, "Unauthorized")
            self._state.buckets.take_global()
        if route.limit is not None:
            headers |= self._state.buckets.take(route.limit, call.params[route.by])
        reply = route.handler(self._state, call)
        self._faults.after(route.name)
        return reply


async def _read(request: web.Request) -> tuple[Any, tuple[Upload, ...]]:
    """Return the JSON of a request, and the files that came with it."""
    if request.content_length and request.content_length > REQUEST_BYTES:
        raise refusal(40005)
    if request.content_type != "multipart/form-data":
        raw = await request.read()
        return (_parsed(raw) if raw else None), ()
    body: Any = {}
    uploads: list[Upload] = []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        data = bytes(await part.read())
        file = _FILE_PART.fullmatch(part.name or "")
        if part.name == "payload_json":
            body = _parsed(data)
        elif file is not None:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            uploads.append(Upload(int(file.group(1)), part.filename or "file", kind, data))
    return body, tuple(uploads)


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError as error:
        raise refusal(50109) from error


def _shown(headers: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in headers.items() if key.lower() not in _SECRET_HEADERS}
