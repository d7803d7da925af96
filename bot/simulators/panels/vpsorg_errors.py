"""Owns what vps.org says when it refuses, in the form of a Django REST Framework."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Refusal(Exception):
    """A status and a body."""

    def __init__(self, status: int, body: Any, *, headers: Mapping[str, str] | None = None) -> None:
        self.status = status
        self.body = body
        self.headers = dict(headers or {})
        super().__init__(f"{status} {body}")


def denied(status: int, detail: str, *, headers: Mapping[str, str] | None = None) -> Refusal:
    """Refuse as a whole, in a sentence."""
    return Refusal(status, {"detail": detail}, headers=headers)


def invalid(fields: Mapping[str, Sequence[str]]) -> Refusal:
    """Refuse what was sent, field by field."""
    return Refusal(400, {name: list(said) for name, said in fields.items()})


def respond(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """Answer with JSON, its type without a charset as the framework does."""
    given = {"Content-Type": "application/json", **(headers or {})}
    return web.Response(status=status, body=json.dumps(body).encode(), headers=given)
