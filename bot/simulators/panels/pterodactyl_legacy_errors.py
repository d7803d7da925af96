"""Owns what panels before 0.7 say when they refuse. Decides nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.simulators.panels._faults import HTML

if TYPE_CHECKING:
    from collections.abc import Mapping

    Fields = Mapping[str, list[str]]

UNHANDLED = "An unhandled exception was encountered with this request."


class Refusal(Exception):
    """An error of the panel, in a sentence or field by field."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        fields: Fields | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status = status
        self.message = message
        self.fields = fields
        self.headers = dict(headers or {})
        super().__init__(f"{status}: {message}")


def unavailable(sentence: str) -> Refusal:
    """Refuse with 503: the sentence ends up in a header, by a mix-up of arguments."""
    return Refusal(503, "503 Service Unavailable", headers={"Retry-After": sentence})


def respond(body: Any, status: int = 200, **headers: str) -> web.Response:
    """Answer with JSON."""
    return web.Response(
        status=status,
        body=json.dumps(body).encode(),
        headers={"Content-Type": "application/json", **headers},
    )


def refuse_api(refusal: Refusal, _request: web.Request) -> web.Response:
    """Answer as 0.4 and 0.5 do, whatever the caller accepts."""
    body: dict[str, Any] = {"message": refusal.message, "status_code": refusal.status}
    if refusal.fields is not None:
        body["errors"] = refusal.fields
    return respond(body, refusal.status, **refusal.headers)


def refuse_v06(refusal: Refusal, request: web.Request) -> web.Response:
    """Answer as 0.6 does: a page for browsers, plain text for the impatient."""
    if refusal.status == 429:
        return web.Response(status=429, text=refusal.message, headers=refusal.headers)
    if "json" not in request.headers.get("Accept", ""):
        page = HTML.format(refusal.status)
        return web.Response(status=refusal.status, text=page, content_type="text/html")
    body: dict[str, Any] = {
        "error": refusal.message if refusal.fields is None else refusal.fields,
        "http_code": True if refusal.message == UNHANDLED else refusal.status,
        "trace": None,
    }
    return respond(body, refusal.status, **refusal.headers)
