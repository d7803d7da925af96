"""Owns how these tests speak to a stand-in: plain aiohttp, no client of ours."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

if TYPE_CHECKING:
    from collections.abc import Mapping

    import aiohttp


class Options(TypedDict, total=False):
    """What is passed on to aiohttp."""

    json: object
    data: str | dict[str, str]
    cookies: dict[str, str]
    timeout: aiohttp.ClientTimeout
    skip_auto_headers: list[str]


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def body(self) -> dict[str, Any]:
        body = json.loads(self.text)
        assert isinstance(body, dict)
        return body

    @property
    def error(self) -> tuple[str, str]:
        """The code and the detail of the only error."""
        (entry,) = self.body["errors"]
        assert entry["status"] == str(self.status)
        return entry["code"], entry["detail"]

    @property
    def attributes(self) -> dict[str, Any]:
        attributes = self.body["attributes"]
        assert isinstance(attributes, dict)
        return attributes

    @property
    def names(self) -> list[str]:
        return [entry["attributes"]["name"] for entry in self.body["data"]]


@dataclass(frozen=True, slots=True)
class Caller:
    http: aiohttp.ClientSession
    url: str
    key: str | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: {"Accept": "application/json"})

    async def __call__(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        **options: Unpack[Options],
    ) -> Answer:
        sent = {**self.headers, **(headers or {})}
        if self.key is not None:
            sent["Authorization"] = f"Bearer {self.key}"
        async with self.http.request(
            method, self.url + path, headers=sent, allow_redirects=False, **options
        ) as response:
            return Answer(response.status, response.headers, await response.text())

    async def get(
        self, path: str = "/api/client", *, headers: Mapping[str, str] | None = None
    ) -> Answer:
        return await self("GET", path, headers=headers)

    async def post(
        self, path: str, body: object, *, headers: Mapping[str, str] | None = None
    ) -> Answer:
        return await self("POST", path, headers=headers, json=body)
