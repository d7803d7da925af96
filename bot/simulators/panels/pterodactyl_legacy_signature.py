"""Owns what PHP makes of the address of a request, and the signature over it. Knows no key.

Source: `Request::fullUrl` of Laravel 5.3 over the request class of Symfony 3.1.9.
"""

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_plus

if TYPE_CHECKING:
    from aiohttp import web

_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def full_url(target: str, *, scheme: str, host: str) -> str:
    """Put the address together: from the request line, the scheme and the header Host."""
    path, _, query = target.partition("?")
    host = host.strip().lower().removesuffix(_DEFAULT_PORTS[scheme])
    address = f"{scheme}://{host}{path}".rstrip("/")
    query = _normalised(query)
    return f"{address}?{query}" if query else address


def sign(url: str, body: bytes, secret: str) -> str:
    """Sign a decoded address and a body as they are."""
    digest = hmac.new(secret.encode(), _urldecode(url) + body, "sha256").digest()
    return base64.b64encode(digest).decode()


async def signature_of(request: web.Request, secret: str, *, origin: str | None) -> str:
    """Return the signature that a request should bear; `origin` is what a proxy makes of it."""
    scheme, _, host = (origin or f"http://{request.headers['Host']}").partition("://")
    url = full_url(request.raw_path, scheme=scheme, host=host)
    return sign(url, await request.read(), secret)


def _normalised(query: str) -> str:
    parts = []
    for parameter in query.split("&"):
        if parameter == "" or parameter.startswith("="):
            continue
        name, *value = parameter.split("=", 1)
        parts.append((unquote_plus(name), "=".join(map(_rawurlencode, [name, *value]))))
    return "&".join(part for _, part in sorted(parts))


def _rawurlencode(text: str) -> str:
    return quote(unquote_plus(text), safe="-_.~")


def _urldecode(text: str) -> bytes:
    return unquote_plus(text).encode()
