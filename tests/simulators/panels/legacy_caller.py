"""Owns how these tests speak to a stand-in of a panel before 0.7: plain aiohttp, signed by hand."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote_plus

from yarl import URL

from bot.simulators.panels.pterodactyl_legacy import LegacyStandIn
from bot.simulators.panels.pterodactyl_legacy_signature import full_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    import aiohttp

    from bot.simulators.panels.pterodactyl_legacy_accounts import KeyPair
    from bot.simulators.world import World

Dialect = Literal["0.4", "0.5", "0.6"]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def body(self) -> Any:  # noqa: ANN401 - any JSON value
        return json.loads(self.text)


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls a panel with one key pair."""

    http: aiohttp.ClientSession
    panel: LegacyStandIn
    key: KeyPair
    servers: str
    """Where servers are administrated."""

    def by(self, key: KeyPair) -> Caller:
        """Return a caller with another key."""
        return replace(self, key=key)

    async def __call__(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        signed_path: str | None = None,
        signed_body: str | None = None,
        origin: str | None = None,
        accept: str = "application/json",
    ) -> Answer:
        sent = "" if body is None else json.dumps(body)
        scheme, _, host = (origin or self.panel.url).partition("://")
        url = unquote_plus(full_url(signed_path or path, scheme=scheme, host=host))
        text = url + (sent if signed_body is None else signed_body)
        digest = hmac.new(self.key.secret.encode(), text.encode(), hashlib.sha256).digest()
        token = f"{self.key.public}.{base64.b64encode(digest).decode()}"
        return await self._send(method, path, token=token, content=sent, accept=accept)

    async def with_token(self, token: str | None) -> Answer:
        """Ask for the list with a token as it is."""
        return await self._send("GET", self.servers, token=token)

    async def _send(
        self,
        method: str,
        path: str,
        *,
        token: str | None,
        content: str = "",
        accept: str = "application/json",
    ) -> Answer:
        headers = {"Accept": accept}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        url = URL(self.panel.url + path, encoded=True)
        async with self.http.request(
            method, url, data=content or None, headers=headers, allow_redirects=False
        ) as response:
            return Answer(response.status, response.headers, await response.text())


@asynccontextmanager
async def opened(
    world: World, http: aiohttp.ClientSession, dialect: Dialect, *, requests_per_minute: int = 60
) -> AsyncIterator[Caller]:
    """A stand-in that listens, and a caller with every right."""
    panel = LegacyStandIn(world, dialect=dialect, requests_per_minute=requests_per_minute)
    async with panel:
        owner = panel.accounts.add_user("owner")
        servers = "/api/admin/servers" if dialect == "0.6" else "/api/servers"
        yield Caller(http, panel, panel.accounts.add_key(owner), servers)
