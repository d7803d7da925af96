"""Owns what can go wrong between a client and a panel of any kind. Knows no endpoint."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from aiohttp.typedefs import Handler

    Effect = Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]

HTML = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"

WARNING = (
    b'<br />\n<b>Warning</b>:  Undefined array key "load" [1] in {closure} in'
    b" <b>/var/www/panel/app/Stats.php</b> on line <b>7</b><br />\n"
)


@dataclass(slots=True)
class _Fault:
    path: str
    exact: bool
    orders: bool
    left: float
    effect: Effect

    def meets(self, request: web.Request) -> bool:
        path = request.path
        is_there = path == self.path if self.exact else path.startswith(self.path)
        return self.left > 0 and is_there and not (self.orders and request.method == "GET")


class Faults:
    """The switches, by path; the first one that is still on and meets the path is applied.

    kind          options             what the client sees
    html          status, body,       a page instead of an answer (502)
                  headers
    redirect      to, status          the way to a login page (302 to /auth/login)
    throttle      retry_after         429; `retry_after` in any form, or None for no header
    hang                              nothing, ever
    late          seconds             the true answer, as a whole, after a while
    slow          seconds             the true answer, in drops
    cut-before                        a cut connection; the panel took no notice of the request
    cut-after                         a cut connection; the panel has done what was asked
    truncated                         half of a good answer; the panel has done what was asked
    big           size                JSON of that many bytes (2 MB)
    warn                              the true answer, a warning of PHP before it
    set           fields              the true answer with other values: `{"a.b.*.c": value}`
    duplicates    field               a true list, in `a.b` (data), with each entry twice
    """

    def __init__(self) -> None:
        self._faults: list[_Fault] = []

    def add(
        self,
        kind: str,
        *,
        path: str = "/",
        exact: bool = False,
        orders: bool = False,
        count: float = float("inf"),
        **options: Any,
    ) -> None:
        """Switch on: for paths that begin with `path` (or are it), `count` times.

        With `orders` questions are answered as ever: what is a GET.
        """
        effect = partial(KINDS[kind], **options)
        self._faults.append(_Fault(path, exact, orders, count, effect))

    def clear(self) -> None:
        """Switch all off."""
        self._faults.clear()

    @web.middleware
    async def apply(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer through the fault that meets the request, if any."""
        fault = next((fault for fault in self._faults if fault.meets(request)), None)
        if fault is None:
            return await handler(request)
        fault.left -= 1
        return await fault.effect(request, handler)


async def _html(
    _request: web.Request,
    _handler: Handler,
    *,
    status: int = 502,
    body: str = HTML.format("Bad Gateway"),
    headers: Mapping[str, str] | None = None,
) -> web.StreamResponse:
    return web.Response(status=status, text=body, content_type="text/html", headers=headers)


async def _redirect(
    _request: web.Request, _handler: Handler, *, to: str = "/auth/login", status: int = 302
) -> web.StreamResponse:
    return web.Response(
        status=status,
        text=HTML.format("Redirecting"),
        content_type="text/html",
        headers={"Location": to},
    )


async def _throttle(
    _request: web.Request, _handler: Handler, *, retry_after: str | None = "1"
) -> web.StreamResponse:
    # In the words that all generations of Pterodactyl share.
    error = {"code": "ThrottleRequestsException", "status": "429", "detail": "Too Many Attempts."}
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return web.json_response({"errors": [error]}, status=429, headers=headers)


async def _hang(_request: web.Request, _handler: Handler) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


async def _late(request: web.Request, handler: Handler, *, seconds: float) -> web.StreamResponse:
    await asyncio.sleep(seconds)
    return await handler(request)


async def _slow(
    request: web.Request, handler: Handler, *, seconds: float, drops: int = 10
) -> web.StreamResponse:
    answer = await handler(request)
    body = _body_of(answer)
    response = web.StreamResponse(status=answer.status, headers=answer.headers)
    response.content_length = len(body)
    await response.prepare(request)
    size = max(1, -(-len(body) // drops))
    for start in range(0, len(body), size):
        await asyncio.sleep(seconds / drops)
        await response.write(body[start : start + size])
    return response


async def _cut_before(request: web.Request, _handler: Handler) -> web.StreamResponse:
    return _cut(request)


async def _cut_after(request: web.Request, handler: Handler) -> web.StreamResponse:
    await handler(request)
    return _cut(request)


async def _truncated(request: web.Request, handler: Handler) -> web.StreamResponse:
    answer = await handler(request)
    if answer.status >= 400:
        return answer
    body = _body_of(answer) or b"{}"
    status = 200 if answer.status == 204 else answer.status
    half = body[: (len(body) + 1) // 2]
    return web.Response(status=status, body=half, content_type="application/json")


async def _big(
    _request: web.Request, _handler: Handler, *, size: int = 2_000_000
) -> web.StreamResponse:
    return web.json_response({"object": "list", "data": [], "padding": "x" * size})


async def _warn(request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await handler(request)
    if isinstance(response, web.Response) and (body := _body_of(response)):
        response.body = WARNING + body
    return response


async def _set(
    request: web.Request, handler: Handler, *, fields: Mapping[str, object]
) -> web.StreamResponse:
    def change(document: Any) -> None:
        for path, value in fields.items():
            _assign(document, path.split("."), value)

    return _rewrite(await handler(request), change)


async def _duplicates(
    request: web.Request, handler: Handler, *, field: str = "data"
) -> web.StreamResponse:
    def change(document: Any) -> None:
        entries = document
        for step in filter(None, field.split(".")):
            entries = entries[step]
        entries[:] = [entry for entry in entries for _ in range(2)]

    return _rewrite(await handler(request), change)


KINDS: dict[str, Callable[..., Awaitable[web.StreamResponse]]] = {
    "html": _html,
    "redirect": _redirect,
    "throttle": _throttle,
    "hang": _hang,
    "late": _late,
    "slow": _slow,
    "cut-before": _cut_before,
    "cut-after": _cut_after,
    "truncated": _truncated,
    "big": _big,
    "warn": _warn,
    "set": _set,
    "duplicates": _duplicates,
}
"""What each kind of fault does to a request; its options are keywords."""


def _rewrite(response: web.StreamResponse, change: Callable[[Any], None]) -> web.StreamResponse:
    """Change the JSON of a good answer; refusals stay as they are."""
    if isinstance(response, web.Response) and response.status == 200:
        document = json.loads(_body_of(response))
        change(document)
        response.body = json.dumps(document).encode()
    return response


def _body_of(response: web.StreamResponse) -> bytes:
    body = response.body if isinstance(response, web.Response) else None
    return body if isinstance(body, bytes) else b""


def _cut(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _assign(document: Any, path: list[str], value: object) -> None:
    """Set what the path leads to; `*` is every entry of a list. Leads nowhere: nothing."""
    step, *rest = path
    if step == "*" and isinstance(document, list):
        for entry in document:
            _assign(entry, rest, value)
    elif isinstance(document, dict):
        if rest:
            _assign(document.get(step), rest, value)
        else:
            document[step] = value
