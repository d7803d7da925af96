"""Owns what the panel says when it refuses. Decides nothing."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.simulators.panels._faults import HTML

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

GENERIC = "An unexpected error was encountered while processing this request, please try again."

_FLASHED = frozenset({"DaemonConnectionException", "ValidationException"})
"""Codes that a browser is told by sending it back to where it came from."""


class Refusal(Exception):
    """An error of the panel: `code` is the name of the exception class behind it."""

    def __init__(
        self,
        status: int,
        code: str,
        *,
        detail: str = "",
        meta: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status = status
        self.code = code
        self.detail = detail
        self.meta = meta
        self.headers = dict(headers or {})
        self.more: Sequence[Refusal] = ()
        """What else is wrong; the validator tells everything at once."""
        super().__init__(f"{status} {code}: {detail}")


def unknown_route(request: web.Request) -> Refusal:
    """Refuse a path that leads nowhere."""
    detail = f"The route {request.path.strip('/')} could not be found."
    return Refusal(404, "NotFoundHttpException", detail=detail)


def wrong_method(request: web.Request, error: web.HTTPMethodNotAllowed) -> Refusal:
    """Refuse a method that the path is not made for."""
    methods = ", ".join(sorted(error.allowed_methods))
    detail = (
        f"The {request.method} method is not supported for route {request.path.strip('/')}."
        f" Supported methods: {methods}."
    )
    return Refusal(405, "MethodNotAllowedHttpException", detail=detail, headers={"Allow": methods})


def respond(body: Any, status: int = 200) -> web.Response:
    """Answer with JSON, its type without a charset as Laravel does."""
    headers = {"Content-Type": "application/json"}
    return web.Response(status=status, body=json.dumps(body).encode(), headers=headers)


def refuse(refusal: Refusal, *, request: web.Request, home: str, login: str) -> web.Response:
    """Answer with an error: JSON for those who ask for it, pages and redirects for browsers."""
    if _wants_json(request):
        errors = [_error(each) for each in (refusal, *refusal.more)]
        response = respond({"errors": errors}, refusal.status)
    elif refusal.code == "AuthenticationException":
        response = _send_to(home + login)
    elif refusal.code in _FLASHED:
        response = _send_to(request.headers.get("Referer", home))
    else:
        response = _page(refusal.status)
    response.headers.update(refusal.headers)
    return response


def _error(refusal: Refusal) -> dict[str, Any]:
    error: dict[str, Any] = {
        "code": refusal.code,
        "status": str(refusal.status),
        "detail": refusal.detail,
    }
    if refusal.meta is not None:
        error["meta"] = refusal.meta
    return error


def _wants_json(request: web.Request) -> bool:
    """Whether the first entry of Accept asks for JSON; Laravel looks no further."""
    first = request.headers.get("Accept", "").split(",")[0].lower()
    return "/json" in first or "+json" in first


def _send_to(address: str) -> web.Response:
    page = HTML.format(f"Redirecting to {address}")
    headers = {"Location": address}
    return web.Response(status=302, text=page, content_type="text/html", headers=headers)


def _page(status: int) -> web.Response:
    # 419 is Laravel's own and has no standard phrase.
    title = "Page Expired" if status == 419 else HTTPStatus(status).phrase
    return web.Response(status=status, text=HTML.format(title), content_type="text/html")
